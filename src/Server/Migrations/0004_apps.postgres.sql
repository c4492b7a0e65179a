create table app (
    id text collate "C" primary key,
    name text collate "C" not null,
    owner text collate "C" not null,
    builder text collate "C" not null,
    builder_url text collate "C",
    model text collate "C",
    repository text collate "C",
    data_class text collate "C" not null,
    state text collate "C" not null,
    state_reason text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null
);
create unique index app_name_key on app (name);

-- An app's settings in one environment.
create table app_environment (
    app_id text collate "C" not null references app (id),
    environment_id text collate "C" not null references environment (id),
    password_forms boolean not null,
    native boolean not null,
    updated_at bigint not null,
    version bigint not null,
    primary key (app_id, environment_id)
);

-- An exact origin, or "preset:name" for a builder's preview domains.
create table app_origin (
    app_id text collate "C" not null references app (id),
    environment_id text collate "C" not null,
    origin text collate "C" not null,
    primary key (app_id, environment_id, origin)
);
create index app_origin_origin on app_origin (origin);

create table app_redirect (
    app_id text collate "C" not null references app (id),
    environment_id text collate "C" not null,
    uri text collate "C" not null,
    primary key (app_id, environment_id, uri)
);

-- Publishable keys are no secret and stored as they are; of secret keys only the hash.
create table app_key (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    app_id text collate "C" not null references app (id),
    kind text collate "C" not null,
    name text collate "C" not null,
    prefix text collate "C" not null,
    hash bytea not null,
    publishable text collate "C",
    permissions jsonb not null,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint,
    version bigint not null
);
create unique index app_key_hash_key on app_key (hash);
create index app_key_app on app_key (app_id, environment_id, id);
