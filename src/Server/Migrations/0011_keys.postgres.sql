-- What bounds a key. Lists are text with spaces between their entries; empty is no bound. A tenant is no reference: who
-- erases one need not know of keys, and a key of a tenant that is gone reaches nothing.
alter table app_key add column description text collate "C";
alter table app_key add column tenant_id text collate "C";
alter table app_key add column origins text collate "C" not null default '';
alter table app_key add column ip_ranges text collate "C" not null default '';
alter table app_key add column rate_per_minute bigint;
alter table app_key add column owner_id text collate "C" references operator (id);

-- Keys that came from one another by rotation name the first of them; each names the one that replaced it.
alter table app_key add column lineage_id text collate "C";
alter table app_key add column replaced_by text collate "C";
alter table app_key add column disabled_at bigint;
alter table app_key add column last_used_ip text collate "C";
update app_key set lineage_id = id;

-- Keys that somebody says were found in the open, by their hash, until they are looked at.
create table key_leak (
    hash bytea primary key,
    found_at text collate "C",
    reported_at bigint not null
);
