-- How something is stopped (frozen, suspended, killed, retired), since when, by whom and why; null where it is not.
alter table environment add column stop text;
alter table environment add column stopped_at integer;
alter table environment add column stopped_by text;
alter table environment add column stop_reason text;
alter table app add column stop text;
alter table app add column stopped_at integer;
alter table app add column stopped_by text;
alter table app add column stop_reason text;
alter table app_key add column stop text;
alter table app_key add column stopped_at integer;
alter table app_key add column stopped_by text;
alter table app_key add column stop_reason text;
alter table tenant add column stop text;
alter table tenant add column stopped_at integer;
alter table tenant add column stopped_by text;
alter table tenant add column stop_reason text;
alter table user_account add column stop text;
alter table user_account add column stopped_at integer;
alter table user_account add column stopped_by text;
alter table user_account add column stop_reason text;

-- An operator who looks at an app as one of its users does, and changes nothing. Of the token only the hash is kept.
create table impersonation (
    id text primary key,
    environment_id text not null references environment (id),
    user_id text not null references user_account (id),
    app_id text not null references app (id),
    operator_id text not null references operator (id),
    operator_role text not null,
    operator_name text,
    reason text not null,
    hash blob not null,
    created_at integer not null,
    expires_at integer not null,
    ended_at integer,
    version integer not null
) strict, without rowid;
create unique index impersonation_hash_key on impersonation (hash);
create index impersonation_user on impersonation (user_id, id);
