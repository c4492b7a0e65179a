-- Agents: actors that are no people. Of the token only the hash is kept, null where it has ended. "operations" is the
-- most that may be lent.
create table agent (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    name text collate "C" not null,
    owner text collate "C" not null,
    builder text collate "C",
    model text collate "C",
    purpose text collate "C" not null,
    operations jsonb not null,
    prefix text collate "C" not null,
    hash bytea,
    state text collate "C" not null,
    state_reason text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    expires_at bigint,
    version bigint not null
);
create unique index agent_environment_id_name_key on agent (environment_id, name);
create unique index agent_hash_key on agent (hash);

-- One piece of an agent's work: what it was told to do, by which model, and how it ended. Every write carries its run.
create table agent_run (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    agent_id text collate "C" not null references agent (id),
    model text collate "C",
    prompt_digest text collate "C",
    purpose text collate "C",
    started_at bigint not null,
    ended_at bigint,
    outcome text collate "C",
    reason text collate "C",
    version bigint not null
);
create index agent_run_agent on agent_run (agent_id, id);

-- What a user has lent to an agent through an app. A child was handed on by the agent of its parent.
create table delegation (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    app_id text collate "C" not null references app (id),
    user_id text collate "C" not null,
    session_id text collate "C" not null,
    agent_id text collate "C" not null references agent (id),
    run_id text collate "C" references agent_run (id),
    parent_id text collate "C" references delegation (id),
    handed_on_by text collate "C",
    operations jsonb not null,
    tenant_id text collate "C",
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint,
    version bigint not null
);
create index delegation_user on delegation (environment_id, user_id, id);
create index delegation_agent on delegation (agent_id, id);
create index delegation_run on delegation (run_id);
create index delegation_parent on delegation (parent_id);

-- For whom an agent acted, by way of which other agents, in which run.
alter table audit_entry add column for_user_id text collate "C";
alter table audit_entry add column act_chain text collate "C";
alter table audit_entry add column run_id text collate "C";
drop view audit_log;
create view audit_log as
    select p.position, e.* from audit_position p join audit_entry e on e.id = p.entry_id;
