create table app (
    id text primary key,
    name text not null,
    owner text not null,
    builder text not null,
    builder_url text,
    model text,
    repository text,
    data_class text not null,
    state text not null,
    state_reason text,
    created_at integer not null,
    updated_at integer not null,
    version integer not null
) strict, without rowid;
create unique index app_name_key on app (name);

-- An app's settings in one environment.
create table app_environment (
    app_id text not null references app (id),
    environment_id text not null references environment (id),
    password_forms integer not null check (password_forms in (0, 1)),
    native integer not null check (native in (0, 1)),
    updated_at integer not null,
    version integer not null,
    primary key (app_id, environment_id)
) strict, without rowid;

-- An exact origin, or "preset:name" for a builder's preview domains.
create table app_origin (
    app_id text not null references app (id),
    environment_id text not null,
    origin text not null,
    primary key (app_id, environment_id, origin)
) strict, without rowid;
create index app_origin_origin on app_origin (origin);

create table app_redirect (
    app_id text not null references app (id),
    environment_id text not null,
    uri text not null,
    primary key (app_id, environment_id, uri)
) strict, without rowid;

-- Publishable keys are no secret and stored as they are; of secret keys only the hash.
create table app_key (
    id text primary key,
    environment_id text not null references environment (id),
    app_id text not null references app (id),
    kind text not null,
    name text not null,
    prefix text not null,
    hash blob not null,
    publishable text,
    permissions text not null,
    created_at integer not null,
    expires_at integer,
    last_used_at integer,
    revoked_at integer,
    version integer not null
) strict, without rowid;
create unique index app_key_hash_key on app_key (hash);
create index app_key_app on app_key (app_id, environment_id, id);
