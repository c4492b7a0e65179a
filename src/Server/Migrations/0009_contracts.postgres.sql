-- An app's contract in one environment. A pending version waits for rewrites to end. The revision changes with
-- everything that a call may be decided by. The number names its tables: c17.tasks is collection tasks of contract 17.
create table contract (
    number bigint generated always as identity primary key,
    app_id text collate "C" not null references app (id),
    environment_id text collate "C" not null references environment (id),
    version bigint not null,
    hash text collate "C" not null,
    pending_version bigint,
    revision bigint not null,
    updated_at bigint not null
);
create unique index contract_app_id_environment_id_key on contract (app_id, environment_id);

-- Every version that was ever applied, as it was sent.
create table contract_version (
    app_id text collate "C" not null,
    environment_id text collate "C" not null,
    version bigint not null,
    hash text collate "C" not null,
    document text collate "C" not null,
    created_at bigint not null,
    actor_kind text collate "C" not null,
    actor_id text collate "C" not null,
    reason text collate "C",
    primary key (app_id, environment_id, version)
);

-- What a contract no longer declares, kept under another name until its grace has ended. A collection's table where
-- column_name is null, else one column.
create table contract_dropped (
    id bigint generated always as identity primary key,
    number bigint not null,
    collection text collate "C" not null,
    column_name text collate "C",
    kept_as text collate "C" not null,
    dropped_at bigint not null
);
create index contract_dropped_dropped_at on contract_dropped (dropped_at);

-- How often a collection's table was written anew: its indexes are named by it.
create table contract_collection (
    number bigint not null,
    collection text collate "C" not null,
    generation bigint not null,
    primary key (number, collection)
);

-- A table that is being written anew for a pending version, up to and with the record that is named. An error is final.
create table contract_rewrite (
    number bigint not null,
    collection text collate "C" not null,
    version bigint not null,
    after_tenant text collate "C" not null,
    after_id text collate "C" not null,
    copied bigint not null,
    is_copied boolean not null,
    leased_until bigint not null,
    error text collate "C",
    primary key (number, collection)
);

-- Records that changed while their table is being written anew: they are copied once more.
create table contract_rewrite_changed (
    number bigint not null,
    collection text collate "C" not null,
    tenant_id text collate "C" not null,
    record_id text collate "C" not null,
    primary key (number, collection, tenant_id, record_id)
);

-- Roles of apps on memberships, by the membership's id: whoever comes back as another membership has none.
create table member_app_role (
    member_id text collate "C" not null,
    app_id text collate "C" not null,
    role text collate "C" not null,
    tenant_id text collate "C" not null,
    created_at bigint not null,
    primary key (member_id, app_id, role)
);
create index member_app_role_tenant on member_app_role (tenant_id);
