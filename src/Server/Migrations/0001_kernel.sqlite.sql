-- Audit log, outbox, usage and idempotency: what every Change writes beside its own rows.
-- The rowid is the dense position: there is one writer, and a savepoint that rolls back takes its number with it.
create table audit_entry (
    position integer primary key,
    id text not null unique,
    at integer not null,
    environment_id text,
    tenant_id text,
    tenant_position integer,
    workspace_id text,
    app_id text,
    actor_kind text not null,
    actor_id text not null,
    actor_display text,
    action text not null,
    outcome text not null,
    target_kind text not null,
    target_id text not null,
    reason text,
    request_id text not null,
    decision_id text not null,
    salt blob not null,
    before_digest blob,
    after_digest blob
) strict;
create index audit_entry_tenant on audit_entry (tenant_id, tenant_position) where tenant_id is not null;
create index audit_entry_target on audit_entry (target_id, position);
create index audit_entry_actor on audit_entry (actor_id, position);
create view audit_position (position, entry_id, tenant_id, tenant_position) as
    select position, id, tenant_id, tenant_position from audit_entry;

create table outbox_event (
    position integer primary key,
    id text not null unique,
    at integer not null,
    environment_id text,
    tenant_id text,
    app_id text,
    type text not null,
    subject_kind text not null,
    subject_id text not null,
    request_id text not null,
    data text not null
) strict;
create view event_position (position, event_id) as select position, id from outbox_event;

create table usage_event (
    id text primary key,
    at integer not null,
    environment_id text,
    tenant_id text,
    app_id text,
    subject_id text not null,
    meter text not null,
    operation text not null,
    quantity integer not null
) strict, without rowid;

-- Rows in the order of their time, beside a small index of digests: a key is random, and a row would be put anywhere.
create table idempotency (
    id integer primary key,
    lookup blob not null,
    environment_id text not null,
    principal text not null,
    operation text not null,
    fingerprint blob not null,
    status integer not null,
    etag text,
    body blob,
    expires_at integer not null
) strict;
create unique index idempotency_lookup_key on idempotency (lookup);
