-- How something is stopped (frozen, suspended, killed, retired), since when, by whom and why; null where it is not.
alter table environment add column stop text collate "C";
alter table environment add column stopped_at bigint;
alter table environment add column stopped_by text collate "C";
alter table environment add column stop_reason text;
alter table app add column stop text collate "C";
alter table app add column stopped_at bigint;
alter table app add column stopped_by text collate "C";
alter table app add column stop_reason text;
alter table app_key add column stop text collate "C";
alter table app_key add column stopped_at bigint;
alter table app_key add column stopped_by text collate "C";
alter table app_key add column stop_reason text;
alter table tenant add column stop text collate "C";
alter table tenant add column stopped_at bigint;
alter table tenant add column stopped_by text collate "C";
alter table tenant add column stop_reason text;
alter table user_account add column stop text collate "C";
alter table user_account add column stopped_at bigint;
alter table user_account add column stopped_by text collate "C";
alter table user_account add column stop_reason text;

-- An operator who looks at an app as one of its users does, and changes nothing. Of the token only the hash is kept.
create table impersonation (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    user_id text collate "C" not null references user_account (id),
    app_id text collate "C" not null references app (id),
    operator_id text collate "C" not null references operator (id),
    operator_role text collate "C" not null,
    operator_name text,
    reason text not null,
    hash bytea not null,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    version bigint not null
);
create unique index impersonation_hash_key on impersonation (hash);
create index impersonation_user on impersonation (user_id, id);
