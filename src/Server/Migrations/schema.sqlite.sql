-- What a fresh database looks like after all migrations. Generated from one.

CREATE TABLE access_decision (
    tenant_id text not null,
    day text not null,
    user_id text not null,
    permission text not null,
    permission_app_id text not null,
    app_id text not null,
    workspace_id text not null,
    collection text not null,
    allowed integer not null check (allowed in (0, 1)),
    times integer not null,
    primary key (tenant_id, day, user_id, permission, permission_app_id, app_id, workspace_id, collection, allowed)
) strict, without rowid;

CREATE INDEX access_decision_day on access_decision (day);

CREATE TABLE access_grant (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    user_id text,
    group_id text references access_group (id),
    permission text,
    permission_app_id text,
    role_id text references access_role (id),
    app_id text,
    workspace_id text,
    collection text,
    record_id text,
    condition text,
    reason text,
    created_by text not null,
    created_at integer not null,
    expires_at integer,
    since_revision integer not null,
    until_revision integer,
    ended_at integer
, key_id text, agent_id text) strict, without rowid;

CREATE INDEX access_grant_agent on access_grant (tenant_id, agent_id) where agent_id is not null;

CREATE INDEX access_grant_in_force on access_grant (tenant_id, user_id) where until_revision is null;

CREATE INDEX access_grant_tenant on access_grant (tenant_id, id);

CREATE TABLE access_group (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    name text not null,
    name_key text not null,
    description text,
    created_at integer not null,
    version integer not null,
    since_revision integer not null,
    until_revision integer
) strict, without rowid;

CREATE INDEX access_group_tenant on access_group (tenant_id, id);

CREATE UNIQUE INDEX access_group_tenant_id_name_key_key on access_group (tenant_id, name_key)
    where until_revision is null;

CREATE TABLE access_group_member (
    group_id text not null references access_group (id),
    user_id text not null,
    tenant_id text not null,
    created_at integer not null,
    since_revision integer not null,
    until_revision integer,
    primary key (group_id, user_id, since_revision)
) strict, without rowid;

CREATE INDEX access_group_member_tenant on access_group_member (tenant_id, user_id);

CREATE TABLE access_name (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    app_id text not null,
    kind text not null,
    type text not null,
    name text not null,
    user_id text,
    created_at integer not null
) strict, without rowid;

CREATE INDEX access_name_tenant on access_name (tenant_id, id);

CREATE UNIQUE INDEX access_name_tenant_id_app_id_kind_type_name_key
    on access_name (tenant_id, app_id, kind, type, name);

CREATE TABLE access_policy (
    id text not null,
    since_revision integer not null,
    until_revision integer,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    name text not null,
    name_key text not null,
    description text,
    mode text not null,
    operations text not null,
    app_permissions text not null,
    app_id text,
    workspace_id text,
    collection text,
    condition text,
    message text,
    created_by text not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null,
    primary key (id, since_revision)
) strict, without rowid;

CREATE INDEX access_policy_tenant on access_policy (tenant_id, id);

CREATE UNIQUE INDEX access_policy_tenant_id_name_key_key on access_policy (tenant_id, name_key)
    where until_revision is null;

CREATE TABLE access_policy_hit (
    tenant_id text not null,
    policy_id text not null,
    day text not null,
    mode text not null,
    permission text not null,
    subject_id text not null,
    times integer not null,
    primary key (tenant_id, policy_id, day, mode, permission, subject_id)
) strict, without rowid;

CREATE INDEX access_policy_hit_day on access_policy_hit (day);

CREATE TABLE access_revision (
    tenant_id text not null references tenant (id),
    revision integer not null,
    environment_id text not null,
    operation text not null,
    actor text not null,
    created_at integer not null,
    primary key (tenant_id, revision)
) strict, without rowid;

CREATE TABLE access_role (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    name text not null,
    name_key text not null,
    description text,
    app_id text,
    created_at integer not null,
    updated_at integer not null,
    version integer not null,
    since_revision integer not null,
    until_revision integer
) strict, without rowid;

CREATE INDEX access_role_tenant on access_role (tenant_id, id);

