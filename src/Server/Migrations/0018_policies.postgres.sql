-- What a tenant forbids, whatever roles and grants allow. Each change of a policy is a row: the one in force has no
-- end, and what was in force at a revision can be told. Without names of operations or of an app's permissions, it is
-- about all of them.
create table access_policy (
    id text collate "C" not null,
    since_revision bigint not null,
    until_revision bigint,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    name text collate "C" not null,
    name_key text collate "C" not null,
    description text collate "C",
    mode text collate "C" not null,
    operations jsonb not null,
    app_permissions jsonb not null,
    app_id text collate "C",
    workspace_id text collate "C",
    collection text collate "C",
    condition text collate "C",
    message text collate "C",
    created_by text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    primary key (id, since_revision)
);
create index access_policy_tenant on access_policy (tenant_id, id);
create unique index access_policy_tenant_id_name_key_key on access_policy (tenant_id, name_key)
    where until_revision is null;

-- How often a policy was met, by day, in which mode, and by whom: a user, a key or an agent. Nothing rests on it.
create table access_policy_hit (
    tenant_id text collate "C" not null,
    policy_id text collate "C" not null,
    day text collate "C" not null,
    mode text collate "C" not null,
    permission text collate "C" not null,
    subject_id text collate "C" not null,
    times bigint not null,
    primary key (tenant_id, policy_id, day, mode, permission, subject_id)
);
create index access_policy_hit_day on access_policy_hit (day);

-- Grants to keys.
alter table access_grant add column key_id text collate "C";
