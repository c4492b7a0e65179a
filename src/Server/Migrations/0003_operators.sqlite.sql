-- Staff. An invited operator has no password yet; the first owner has neither e-mail nor name until the link is used.
create table operator (
    id text primary key,
    email text,
    email_key text,
    name text,
    role text not null,
    password_hash text,
    created_at integer not null,
    updated_at integer not null,
    signed_in_at integer,
    suspended_at integer,
    version integer not null
) strict, without rowid;
create unique index operator_email_key_key on operator (email_key);

-- Of the token only the hash.
create table operator_session (
    id text primary key,
    operator_id text not null references operator (id),
    hash blob not null,
    created_at integer not null,
    used_at integer not null,
    expires_at integer not null
) strict, without rowid;
create unique index operator_session_hash_key on operator_session (hash);
create index operator_session_operator on operator_session (operator_id);

-- One-time links and tokens: a row that was used is gone.
create table operator_link (
    hash blob primary key,
    operator_id text not null references operator (id),
    purpose text not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index operator_link_operator on operator_link (operator_id, purpose);
