-- People. email_key is the address as it is compared: trimmed, lower case. A deleted person leaves only the row's id.
create table user_account (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    email text not null,
    email_key text collate "C" not null,
    email_verified_at bigint,
    name text,
    password_hash text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    suspended_at bigint,
    deleted_at bigint,
    version bigint not null
);
create unique index user_account_environment_id_email_key_key on user_account (environment_id, email_key);
create index user_account_list on user_account (environment_id, id);

-- Mailed links that work once: only the hash of their token. A sign-up's password waits here until the address is
-- proven.
create table user_link (
    hash bytea primary key,
    environment_id text collate "C" not null references environment (id),
    user_id text collate "C" not null references user_account (id),
    purpose text collate "C" not null,
    password_hash text collate "C",
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index user_link_user on user_link (user_id, purpose);

-- A refresh token is derived from session and generation, so nothing of it is stored. browser is the hash of a cookie
-- of our own pages, where the sign-in went through them.
create table session (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    user_id text collate "C" not null references user_account (id),
    app_id text collate "C" not null references app (id),
    created_at bigint not null,
    last_used_at bigint not null,
    expires_at bigint not null,
    generation bigint not null,
    rotated_at bigint not null,
    revoked_at bigint,
    user_agent text,
    ip text collate "C",
    browser text collate "C"
);
create index session_of_user on session (user_id, id);

-- Failed sign-ins by subject (keyed hash of an address), so that all nodes slow the same guesser down.
create table sign_in_failure (
    environment_id text collate "C" not null references environment (id),
    subject bytea not null,
    failures bigint not null,
    last_at bigint not null,
    primary key (environment_id, subject)
);
create index sign_in_failure_last on sign_in_failure (last_at);

-- Keys that sign access tokens. The private one is encrypted under the master key.
create table signing_key (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    generation bigint not null,
    created_at bigint not null,
    signs_from bigint not null,
    retired_at bigint,
    public_key bytea not null,
    private_key bytea not null
);
create unique index signing_key_environment_id_generation_key on signing_key (environment_id, generation);
