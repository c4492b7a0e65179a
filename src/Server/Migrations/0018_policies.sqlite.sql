-- What a tenant forbids, whatever roles and grants allow. Each change of a policy is a row: the one in force has no
-- end, and what was in force at a revision can be told. Without names of operations or of an app's permissions, it is
-- about all of them.
create table access_policy (
    id text not null,
    since_revision integer not null,
    until_revision integer,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    name text not null,
    name_key text not null,
    description text,
    mode text not null,
    operations text not null,
    app_permissions text not null,
    app_id text,
    workspace_id text,
    collection text,
    condition text,
    message text,
    created_by text not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null,
    primary key (id, since_revision)
) strict, without rowid;
create index access_policy_tenant on access_policy (tenant_id, id);
create unique index access_policy_tenant_id_name_key_key on access_policy (tenant_id, name_key)
    where until_revision is null;

-- How often a policy was met, by day, in which mode, and by whom: a user, a key or an agent. Nothing rests on it.
create table access_policy_hit (
    tenant_id text not null,
    policy_id text not null,
    day text not null,
    mode text not null,
    permission text not null,
    subject_id text not null,
    times integer not null,
    primary key (tenant_id, policy_id, day, mode, permission, subject_id)
) strict, without rowid;
create index access_policy_hit_day on access_policy_hit (day);

-- Grants to keys.
alter table access_grant add column key_id text;
