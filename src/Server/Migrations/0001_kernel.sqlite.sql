-- Audit log, outbox, usage and idempotency: what every Change writes beside its own rows.
-- The rowid is the dense position: there is one writer, and a savepoint that rolls back takes its number with it.
create table audit_entry (
    position integer primary key,
    id text not null,
    at integer not null,
    environment_id text,
    tenant_id text,
    workspace_id text,
    app_id text,
    actor_kind text not null,
    actor_id text not null,
    actor_display text,
    action text not null,
    outcome text not null,
    target_kind text not null,
    target_id text not null,
    target_user_id text,
    target_role text,
    reason text,
    request_id text not null,
    decision_id text not null,
    salt blob not null,
    before_digest blob,
    after_digest blob
) strict;
create view audit_log as select * from audit_entry;

-- Whom an entry concerns. The sequencer fills both behind the head, for thousands of entries in one sorted run: in the
-- Change itself each row would cost a page somewhere in the index.
create table audit_tenant (
    tenant_id text not null,
    tenant_position integer not null,
    position integer not null,
    primary key (tenant_id, tenant_position)
) strict, without rowid;
create table audit_subject (
    subject_id text not null,
    position integer not null,
    primary key (subject_id, position)
) strict, without rowid;
create table sequence_mark (position integer not null) strict;
insert into sequence_mark (position) values (0);

create table outbox_event (
    position integer primary key,
    id text not null,
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
create view event_log as select * from outbox_event;

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
