-- An app's contract in one environment. A pending version waits for rewrites to end. The revision changes with
-- everything that a call may be decided by. The number names its tables: c17_tasks is collection tasks of contract 17.
create table contract (
    number integer primary key,
    app_id text not null references app (id),
    environment_id text not null references environment (id),
    version integer not null,
    hash text not null,
    pending_version integer,
    revision integer not null,
    updated_at integer not null
) strict;
create unique index contract_app_id_environment_id_key on contract (app_id, environment_id);

-- Every version that was ever applied, as it was sent.
create table contract_version (
    app_id text not null,
    environment_id text not null,
    version integer not null,
    hash text not null,
    document text not null,
    created_at integer not null,
    actor_kind text not null,
    actor_id text not null,
    reason text,
    primary key (app_id, environment_id, version)
) strict, without rowid;

-- What a contract no longer declares, kept under another name until its grace has ended. A collection's table where
-- column_name is null, else one column.
create table contract_dropped (
    id integer primary key,
    number integer not null,
    collection text not null,
    column_name text,
    kept_as text not null,
    dropped_at integer not null
) strict;
create index contract_dropped_dropped_at on contract_dropped (dropped_at);

-- How often a collection's table was written anew: its indexes are named by it.
create table contract_collection (
    number integer not null,
    collection text not null,
    generation integer not null,
    primary key (number, collection)
) strict, without rowid;

-- A table that is being written anew for a pending version, up to and with the record that is named. An error is final.
create table contract_rewrite (
    number integer not null,
    collection text not null,
    version integer not null,
    after_tenant text not null,
    after_id text not null,
    copied integer not null,
    is_copied integer not null check (is_copied in (0, 1)),
    leased_until integer not null,
    error text,
    primary key (number, collection)
) strict, without rowid;

-- Records that changed while their table is being written anew: they are copied once more.
create table contract_rewrite_changed (
    number integer not null,
    collection text not null,
    tenant_id text not null,
    record_id text not null,
    primary key (number, collection, tenant_id, record_id)
) strict, without rowid;

-- Roles of apps on memberships, by the membership's id: whoever comes back as another membership has none.
create table member_app_role (
    member_id text not null,
    app_id text not null,
    role text not null,
    tenant_id text not null,
    created_at integer not null,
    primary key (member_id, app_id, role)
) strict, without rowid;
create index member_app_role_tenant on member_app_role (tenant_id);
