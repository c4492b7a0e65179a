-- Command lines that ask to be let in (RFC 8628), and what an operator decided in a browser. Of the device code only
-- the hash is kept, of the short code, which could be guessed from a plain one, a keyed hash.
create table operator_device (
    hash blob primary key,
    user_code blob not null,
    name text not null,
    ip text,
    user_agent text,
    created_at integer not null,
    expires_at integer not null,
    interval_s integer not null,
    polled_at integer,
    operator_id text references operator (id),
    decision text,
    decided_at integer
) strict, without rowid;
create unique index operator_device_user_code_key on operator_device (user_code);
create index operator_device_operator on operator_device (operator_id);
create index operator_device_expires on operator_device (expires_at);
