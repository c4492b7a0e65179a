-- Staff. An invited operator has no password yet; the first owner has neither e-mail nor name until the link is used.
create table operator (
    id text collate "C" primary key,
    email text collate "C",
    email_key text collate "C",
    name text collate "C",
    role text collate "C" not null,
    password_hash text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    signed_in_at bigint,
    suspended_at bigint,
    version bigint not null
);
create unique index operator_email_key_key on operator (email_key);

-- Of the token only the hash.
create table operator_session (
    id text collate "C" primary key,
    operator_id text collate "C" not null references operator (id),
    hash bytea not null,
    created_at bigint not null,
    used_at bigint not null,
    expires_at bigint not null
);
create unique index operator_session_hash_key on operator_session (hash);
create index operator_session_operator on operator_session (operator_id);

-- One-time links and tokens: a row that was used is gone.
create table operator_link (
    hash bytea primary key,
    operator_id text collate "C" not null references operator (id),
    purpose text collate "C" not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index operator_link_operator on operator_link (operator_id, purpose);
