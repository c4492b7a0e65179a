-- Agents: actors that are no people. Of the token only the hash is kept, null where it has ended. "operations" is the
-- most that may be lent.
create table agent (
    id text primary key,
    environment_id text not null references environment (id),
    name text not null,
    owner text not null,
    builder text,
    model text,
    purpose text not null,
    operations text not null,
    prefix text not null,
    hash blob,
    state text not null,
    state_reason text,
    created_at integer not null,
    updated_at integer not null,
    expires_at integer,
    version integer not null
) strict, without rowid;
create unique index agent_environment_id_name_key on agent (environment_id, name);
create unique index agent_hash_key on agent (hash);

-- One piece of an agent's work: what it was told to do, by which model, and how it ended. Every write carries its run.
create table agent_run (
    id text primary key,
    environment_id text not null references environment (id),
    agent_id text not null references agent (id),
    model text,
    prompt_digest text,
    purpose text,
    started_at integer not null,
    ended_at integer,
    outcome text,
    reason text,
    version integer not null
) strict, without rowid;
create index agent_run_agent on agent_run (agent_id, id);

-- What a user has lent to an agent through an app. A child was handed on by the agent of its parent.
create table delegation (
    id text primary key,
    environment_id text not null references environment (id),
    app_id text not null references app (id),
    user_id text not null,
    session_id text not null,
    agent_id text not null references agent (id),
    run_id text references agent_run (id),
    parent_id text references delegation (id),
    handed_on_by text,
    operations text not null,
    tenant_id text,
    created_at integer not null,
    expires_at integer not null,
    revoked_at integer,
    version integer not null
) strict, without rowid;
create index delegation_user on delegation (environment_id, user_id, id);
create index delegation_agent on delegation (agent_id, id);
create index delegation_run on delegation (run_id);
create index delegation_parent on delegation (parent_id);

-- For whom an agent acted, by way of which other agents, in which run.
alter table audit_entry add column for_user_id text;
alter table audit_entry add column act_chain text;
alter table audit_entry add column run_id text;
drop view audit_log;
create view audit_log as select * from audit_entry;