CREATE UNIQUE INDEX access_role_tenant_id_name_key_key on access_role (tenant_id, name_key)
    where until_revision is null;

CREATE TABLE access_role_permission (
    role_id text not null references access_role (id),
    permission text not null,
    app_id text not null,
    tenant_id text not null,
    since_revision integer not null,
    until_revision integer,
    primary key (role_id, permission, app_id, since_revision)
) strict, without rowid;

CREATE INDEX access_role_permission_tenant on access_role_permission (tenant_id);

CREATE TABLE agent (
    id text primary key,
    environment_id text not null references environment (id),
    name text not null,
    owner text not null,
    builder text,
    model text,
    purpose text not null,
    operations text not null,
    prefix text not null,
    hash blob,
    state text not null,
    state_reason text,
    created_at integer not null,
    updated_at integer not null,
    expires_at integer,
    version integer not null
, signatures text not null default 'optional', signing_keys text not null default '[]') strict, without rowid;

CREATE UNIQUE INDEX agent_environment_id_name_key on agent (environment_id, name);

CREATE UNIQUE INDEX agent_hash_key on agent (hash);

CREATE TABLE agent_run (
    id text primary key,
    environment_id text not null references environment (id),
    agent_id text not null references agent (id),
    model text,
    prompt_digest text,
    purpose text,
    started_at integer not null,
    ended_at integer,
    outcome text,
    reason text,
    version integer not null
, expires_at integer not null default 0) strict, without rowid;

CREATE INDEX agent_run_agent on agent_run (agent_id, id);

CREATE INDEX agent_run_expires on agent_run (expires_at);

CREATE INDEX agent_run_open on agent_run (agent_id, expires_at) where ended_at is null;

CREATE TABLE app (
    id text primary key,
    name text not null,
    owner text not null,
    builder text not null,
    builder_url text,
    model text,
    repository text,
    data_class text not null,
    state text not null,
    state_reason text,
    created_at integer not null,
    updated_at integer not null,
    version integer not null
, stop text, stopped_at integer, stopped_by text, stop_reason text) strict, without rowid;

CREATE UNIQUE INDEX app_name_key on app (name);

CREATE TABLE app_environment (
    app_id text not null references app (id),
    environment_id text not null references environment (id),
    password_forms integer not null check (password_forms in (0, 1)),
    native integer not null check (native in (0, 1)),
    updated_at integer not null,
    version integer not null,
    primary key (app_id, environment_id)
) strict, without rowid;

CREATE TABLE app_key (
    id text primary key,
    environment_id text not null references environment (id),
    app_id text not null references app (id),
    kind text not null,
    name text not null,
    prefix text not null,
    hash blob not null,
    publishable text,
    permissions text not null,
    created_at integer not null,
    expires_at integer,
    last_used_at integer,
    revoked_at integer,
    version integer not null
, description text, tenant_id text, origins text not null default '', ip_ranges text not null default '', rate_per_minute integer, owner_id text references operator (id), lineage_id text, replaced_by text, disabled_at integer, last_used_ip text, stop text, stopped_at integer, stopped_by text, stop_reason text) strict, without rowid;

CREATE INDEX app_key_app on app_key (app_id, environment_id, id);

CREATE UNIQUE INDEX app_key_hash_key on app_key (hash);

CREATE TABLE app_origin (
    app_id text not null references app (id),
    environment_id text not null,
    origin text not null,
    primary key (app_id, environment_id, origin)
) strict, without rowid;

CREATE INDEX app_origin_origin on app_origin (origin);

CREATE TABLE app_redirect (
    app_id text not null references app (id),
    environment_id text not null,
    uri text not null,
    primary key (app_id, environment_id, uri)
) strict, without rowid;

CREATE TABLE audit_entry (
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
, for_user_id text, act_chain text, run_id text) strict;

CREATE TABLE audit_subject (
    subject_id text not null,
    position integer not null,
    primary key (subject_id, position)
) strict, without rowid;

CREATE TABLE audit_tenant (
    tenant_id text not null,
    tenant_position integer not null,
    position integer not null,
    primary key (tenant_id, tenant_position)
) strict, without rowid;

