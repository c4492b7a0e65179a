-- A customer organisation. One that was deleted keeps its rows, and its slug, until its grace has ended.
create table tenant (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    name text not null,
    slug text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    version bigint not null
);
create unique index tenant_environment_id_slug_key on tenant (environment_id, slug);
create index tenant_deleted on tenant (deleted_at) where deleted_at is not null;

-- The apps that may see a tenant.
create table tenant_app (
    tenant_id text collate "C" not null references tenant (id),
    app_id text collate "C" not null references app (id),
    environment_id text collate "C" not null,
    created_at bigint not null,
    primary key (tenant_id, app_id)
);
create index tenant_app_app on tenant_app (app_id, environment_id, tenant_id);

create table workspace (
    id text collate "C" primary key,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    name text not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null
);
create index workspace_tenant on workspace (tenant_id, id);

-- A user's role: in the whole tenant where workspace_id is null, else in that workspace alone.
create table membership (
    id text collate "C" primary key,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    workspace_id text collate "C" references workspace (id),
    user_id text collate "C" not null references user_account (id),
    role text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null
);
create unique index membership_tenant_id_user_id_key on membership (tenant_id, user_id) where workspace_id is null;
create unique index membership_workspace_id_user_id_key on membership (workspace_id, user_id)
    where workspace_id is not null;
create index membership_tenant on membership (tenant_id, id);
create index membership_user on membership (user_id, tenant_id);

-- A one-time offer of a membership to an address. The token is stored as its SHA-256. The inviter is a user, key or
-- operator, whose right it rests on.
create table invitation (
    id text collate "C" primary key,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    workspace_id text collate "C" references workspace (id),
    email text not null,
    email_key text collate "C" not null,
    role text collate "C" not null,
    token_hash bytea not null,
    inviter_kind text collate "C" not null,
    inviter_id text collate "C" not null,
    created_at bigint not null,
    expires_at bigint not null,
    accepted_at bigint,
    cancelled_at bigint,
    version bigint not null
);
create unique index invitation_token_hash_key on invitation (token_hash);
create index invitation_tenant on invitation (tenant_id, id);
create index invitation_email on invitation (email_key, environment_id, id);
create index invitation_workspace on invitation (workspace_id) where workspace_id is not null;
