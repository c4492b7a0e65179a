-- A customer organisation. One that was deleted keeps its rows, and its slug, until its grace has ended.
create table tenant (
    id text primary key,
    environment_id text not null references environment (id),
    name text not null,
    slug text not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer,
    version integer not null
) strict, without rowid;
create unique index tenant_environment_id_slug_key on tenant (environment_id, slug);
create index tenant_deleted on tenant (deleted_at) where deleted_at is not null;

-- The apps that may see a tenant.
create table tenant_app (
    tenant_id text not null references tenant (id),
    app_id text not null references app (id),
    environment_id text not null,
    created_at integer not null,
    primary key (tenant_id, app_id)
) strict, without rowid;
create index tenant_app_app on tenant_app (app_id, environment_id, tenant_id);

create table workspace (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    name text not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null
) strict, without rowid;
create index workspace_tenant on workspace (tenant_id, id);

-- A user's role: in the whole tenant where workspace_id is null, else in that workspace alone.
create table membership (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    workspace_id text references workspace (id),
    user_id text not null references user_account (id),
    role text not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null
) strict, without rowid;
create unique index membership_tenant_id_user_id_key on membership (tenant_id, user_id) where workspace_id is null;
create unique index membership_workspace_id_user_id_key on membership (workspace_id, user_id)
    where workspace_id is not null;
create index membership_tenant on membership (tenant_id, id);
create index membership_user on membership (user_id, tenant_id);

-- A one-time offer of a membership to an address. The token is stored as its SHA-256. The inviter is a user, key or
-- operator, whose right it rests on.
create table invitation (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    workspace_id text references workspace (id),
    email text not null,
    email_key text not null,
    role text not null,
    token_hash blob not null,
    inviter_kind text not null,
    inviter_id text not null,
    created_at integer not null,
    expires_at integer not null,
    accepted_at integer,
    cancelled_at integer,
    version integer not null
) strict, without rowid;
create unique index invitation_token_hash_key on invitation (token_hash);
create index invitation_tenant on invitation (tenant_id, id);
create index invitation_email on invitation (email_key, environment_id, id);
create index invitation_workspace on invitation (workspace_id) where workspace_id is not null;
