-- Budgets: a cap on a unit for a subject in a window. "tenant_id" narrows to calls in one tenant, whose admin keeps it
-- where "keeper" says so. "currency" is empty for all units but money; "alerts" are percents.
create table budget (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    tenant_id text collate "C" references tenant (id),
    subject_kind text collate "C" not null,
    subject_id text collate "C" not null,
    unit text collate "C" not null,
    currency text collate "C" not null,
    span text collate "C" not null,
    cap bigint not null check (cap >= 0),
    name text collate "C" not null,
    alerts text collate "C" not null,
    keeper text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null
);
create index budget_subject on budget (subject_id, environment_id);
create index budget_environment on budget (environment_id, id);
create index budget_tenant on budget (tenant_id, id) where tenant_id is not null;

-- What one window of a budget has used and holds. "starts_at" is 0 for a window without end. "alerted" is the highest
-- percent that was told of; "paused" and "sudden" are whether these were.
create table budget_window (
    budget_id text collate "C" not null references budget (id),
    starts_at bigint not null,
    settled bigint not null check (settled >= 0),
    held bigint not null check (held >= 0),
    alerted bigint not null,
    paused boolean not null,
    sudden boolean not null,
    primary key (budget_id, starts_at)
);

-- What was settled in each hour: by which a sudden spend is known.
create table budget_hour (
    budget_id text collate "C" not null references budget (id),
    starts_at bigint not null,
    spent bigint not null,
    primary key (budget_id, starts_at)
);

-- What somebody means to spend, until it is settled, voided or expired.
create table reservation (
    id text collate "C" primary key,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    app_id text collate "C",
    user_id text collate "C",
    key_id text collate "C",
    agent_id text collate "C",
    principal text collate "C" not null,
    unit text collate "C" not null,
    currency text collate "C" not null,
    amount bigint not null,
    settled bigint,
    state text collate "C" not null,
    metadata jsonb not null,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    version bigint not null
);
create index reservation_due on reservation (environment_id, state, expires_at);
create index reservation_tenant on reservation (tenant_id, id);

-- What an open reservation holds of each budget, in the window in which it was made.
create table budget_hold (
    reservation_id text collate "C" not null references reservation (id),
    budget_id text collate "C" not null references budget (id),
    starts_at bigint not null,
    amount bigint not null,
    primary key (reservation_id, budget_id)
);
create index budget_hold_budget on budget_hold (budget_id);

-- A part of a window that one node may spend by itself. What is left of it is held; past its end it counts as spent.
create table budget_lease (
    id text collate "C" primary key,
    budget_id text collate "C" not null references budget (id),
    starts_at bigint not null,
    amount bigint not null check (amount >= 0),
    expires_at bigint not null
);
create index budget_lease_budget on budget_lease (budget_id);
create index budget_lease_expires on budget_lease (expires_at);
