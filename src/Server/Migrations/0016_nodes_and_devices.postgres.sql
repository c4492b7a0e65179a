-- What nodes tell each other to forget: which rows a transaction has changed that others remember. Rows bear the
-- transaction's id, because a node asks for what its last snapshot did not see, and stay for minutes.
create table node_notice (
    xact bigint not null default (pg_current_xact_id()::text::bigint),
    topic text collate "C" not null,
    key text collate "C" not null,
    at bigint not null default ((extract(epoch from clock_timestamp()) * 1000)::bigint),
    primary key (xact, topic, key)
);

-- Command lines that ask to be let in (RFC 8628), and what an operator decided in a browser. Of the device code only
-- the hash is kept, of the short code, which could be guessed from a plain one, a keyed hash.
create table operator_device (
    hash bytea primary key,
    user_code bytea not null,
    name text collate "C" not null,
    ip text collate "C",
    user_agent text,
    created_at bigint not null,
    expires_at bigint not null,
    interval_s bigint not null,
    polled_at bigint,
    operator_id text collate "C" references operator (id),
    decision text collate "C",
    decided_at bigint
);
create unique index operator_device_user_code_key on operator_device (user_code);
create index operator_device_operator on operator_device (operator_id);
create index operator_device_expires on operator_device (expires_at);
