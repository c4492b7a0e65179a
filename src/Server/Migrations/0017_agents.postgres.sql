-- A run is over by itself: one that its agent has started after a day, one that began with something lent when that
-- ends.
alter table agent_run add column expires_at bigint not null default 0;
update agent_run set expires_at = started_at + 86400000;

-- Open runs are counted when another is started; what is over goes after a while.
create index agent_run_open on agent_run (agent_id, expires_at) where ended_at is null;
create index agent_run_expires on agent_run (expires_at);
create index delegation_expires on delegation (expires_at);

-- Whether an agent's calls are refused without a signature, and the public keys by which it signs.
alter table agent add column signatures text collate "C" not null default 'optional';
alter table agent add column signing_keys jsonb not null default '[]';

-- Nonces of signatures that are good still, so that one is used once on whichever node. One process remembers them.
create table agent_nonce (
    agent_id text collate "C" not null references agent (id),
    nonce text collate "C" not null,
    expires_at bigint not null,
    primary key (agent_id, nonce)
);
create index agent_nonce_expires on agent_nonce (expires_at);
