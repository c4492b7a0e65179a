-- People. email_key is the address as it is compared: trimmed, lower case. A deleted person leaves only the row's id.
create table user_account (
    id text primary key,
    environment_id text not null references environment (id),
    email text not null,
    email_key text not null,
    email_verified_at integer,
    name text,
    password_hash text,
    created_at integer not null,
    updated_at integer not null,
    suspended_at integer,
    deleted_at integer,
    version integer not null
) strict, without rowid;
create unique index user_account_environment_id_email_key_key on user_account (environment_id, email_key);
create index user_account_list on user_account (environment_id, id);

-- Mailed links that work once: only the hash of their token. A sign-up's password waits here until the address is
-- proven.
create table user_link (
    hash blob primary key,
    environment_id text not null references environment (id),
    user_id text not null references user_account (id),
    purpose text not null,
    password_hash text,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict, without rowid;
create index user_link_user on user_link (user_id, purpose);

-- A refresh token is derived from session and generation, so nothing of it is stored. browser is the hash of a cookie
-- of our own pages, where the sign-in went through them.
create table session (
    id text primary key,
    environment_id text not null references environment (id),
    user_id text not null references user_account (id),
    app_id text not null references app (id),
    created_at integer not null,
    last_used_at integer not null,
    expires_at integer not null,
    generation integer not null,
    rotated_at integer not null,
    revoked_at integer,
    user_agent text,
    ip text,
    browser text
) strict, without rowid;
create index session_of_user on session (user_id, id);

-- Failed sign-ins by subject (keyed hash of an address), so that all nodes slow the same guesser down.
create table sign_in_failure (
    environment_id text not null references environment (id),
    subject blob not null,
    failures integer not null,
    last_at integer not null,
    primary key (environment_id, subject)
) strict, without rowid;
create index sign_in_failure_last on sign_in_failure (last_at);

-- Keys that sign access tokens. The private one is encrypted under the master key.
create table signing_key (
    id text primary key,
    environment_id text not null references environment (id),
    generation integer not null,
    created_at integer not null,
    signs_from integer not null,
    retired_at integer,
    public_key blob not null,
    private_key blob not null
) strict, without rowid;
create unique index signing_key_environment_id_generation_key on signing_key (environment_id, generation);
