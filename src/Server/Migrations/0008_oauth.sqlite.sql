-- Authorization codes (RFC 6749 section 4.1.2): opaque references, stored hashed; the payload is encrypted.
-- authorization_id is the id of the session that the code will open, so that a replayed code finds what it made.
create table oauth_code (
    environment_id text not null references environment (id),
    id text not null,
    reference_id text,
    app_id text not null,
    authorization_id text not null,
    user_id text not null,
    type text not null,
    status text not null,
    payload text,
    created_at integer not null,
    expires_at integer not null,
    redeemed_at integer,
    primary key (environment_id, id)
) strict, without rowid;
create unique index oauth_code_environment_id_reference_id_key on oauth_code (environment_id, reference_id);
create index oauth_code_user on oauth_code (user_id, environment_id);
create index oauth_code_authorization on oauth_code (environment_id, authorization_id);
create index oauth_code_expires on oauth_code (expires_at);

-- That a user let an app know who they are. Asked at the first sign-in to each app.
create table consent (
    environment_id text not null references environment (id),
    user_id text not null,
    app_id text not null references app (id),
    granted_at integer not null,
    primary key (environment_id, user_id, app_id)
) strict, without rowid;

-- A browser that is signed in on Castellan's own pages. The cookie's token is stored hashed.
create table page_session (
    hash blob primary key,
    environment_id text not null references environment (id),
    user_id text not null,
    signed_in_at integer not null,
    used_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index page_session_user on page_session (environment_id, user_id);
create index page_session_expires on page_session (expires_at);
