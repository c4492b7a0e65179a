-- Grants to agents that act for nobody but themselves.
alter table access_grant add column agent_id text collate "C";
create index access_grant_agent on access_grant (tenant_id, agent_id) where agent_id is not null;