CREATE TABLE budget (
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

CREATE INDEX budget_environment on budget (environment_id, id);

CREATE INDEX budget_subject on budget (subject_id, environment_id);

CREATE INDEX budget_tenant on budget (tenant_id, id) where tenant_id is not null;

CREATE TABLE budget_hold (
    reservation_id text not null references reservation (id),
    budget_id text not null references budget (id),
    starts_at integer not null,
    amount integer not null,
    primary key (reservation_id, budget_id)
) strict, without rowid;

CREATE INDEX budget_hold_budget on budget_hold (budget_id);

CREATE TABLE budget_hour (
    budget_id text not null references budget (id),
    starts_at integer not null,
    spent integer not null,
    primary key (budget_id, starts_at)
) strict, without rowid;

CREATE TABLE budget_lease (
    id text primary key,
    budget_id text not null references budget (id),
    starts_at integer not null,
    amount integer not null check (amount >= 0),
    expires_at integer not null
) strict, without rowid;

CREATE INDEX budget_lease_budget on budget_lease (budget_id);

CREATE INDEX budget_lease_expires on budget_lease (expires_at);

CREATE TABLE budget_window (
    budget_id text not null references budget (id),
    starts_at integer not null,
    settled integer not null check (settled >= 0),
    held integer not null check (held >= 0),
    alerted integer not null,
    paused integer not null check (paused in (0, 1)),
    sudden integer not null check (sudden in (0, 1)),
    primary key (budget_id, starts_at)
) strict, without rowid;

CREATE TABLE consent (
    environment_id text not null references environment (id),
    user_id text not null,
    app_id text not null references app (id),
    granted_at integer not null,
    primary key (environment_id, user_id, app_id)
) strict, without rowid;

CREATE TABLE contract (
    number integer primary key,
    app_id text not null references app (id),
    environment_id text not null references environment (id),
    version integer not null,
    hash text not null,
    pending_version integer,
    revision integer not null,
    updated_at integer not null
) strict;

CREATE UNIQUE INDEX contract_app_id_environment_id_key on contract (app_id, environment_id);

CREATE TABLE contract_collection (
    number integer not null,
    collection text not null,
    generation integer not null,
    primary key (number, collection)
) strict, without rowid;

CREATE TABLE contract_dropped (
    id integer primary key,
    number integer not null,
    collection text not null,
    column_name text,
    kept_as text not null,
    dropped_at integer not null
) strict;

CREATE INDEX contract_dropped_dropped_at on contract_dropped (dropped_at);

CREATE TABLE contract_rewrite (
    number integer not null,
    collection text not null,
    version integer not null,
    after_tenant text not null,
    after_id text not null,
    copied integer not null,
    is_copied integer not null check (is_copied in (0, 1)),
    leased_until integer not null,
    error text,
    primary key (number, collection)
) strict, without rowid;

CREATE TABLE contract_rewrite_changed (
    number integer not null,
    collection text not null,
    tenant_id text not null,
    record_id text not null,
    primary key (number, collection, tenant_id, record_id)
) strict, without rowid;

CREATE TABLE contract_version (
    app_id text not null,
    environment_id text not null,
    version integer not null,
    hash text not null,
    document text not null,
    created_at integer not null,
    actor_kind text not null,
    actor_id text not null,
    reason text,
    primary key (app_id, environment_id, version)
) strict, without rowid;

CREATE TABLE delegation (
    id text primary key,
    environment_id text not null references environment (id),
    app_id text not null references app (id),
    user_id text not null,
    session_id text not null,
    agent_id text not null references agent (id),
    run_id text references agent_run (id),
    parent_id text references delegation (id),
    handed_on_by text,
    operations text not null,
    tenant_id text,
    created_at integer not null,
    expires_at integer not null,
    revoked_at integer,
    version integer not null
) strict, without rowid;

CREATE INDEX delegation_agent on delegation (agent_id, id);

CREATE INDEX delegation_expires on delegation (expires_at);

CREATE INDEX delegation_parent on delegation (parent_id);

CREATE INDEX delegation_run on delegation (run_id);

CREATE INDEX delegation_user on delegation (environment_id, user_id, id);

CREATE TABLE environment (
    id text primary key,
    created_at integer not null,
    version integer not null
, stop text, stopped_at integer, stopped_by text, stop_reason text) strict, without rowid;

CREATE TABLE idempotency (
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

CREATE UNIQUE INDEX idempotency_lookup_key on idempotency (lookup);

CREATE TABLE impersonation (
    id text primary key,
    environment_id text not null references environment (id),
    user_id text not null references user_account (id),
    app_id text not null references app (id),
    operator_id text not null references operator (id),
    operator_role text not null,
    operator_name text,
    reason text not null,
    hash blob not null,
    created_at integer not null,
    expires_at integer not null,
    ended_at integer,
    version integer not null
) strict, without rowid;

CREATE UNIQUE INDEX impersonation_hash_key on impersonation (hash);

CREATE INDEX impersonation_user on impersonation (user_id, id);

CREATE TABLE installation (
    id integer primary key check (id = 1),
    created_at integer not null,
    key_check blob not null
) strict;

CREATE TABLE invitation (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    workspace_id text references workspace (id),
    email text not null,
    email_key text not null,
    role text not null,
    token_hash blob not null,
    inviter_kind text not null,
    inviter_id text not null,
    created_at integer not null,
    expires_at integer not null,
    accepted_at integer,
    cancelled_at integer,
    version integer not null
) strict, without rowid;

CREATE INDEX invitation_email on invitation (email_key, environment_id, id);

CREATE INDEX invitation_tenant on invitation (tenant_id, id);

CREATE UNIQUE INDEX invitation_token_hash_key on invitation (token_hash);

CREATE INDEX invitation_workspace on invitation (workspace_id) where workspace_id is not null;

CREATE TABLE key_leak (
    hash blob primary key,
    found_at text,
    reported_at integer not null
) strict, without rowid;

CREATE TABLE mail (
    id text primary key,
    environment_id text not null references environment (id),
    to_address text not null,
    subject text not null,
    sealed_text blob,
    purpose text not null,
    created_at integer not null,
    next_attempt_at integer,
    attempts integer not null,
    sent_at integer,
    failed_at integer,
    last_error text
) strict, without rowid;

CREATE INDEX mail_due on mail (next_attempt_at) where next_attempt_at is not null;

CREATE INDEX mail_environment on mail (environment_id, id);

CREATE TABLE member_app_role (
    member_id text not null,
    app_id text not null,
    role text not null,
    tenant_id text not null,
    created_at integer not null,
    primary key (member_id, app_id, role)
) strict, without rowid;

CREATE INDEX member_app_role_tenant on member_app_role (tenant_id);

CREATE TABLE membership (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    workspace_id text references workspace (id),
    user_id text not null references user_account (id),
    role text not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null
) strict, without rowid;

CREATE INDEX membership_tenant on membership (tenant_id, id);

CREATE UNIQUE INDEX membership_tenant_id_user_id_key on membership (tenant_id, user_id) where workspace_id is null;

CREATE INDEX membership_user on membership (user_id, tenant_id);

CREATE UNIQUE INDEX membership_workspace_id_user_id_key on membership (workspace_id, user_id)
    where workspace_id is not null;

CREATE TABLE migration
    (name text not null primary key, checksum text not null, applied_at bigint not null);

CREATE TABLE oauth_code (
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

CREATE INDEX oauth_code_authorization on oauth_code (environment_id, authorization_id);

CREATE UNIQUE INDEX oauth_code_environment_id_reference_id_key on oauth_code (environment_id, reference_id);

CREATE INDEX oauth_code_expires on oauth_code (expires_at);

CREATE INDEX oauth_code_user on oauth_code (user_id, environment_id);

CREATE TABLE operator (
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

CREATE UNIQUE INDEX operator_email_key_key on operator (email_key);

CREATE TABLE operator_device (
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

CREATE INDEX operator_device_expires on operator_device (expires_at);

CREATE INDEX operator_device_operator on operator_device (operator_id);

CREATE UNIQUE INDEX operator_device_user_code_key on operator_device (user_code);

CREATE TABLE operator_link (
    hash blob primary key,
    operator_id text not null references operator (id),
    purpose text not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;

CREATE INDEX operator_link_operator on operator_link (operator_id, purpose);

CREATE TABLE operator_session (
    id text primary key,
    operator_id text not null references operator (id),
    hash blob not null,
    created_at integer not null,
    used_at integer not null,
    expires_at integer not null
) strict, without rowid;

CREATE UNIQUE INDEX operator_session_hash_key on operator_session (hash);

CREATE INDEX operator_session_operator on operator_session (operator_id);

CREATE TABLE outbox_event (
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

CREATE TABLE page_session (
    hash blob primary key,
    environment_id text not null references environment (id),
    user_id text not null,
    signed_in_at integer not null,
    used_at integer not null,
    expires_at integer not null
) strict, without rowid;

CREATE INDEX page_session_expires on page_session (expires_at);

CREATE INDEX page_session_user on page_session (environment_id, user_id);

CREATE TABLE reservation (
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

CREATE INDEX reservation_due on reservation (environment_id, state, expires_at);

CREATE INDEX reservation_tenant on reservation (tenant_id, id);

CREATE TABLE sequence_mark (position integer not null) strict;

CREATE TABLE session (
    id text primary key,
    environment_id text not null references environment (id),
    user_id text not null references user_account (id),
    app_id text not null references app (id),
    created_at integer not null,
    last_used_at integer not null,
    expires_at integer not null,
    generation integer not null,
    rotated_at integer not null,
    revoked_at integer,
    user_agent text,
    ip text,
    browser text
) strict, without rowid;

CREATE INDEX session_of_user on session (user_id, id);

CREATE TABLE sign_in_failure (
    environment_id text not null references environment (id),
    subject blob not null,
    failures integer not null,
    last_at integer not null,
    primary key (environment_id, subject)
) strict, without rowid;

CREATE INDEX sign_in_failure_last on sign_in_failure (last_at);

CREATE TABLE signing_key (
    id text primary key,
    environment_id text not null references environment (id),
    generation integer not null,
    created_at integer not null,
    signs_from integer not null,
    retired_at integer,
    public_key blob not null,
    private_key blob not null
) strict, without rowid;

CREATE UNIQUE INDEX signing_key_environment_id_generation_key on signing_key (environment_id, generation);

CREATE TABLE tenant (
    id text primary key,
    environment_id text not null references environment (id),
    name text not null,
    slug text not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer,
    version integer not null
, stop text, stopped_at integer, stopped_by text, stop_reason text) strict, without rowid;

CREATE INDEX tenant_deleted on tenant (deleted_at) where deleted_at is not null;

CREATE UNIQUE INDEX tenant_environment_id_slug_key on tenant (environment_id, slug);

CREATE TABLE tenant_app (
    tenant_id text not null references tenant (id),
    app_id text not null references app (id),
    environment_id text not null,
    created_at integer not null,
    primary key (tenant_id, app_id)
) strict, without rowid;

CREATE INDEX tenant_app_app on tenant_app (app_id, environment_id, tenant_id);

CREATE TABLE usage_event (
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

CREATE TABLE user_account (
    id text primary key,
    environment_id text not null references environment (id),
    email text not null,
    email_key text not null,
    email_verified_at integer,
    name text,
    password_hash text,
    created_at integer not null,
    updated_at integer not null,
    suspended_at integer,
    deleted_at integer,
    version integer not null
, stop text, stopped_at integer, stopped_by text, stop_reason text) strict, without rowid;

CREATE UNIQUE INDEX user_account_environment_id_email_key_key on user_account (environment_id, email_key);

CREATE INDEX user_account_list on user_account (environment_id, id);

CREATE TABLE user_link (
    hash blob primary key,
    environment_id text not null references environment (id),
    user_id text not null references user_account (id),
    purpose text not null,
    password_hash text,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict, without rowid;

CREATE INDEX user_link_user on user_link (user_id, purpose);

CREATE TABLE workspace (
    id text primary key,
    environment_id text not null,
    tenant_id text not null references tenant (id),
    name text not null,
    created_at integer not null,
    updated_at integer not null,
    version integer not null
) strict, without rowid;

CREATE INDEX workspace_tenant on workspace (tenant_id, id);

CREATE VIEW audit_log as select * from audit_entry

CREATE VIEW event_log as select * from outbox_event
