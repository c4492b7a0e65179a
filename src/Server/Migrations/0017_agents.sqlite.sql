-- A run is over by itself: one that its agent has started after a day, one that began with something lent when that
-- ends.
alter table agent_run add column expires_at integer not null default 0;
update agent_run set expires_at = started_at + 86400000;

-- Open runs are counted when another is started; what is over goes after a while.
create index agent_run_open on agent_run (agent_id, expires_at) where ended_at is null;
create index agent_run_expires on agent_run (expires_at);
create index delegation_expires on delegation (expires_at);

-- Whether an agent's calls are refused without a signature, and the public keys by which it signs.
alter table agent add column signatures text not null default 'optional';
alter table agent add column signing_keys text not null default '[]';
