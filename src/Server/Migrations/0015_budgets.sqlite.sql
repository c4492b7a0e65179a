-- Budgets: a cap on a unit for a subject in a window. "tenant_id" narrows to calls in one tenant, whose admin keeps it
-- where "keeper" says so. "currency" is empty for all units but money; "alerts" are percents.
create table budget (
    id text primary key,
    environment_id text not null references environment (id),
    tenant_id text references tenant (id),
    subject_kind text not null,
    subject_id text not null,
    unit text not null,
    currency text not null,
    span text not null,
    cap integer not null check (cap >= 0),
    name text not null,
    alerts text not null,
    keeper text not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null
) strict, without rowid;
create index budget_subject on budget (subject_id, environment_id);
create index budget_environment on budget (environment_id, id);
create index budget_tenant on budget (tenant_id, id) where tenant_id is not null;

-- What one window of a budget has used and holds. "starts_at" is 0 for a window without end. "alerted" is the highest
-- percent that was told of; "paused" and "sudden" are whether these were.
create table budget_window (
    budget_id text not null references budget (id),
    starts_at integer not null,
    settled integer not null check (settled >= 0),
    held integer not null check (held >= 0),
    alerted integer not null,
    paused integer not null check (paused in (0, 1)),
    sudden integer not null check (sudden in (0, 1)),
    primary key (budget_id, starts_at)
) strict, without rowid;

-- What was settled in each hour: by which a sudden spend is known.
create table budget_hour (
    budget_id text not null references budget (id),
    starts_at integer not null,
    spent integer not null,
    primary key (budget_id, starts_at)
) strict, without rowid;

-- What somebody means to spend, until it is settled, voided or expired.
create table reservation (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    app_id text,
    user_id text,
    key_id text,
    agent_id text,
    principal text not null,
    unit text not null,
    currency text not null,
    amount integer not null,
    settled integer,
    state text not null,
    metadata text not null,
    created_at integer not null,
    expires_at integer not null,
    ended_at integer,
    version integer not null
) strict, without rowid;
create index reservation_due on reservation (environment_id, state, expires_at);
create index reservation_tenant on reservation (tenant_id, id);

-- What an open reservation holds of each budget, in the window in which it was made.
create table budget_hold (
    reservation_id text not null references reservation (id),
    budget_id text not null references budget (id),
    starts_at integer not null,
    amount integer not null,
    primary key (reservation_id, budget_id)
) strict, without rowid;
create index budget_hold_budget on budget_hold (budget_id);

-- A part of a window that one node may spend by itself. What is left of it is held; past its end it counts as spent.
create table budget_lease (
    id text primary key,
    budget_id text not null references budget (id),
    starts_at integer not null,
    amount integer not null check (amount >= 0),
    expires_at integer not null
) strict, without rowid;
create index budget_lease_budget on budget_lease (budget_id);
create index budget_lease_expires on budget_lease (expires_at);
