-- Ends a transaction whose condition does not hold, in the round trip that brings its statements.
create function require_condition(holds boolean) returns void language plpgsql as $$
begin
    if holds is not true then
        raise exception 'A condition of this transaction does not hold.' using errcode = 'CS001';
    end if;
end $$;

-- Audit log, outbox, usage and idempotency: what every Change writes beside its own rows.
-- Positions are given after the commit, by the sequencer, in narrow tables: ids are not commit order.
create table audit_entry (
    id text collate "C" primary key,
    at bigint not null,
    environment_id text collate "C",
    tenant_id text collate "C",
    workspace_id text collate "C",
    app_id text collate "C",
    actor_kind text collate "C" not null,
    actor_id text collate "C" not null,
    actor_display text,
    action text collate "C" not null,
    outcome text collate "C" not null,
    target_kind text collate "C" not null,
    target_id text collate "C" not null,
    target_user_id text collate "C",
    target_role text collate "C",
    reason text,
    request_id text collate "C" not null,
    decision_id text collate "C" not null,
    salt bytea not null,
    before_digest bytea,
    after_digest bytea
);
create table audit_position (
    position bigint primary key,
    entry_id text collate "C" not null
);
create view audit_log as
    select p.position, e.* from audit_position p join audit_entry e on e.id = p.entry_id;

-- Whom an entry concerns. The sequencer fills both with the position, for many entries in one sorted run.
create table audit_tenant (
    tenant_id text collate "C" not null,
    tenant_position bigint not null,
    position bigint not null,
    primary key (tenant_id, tenant_position)
);
create table audit_subject (
    subject_id text collate "C" not null,
    position bigint not null,
    primary key (subject_id, position)
);

create table outbox_event (
    id text collate "C" primary key,
    at bigint not null,
    environment_id text collate "C",
    tenant_id text collate "C",
    app_id text collate "C",
    type text collate "C" not null,
    subject_kind text collate "C" not null,
    subject_id text collate "C" not null,
    request_id text collate "C" not null,
    data jsonb not null
);
create table event_position (
    position bigint primary key,
    event_id text collate "C" not null
);
create view event_log as
    select p.position, e.* from event_position p join outbox_event e on e.id = p.event_id;

-- What waits for its position. Rows stay for moments only, so that the table is small wherever it is swept.
create table sequence_queue (
    id bigint generated always as identity primary key,
    kind text collate "C" not null,
    ref_id text collate "C" not null,
    tenant_id text collate "C"
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

create table usage_event (
    id text collate "C" primary key,
    at bigint not null,
    environment_id text collate "C",
    tenant_id text collate "C",
    app_id text collate "C",
    subject_id text collate "C" not null,
    meter text collate "C" not null,
    operation text collate "C" not null,
    quantity bigint not null
);

-- Rows in the order of their time, beside a small index of digests: a key is random, and a row would be put anywhere.
create table idempotency (
    id bigint generated always as identity primary key,
    lookup bytea not null,
    environment_id text collate "C" not null,
    principal text collate "C" not null,
    operation text collate "C" not null,
    fingerprint bytea not null,
    status bigint not null,
    etag text,
    body bytea,
    expires_at bigint not null
);
create unique index idempotency_lookup_key on idempotency (lookup);
