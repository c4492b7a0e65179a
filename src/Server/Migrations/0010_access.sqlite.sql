-- Every change of what a tenant gives away. Rows of the tables below say from which revision on they hold, and from
-- which on no longer: they stay, so that what was in force at a revision can be told.
create table access_revision (
    tenant_id text not null references tenant (id),
    revision integer not null,
    environment_id text not null,
    operation text not null,
    actor text not null,
    created_at integer not null,
    primary key (tenant_id, revision)
) strict, without rowid;

-- A role that a tenant has made. The app is the one that declares those permissions that are no operations.
create table access_role (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    name text not null,
    name_key text not null,
    description text,
    app_id text,
    created_at integer not null,
    updated_at integer not null,
    version integer not null,
    since_revision integer not null,
    until_revision integer
) strict, without rowid;
create index access_role_tenant on access_role (tenant_id, id);
create unique index access_role_tenant_id_name_key_key on access_role (tenant_id, name_key)
    where until_revision is null;

-- What a role gives. The app is empty for an operation of the server.
create table access_role_permission (
    role_id text not null references access_role (id),
    permission text not null,
    app_id text not null,
    tenant_id text not null,
    since_revision integer not null,
    until_revision integer,
    primary key (role_id, permission, app_id, since_revision)
) strict, without rowid;
create index access_role_permission_tenant on access_role_permission (tenant_id);

create table access_group (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    name text not null,
    name_key text not null,
    description text,
    created_at integer not null,
    version integer not null,
    since_revision integer not null,
    until_revision integer
) strict, without rowid;
create index access_group_tenant on access_group (tenant_id, id);
create unique index access_group_tenant_id_name_key_key on access_group (tenant_id, name_key)
    where until_revision is null;

create table access_group_member (
    group_id text not null references access_group (id),
    user_id text not null,
    tenant_id text not null,
    created_at integer not null,
    since_revision integer not null,
    until_revision integer,
    primary key (group_id, user_id, since_revision)
) strict, without rowid;
create index access_group_member_tenant on access_group_member (tenant_id, user_id);

-- One permission or one role, to one user or one group. The permission's app is null for an operation of the server.
create table access_grant (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    user_id text,
    group_id text references access_group (id),
    permission text,
    permission_app_id text,
    role_id text references access_role (id),
    app_id text,
    workspace_id text,
    collection text,
    record_id text,
    condition text,
    reason text,
    created_by text not null,
    created_at integer not null,
    expires_at integer,
    since_revision integer not null,
    until_revision integer,
    ended_at integer
) strict, without rowid;
create index access_grant_tenant on access_grant (tenant_id, id);
create index access_grant_in_force on access_grant (tenant_id, user_id) where until_revision is null;
