-- Every change of what a tenant gives away. Rows of the tables below say from which revision on they hold, and from
-- which on no longer: they stay, so that what was in force at a revision can be told.
create table access_revision (
    tenant_id text collate "C" not null references tenant (id),
    revision bigint not null,
    environment_id text collate "C" not null,
    operation text collate "C" not null,
    actor text collate "C" not null,
    created_at bigint not null,
    primary key (tenant_id, revision)
);

-- A role that a tenant has made. The app is the one that declares those permissions that are no operations.
create table access_role (
    id text collate "C" primary key,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    name text not null,
    name_key text collate "C" not null,
    description text,
    app_id text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    since_revision bigint not null,
    until_revision bigint
);
create index access_role_tenant on access_role (tenant_id, id);
create unique index access_role_tenant_id_name_key_key on access_role (tenant_id, name_key)
    where until_revision is null;

-- What a role gives. The app is empty for an operation of the server.
create table access_role_permission (
    role_id text collate "C" not null references access_role (id),
    permission text collate "C" not null,
    app_id text collate "C" not null,
    tenant_id text collate "C" not null,
    since_revision bigint not null,
    until_revision bigint,
    primary key (role_id, permission, app_id, since_revision)
);
create index access_role_permission_tenant on access_role_permission (tenant_id);

create table access_group (
    id text collate "C" primary key,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    name text not null,
    name_key text collate "C" not null,
    description text,
    created_at bigint not null,
    version bigint not null,
    since_revision bigint not null,
    until_revision bigint
);
create index access_group_tenant on access_group (tenant_id, id);
create unique index access_group_tenant_id_name_key_key on access_group (tenant_id, name_key)
    where until_revision is null;

create table access_group_member (
    group_id text collate "C" not null references access_group (id),
    user_id text collate "C" not null,
    tenant_id text collate "C" not null,
    created_at bigint not null,
    since_revision bigint not null,
    until_revision bigint,
    primary key (group_id, user_id, since_revision)
);
create index access_group_member_tenant on access_group_member (tenant_id, user_id);

-- One permission or one role, to one user or one group. The permission's app is null for an operation of the server.
create table access_grant (
    id text collate "C" primary key,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    user_id text collate "C",
    group_id text collate "C" references access_group (id),
    permission text collate "C",
    permission_app_id text collate "C",
    role_id text collate "C" references access_role (id),
    app_id text collate "C",
    workspace_id text collate "C",
    collection text collate "C",
    record_id text collate "C",
    condition text,
    reason text,
    created_by text collate "C" not null,
    created_at bigint not null,
    expires_at bigint,
    since_revision bigint not null,
    until_revision bigint,
    ended_at bigint
);
create index access_grant_tenant on access_grant (tenant_id, id);
create index access_grant_in_force on access_grant (tenant_id, user_id) where until_revision is null;
