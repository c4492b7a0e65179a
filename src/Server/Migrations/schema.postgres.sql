-- What a fresh database looks like after all migrations. Generated from one.

create table access_decision (
    tenant_id text collate "C" not null,
    day text collate "C" not null,
    user_id text collate "C" not null,
    permission text collate "C" not null,
    permission_app_id text collate "C" not null,
    app_id text collate "C" not null,
    workspace_id text collate "C" not null,
    collection text collate "C" not null,
    allowed boolean not null,
    times bigint not null,
    constraint access_decision_pkey PRIMARY KEY (tenant_id, day, user_id, permission, permission_app_id, app_id, workspace_id, collection, allowed)
);

CREATE INDEX access_decision_day ON access_decision USING btree (day);

create table access_grant (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
    user_id text collate "C",
    group_id text collate "C",
    permission text collate "C",
    permission_app_id text collate "C",
    role_id text collate "C",
    app_id text collate "C",
    workspace_id text collate "C",
    collection text collate "C",
    record_id text collate "C",
    condition text,
    reason text,
    created_by text collate "C" not null,
    created_at bigint not null,
    expires_at bigint,
    since_revision bigint not null,
    until_revision bigint,
    ended_at bigint,
    key_id text collate "C",
    agent_id text collate "C",
    constraint access_grant_pkey PRIMARY KEY (id),
    constraint access_grant_group_id_fkey FOREIGN KEY (group_id) REFERENCES access_group(id),
    constraint access_grant_role_id_fkey FOREIGN KEY (role_id) REFERENCES access_role(id),
    constraint access_grant_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX access_grant_agent ON access_grant USING btree (tenant_id, agent_id) WHERE (agent_id IS NOT NULL);

CREATE INDEX access_grant_in_force ON access_grant USING btree (tenant_id, user_id) WHERE (until_revision IS NULL);

CREATE INDEX access_grant_tenant ON access_grant USING btree (tenant_id, id);

create table access_group (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
    name text not null,
    name_key text collate "C" not null,
    description text,
    created_at bigint not null,
    version bigint not null,
    since_revision bigint not null,
    until_revision bigint,
    constraint access_group_pkey PRIMARY KEY (id),
    constraint access_group_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX access_group_tenant ON access_group USING btree (tenant_id, id);

CREATE UNIQUE INDEX access_group_tenant_id_name_key_key ON access_group USING btree (tenant_id, name_key) WHERE (until_revision IS NULL);

create table access_group_member (
    group_id text collate "C" not null,
    user_id text collate "C" not null,
    tenant_id text collate "C" not null,
    created_at bigint not null,
    since_revision bigint not null,
    until_revision bigint,
    constraint access_group_member_pkey PRIMARY KEY (group_id, user_id, since_revision),
    constraint access_group_member_group_id_fkey FOREIGN KEY (group_id) REFERENCES access_group(id)
);

CREATE INDEX access_group_member_tenant ON access_group_member USING btree (tenant_id, user_id);

create table access_name (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
    app_id text collate "C" not null,
    kind text collate "C" not null,
    type text collate "C" not null,
    name text collate "C" not null,
    user_id text collate "C",
    created_at bigint not null,
    constraint access_name_pkey PRIMARY KEY (id),
    constraint access_name_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX access_name_tenant ON access_name USING btree (tenant_id, id);

CREATE UNIQUE INDEX access_name_tenant_id_app_id_kind_type_name_key ON access_name USING btree (tenant_id, app_id, kind, type, name);

create table access_policy (
    id text collate "C" not null,
    since_revision bigint not null,
    until_revision bigint,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
    name text collate "C" not null,
    name_key text collate "C" not null,
    description text collate "C",
    mode text collate "C" not null,
    operations jsonb not null,
    app_permissions jsonb not null,
    app_id text collate "C",
    workspace_id text collate "C",
    collection text collate "C",
    condition text collate "C",
    message text collate "C",
    created_by text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    constraint access_policy_pkey PRIMARY KEY (id, since_revision),
    constraint access_policy_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX access_policy_tenant ON access_policy USING btree (tenant_id, id);

CREATE UNIQUE INDEX access_policy_tenant_id_name_key_key ON access_policy USING btree (tenant_id, name_key) WHERE (until_revision IS NULL);

create table access_policy_hit (
    tenant_id text collate "C" not null,
    policy_id text collate "C" not null,
    day text collate "C" not null,
    mode text collate "C" not null,
    permission text collate "C" not null,
    subject_id text collate "C" not null,
    times bigint not null,
    constraint access_policy_hit_pkey PRIMARY KEY (tenant_id, policy_id, day, mode, permission, subject_id)
);

CREATE INDEX access_policy_hit_day ON access_policy_hit USING btree (day);

create table access_revision (
    tenant_id text collate "C" not null,
    revision bigint not null,
    environment_id text collate "C" not null,
    operation text collate "C" not null,
    actor text collate "C" not null,
    created_at bigint not null,
    constraint access_revision_pkey PRIMARY KEY (tenant_id, revision),
    constraint access_revision_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

create table access_role (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
    name text not null,
    name_key text collate "C" not null,
    description text,
    app_id text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    since_revision bigint not null,
    until_revision bigint,
    constraint access_role_pkey PRIMARY KEY (id),
    constraint access_role_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX access_role_tenant ON access_role USING btree (tenant_id, id);

CREATE UNIQUE INDEX access_role_tenant_id_name_key_key ON access_role USING btree (tenant_id, name_key) WHERE (until_revision IS NULL);

create table access_role_permission (
    role_id text collate "C" not null,
    permission text collate "C" not null,
    app_id text collate "C" not null,
    tenant_id text collate "C" not null,
    since_revision bigint not null,
    until_revision bigint,
    constraint access_role_permission_pkey PRIMARY KEY (role_id, permission, app_id, since_revision),
    constraint access_role_permission_role_id_fkey FOREIGN KEY (role_id) REFERENCES access_role(id)
);

CREATE INDEX access_role_permission_tenant ON access_role_permission USING btree (tenant_id);

create table agent (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    name text collate "C" not null,
    owner text collate "C" not null,
    builder text collate "C",
    model text collate "C",
    purpose text collate "C" not null,
    operations jsonb not null,
    prefix text collate "C" not null,
    hash bytea,
    state text collate "C" not null,
    state_reason text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    expires_at bigint,
    version bigint not null,
    signatures text collate "C" not null default 'optional'::text,
    signing_keys jsonb not null default '[]'::jsonb,
    constraint agent_pkey PRIMARY KEY (id),
    constraint agent_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE UNIQUE INDEX agent_environment_id_name_key ON agent USING btree (environment_id, name);

CREATE UNIQUE INDEX agent_hash_key ON agent USING btree (hash);

create table agent_nonce (
    agent_id text collate "C" not null,
    nonce text collate "C" not null,
    expires_at bigint not null,
    constraint agent_nonce_pkey PRIMARY KEY (agent_id, nonce),
    constraint agent_nonce_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id)
);

CREATE INDEX agent_nonce_expires ON agent_nonce USING btree (expires_at);

create table agent_run (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    agent_id text collate "C" not null,
    model text collate "C",
    prompt_digest text collate "C",
    purpose text collate "C",
    started_at bigint not null,
    ended_at bigint,
    outcome text collate "C",
    reason text collate "C",
    version bigint not null,
    expires_at bigint not null default 0,
    constraint agent_run_pkey PRIMARY KEY (id),
    constraint agent_run_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id),
    constraint agent_run_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE INDEX agent_run_agent ON agent_run USING btree (agent_id, id);

CREATE INDEX agent_run_expires ON agent_run USING btree (expires_at);

CREATE INDEX agent_run_open ON agent_run USING btree (agent_id, expires_at) WHERE (ended_at IS NULL);

create table app (
    id text collate "C" not null,
    name text collate "C" not null,
    owner text collate "C" not null,
    builder text collate "C" not null,
    builder_url text collate "C",
    model text collate "C",
    repository text collate "C",
    data_class text collate "C" not null,
    state text collate "C" not null,
    state_reason text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    stop text collate "C",
    stopped_at bigint,
    stopped_by text collate "C",
    stop_reason text,
    constraint app_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX app_name_key ON app USING btree (name);

create table app_environment (
    app_id text collate "C" not null,
    environment_id text collate "C" not null,
    password_forms boolean not null,
    native boolean not null,
    updated_at bigint not null,
    version bigint not null,
    constraint app_environment_pkey PRIMARY KEY (app_id, environment_id),
    constraint app_environment_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id),
    constraint app_environment_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

create table app_key (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    app_id text collate "C" not null,
    kind text collate "C" not null,
    name text collate "C" not null,
    prefix text collate "C" not null,
    hash bytea not null,
    publishable text collate "C",
    permissions jsonb not null,
    created_at bigint not null,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint,
    version bigint not null,
    description text collate "C",
    tenant_id text collate "C",
    origins text collate "C" not null default ''::text,
    ip_ranges text collate "C" not null default ''::text,
    rate_per_minute bigint,
    owner_id text collate "C",
    lineage_id text collate "C",
    replaced_by text collate "C",
    disabled_at bigint,
    last_used_ip text collate "C",
    stop text collate "C",
    stopped_at bigint,
    stopped_by text collate "C",
    stop_reason text,
    constraint app_key_pkey PRIMARY KEY (id),
    constraint app_key_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id),
    constraint app_key_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id),
    constraint app_key_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES operator(id)
);

CREATE INDEX app_key_app ON app_key USING btree (app_id, environment_id, id);

CREATE UNIQUE INDEX app_key_hash_key ON app_key USING btree (hash);

create table app_origin (
    app_id text collate "C" not null,
    environment_id text collate "C" not null,
    origin text collate "C" not null,
    constraint app_origin_pkey PRIMARY KEY (app_id, environment_id, origin),
    constraint app_origin_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id)
);

CREATE INDEX app_origin_origin ON app_origin USING btree (origin);

create table app_redirect (
    app_id text collate "C" not null,
    environment_id text collate "C" not null,
    uri text collate "C" not null,
    constraint app_redirect_pkey PRIMARY KEY (app_id, environment_id, uri),
    constraint app_redirect_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id)
);

create table audit_entry (
    id text collate "C" not null,
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
    after_digest bytea,
    for_user_id text collate "C",
    act_chain text collate "C",
    run_id text collate "C",
    constraint audit_entry_pkey PRIMARY KEY (id)
);

create table audit_position (
    position bigint not null,
    entry_id text collate "C" not null,
    constraint audit_position_pkey PRIMARY KEY ("position")
);

create table audit_subject (
    subject_id text collate "C" not null,
    position bigint not null,
    constraint audit_subject_pkey PRIMARY KEY (subject_id, "position")
);

create table audit_tenant (
    tenant_id text collate "C" not null,
    tenant_position bigint not null,
    position bigint not null,
    constraint audit_tenant_pkey PRIMARY KEY (tenant_id, tenant_position)
);

create table budget (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C",
    subject_kind text collate "C" not null,
    subject_id text collate "C" not null,
    unit text collate "C" not null,
    currency text collate "C" not null,
    span text collate "C" not null,
    cap bigint not null,
    name text collate "C" not null,
    alerts text collate "C" not null,
    keeper text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    constraint budget_cap_check CHECK ((cap >= 0)),
    constraint budget_pkey PRIMARY KEY (id),
    constraint budget_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id),
    constraint budget_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX budget_environment ON budget USING btree (environment_id, id);

CREATE INDEX budget_subject ON budget USING btree (subject_id, environment_id);

CREATE INDEX budget_tenant ON budget USING btree (tenant_id, id) WHERE (tenant_id IS NOT NULL);

create table budget_hold (
    reservation_id text collate "C" not null,
    budget_id text collate "C" not null,
    starts_at bigint not null,
    amount bigint not null,
    constraint budget_hold_pkey PRIMARY KEY (reservation_id, budget_id),
    constraint budget_hold_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES budget(id),
    constraint budget_hold_reservation_id_fkey FOREIGN KEY (reservation_id) REFERENCES reservation(id)
);

CREATE INDEX budget_hold_budget ON budget_hold USING btree (budget_id);

create table budget_hour (
    budget_id text collate "C" not null,
    starts_at bigint not null,
    spent bigint not null,
    constraint budget_hour_pkey PRIMARY KEY (budget_id, starts_at),
    constraint budget_hour_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES budget(id)
);

create table budget_lease (
    id text collate "C" not null,
    budget_id text collate "C" not null,
    starts_at bigint not null,
    amount bigint not null,
    expires_at bigint not null,
    constraint budget_lease_amount_check CHECK ((amount >= 0)),
    constraint budget_lease_pkey PRIMARY KEY (id),
    constraint budget_lease_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES budget(id)
);

CREATE INDEX budget_lease_budget ON budget_lease USING btree (budget_id);

CREATE INDEX budget_lease_expires ON budget_lease USING btree (expires_at);

create table budget_window (
    budget_id text collate "C" not null,
    starts_at bigint not null,
    settled bigint not null,
    held bigint not null,
    alerted bigint not null,
    paused boolean not null,
    sudden boolean not null,
    constraint budget_window_held_check CHECK ((held >= 0)),
    constraint budget_window_settled_check CHECK ((settled >= 0)),
    constraint budget_window_pkey PRIMARY KEY (budget_id, starts_at),
    constraint budget_window_budget_id_fkey FOREIGN KEY (budget_id) REFERENCES budget(id)
);

create table consent (
    environment_id text collate "C" not null,
    user_id text collate "C" not null,
    app_id text collate "C" not null,
    granted_at bigint not null,
    constraint consent_pkey PRIMARY KEY (environment_id, user_id, app_id),
    constraint consent_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id),
    constraint consent_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

create table contract (
    number bigint not null generated always as identity,
    app_id text collate "C" not null,
    environment_id text collate "C" not null,
    version bigint not null,
    hash text collate "C" not null,
    pending_version bigint,
    revision bigint not null,
    updated_at bigint not null,
    constraint contract_pkey PRIMARY KEY (number),
    constraint contract_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id),
    constraint contract_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE UNIQUE INDEX contract_app_id_environment_id_key ON contract USING btree (app_id, environment_id);

create table contract_collection (
    number bigint not null,
    collection text collate "C" not null,
    generation bigint not null,
    constraint contract_collection_pkey PRIMARY KEY (number, collection)
);

create table contract_dropped (
    id bigint not null generated always as identity,
    number bigint not null,
    collection text collate "C" not null,
    column_name text collate "C",
    kept_as text collate "C" not null,
    dropped_at bigint not null,
    constraint contract_dropped_pkey PRIMARY KEY (id)
);

CREATE INDEX contract_dropped_dropped_at ON contract_dropped USING btree (dropped_at);

create table contract_rewrite (
    number bigint not null,
    collection text collate "C" not null,
    version bigint not null,
    after_tenant text collate "C" not null,
    after_id text collate "C" not null,
    copied bigint not null,
    is_copied boolean not null,
    leased_until bigint not null,
    error text collate "C",
    constraint contract_rewrite_pkey PRIMARY KEY (number, collection)
);

create table contract_rewrite_changed (
    number bigint not null,
    collection text collate "C" not null,
    tenant_id text collate "C" not null,
    record_id text collate "C" not null,
    constraint contract_rewrite_changed_pkey PRIMARY KEY (number, collection, tenant_id, record_id)
);

create table contract_version (
    app_id text collate "C" not null,
    environment_id text collate "C" not null,
    version bigint not null,
    hash text collate "C" not null,
    document text collate "C" not null,
    created_at bigint not null,
    actor_kind text collate "C" not null,
    actor_id text collate "C" not null,
    reason text collate "C",
    constraint contract_version_pkey PRIMARY KEY (app_id, environment_id, version)
);

create table delegation (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    app_id text collate "C" not null,
    user_id text collate "C" not null,
    session_id text collate "C" not null,
    agent_id text collate "C" not null,
    run_id text collate "C",
    parent_id text collate "C",
    handed_on_by text collate "C",
    operations jsonb not null,
    tenant_id text collate "C",
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint,
    version bigint not null,
    constraint delegation_pkey PRIMARY KEY (id),
    constraint delegation_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES agent(id),
    constraint delegation_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id),
    constraint delegation_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id),
    constraint delegation_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES delegation(id),
    constraint delegation_run_id_fkey FOREIGN KEY (run_id) REFERENCES agent_run(id)
);

CREATE INDEX delegation_agent ON delegation USING btree (agent_id, id);

CREATE INDEX delegation_expires ON delegation USING btree (expires_at);

CREATE INDEX delegation_parent ON delegation USING btree (parent_id);

CREATE INDEX delegation_run ON delegation USING btree (run_id);

CREATE INDEX delegation_user ON delegation USING btree (environment_id, user_id, id);

create table environment (
    id text collate "C" not null,
    created_at bigint not null,
    version bigint not null,
    stop text collate "C",
    stopped_at bigint,
    stopped_by text collate "C",
    stop_reason text,
    constraint environment_pkey PRIMARY KEY (id)
);

create table event_position (
    position bigint not null,
    event_id text collate "C" not null,
    constraint event_position_pkey PRIMARY KEY ("position")
);

create table idempotency (
    id bigint not null generated always as identity,
    lookup bytea not null,
    environment_id text collate "C" not null,
    principal text collate "C" not null,
    operation text collate "C" not null,
    fingerprint bytea not null,
    status bigint not null,
    etag text,
    body bytea,
    expires_at bigint not null,
    constraint idempotency_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX idempotency_lookup_key ON idempotency USING btree (lookup);

create table impersonation (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    user_id text collate "C" not null,
    app_id text collate "C" not null,
    operator_id text collate "C" not null,
    operator_role text collate "C" not null,
    operator_name text,
    reason text not null,
    hash bytea not null,
    created_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    version bigint not null,
    constraint impersonation_pkey PRIMARY KEY (id),
    constraint impersonation_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id),
    constraint impersonation_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id),
    constraint impersonation_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operator(id),
    constraint impersonation_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id)
);

CREATE UNIQUE INDEX impersonation_hash_key ON impersonation USING btree (hash);

CREATE INDEX impersonation_user ON impersonation USING btree (user_id, id);

create table installation (
    id bigint not null,
    created_at bigint not null,
    key_check bytea not null,
    constraint installation_id_check CHECK ((id = 1)),
    constraint installation_pkey PRIMARY KEY (id)
);

create table invitation (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
    workspace_id text collate "C",
    email text not null,
    email_key text collate "C" not null,
    role text collate "C" not null,
    token_hash bytea not null,
    inviter_kind text collate "C" not null,
    inviter_id text collate "C" not null,
    created_at bigint not null,
    expires_at bigint not null,
    accepted_at bigint,
    cancelled_at bigint,
    version bigint not null,
    constraint invitation_pkey PRIMARY KEY (id),
    constraint invitation_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
    constraint invitation_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
);

CREATE INDEX invitation_email ON invitation USING btree (email_key, environment_id, id);

CREATE INDEX invitation_tenant ON invitation USING btree (tenant_id, id);

CREATE UNIQUE INDEX invitation_token_hash_key ON invitation USING btree (token_hash);

CREATE INDEX invitation_workspace ON invitation USING btree (workspace_id) WHERE (workspace_id IS NOT NULL);

create table key_leak (
    hash bytea not null,
    found_at text collate "C",
    reported_at bigint not null,
    constraint key_leak_pkey PRIMARY KEY (hash)
);

create table mail (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    to_address text collate "C" not null,
    subject text collate "C" not null,
    sealed_text bytea,
    purpose text collate "C" not null,
    created_at bigint not null,
    next_attempt_at bigint,
    attempts bigint not null,
    sent_at bigint,
    failed_at bigint,
    last_error text collate "C",
    constraint mail_pkey PRIMARY KEY (id),
    constraint mail_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE INDEX mail_due ON mail USING btree (next_attempt_at) WHERE (next_attempt_at IS NOT NULL);

CREATE INDEX mail_environment ON mail USING btree (environment_id, id);

create table member_app_role (
    member_id text collate "C" not null,
    app_id text collate "C" not null,
    role text collate "C" not null,
    tenant_id text collate "C" not null,
    created_at bigint not null,
    constraint member_app_role_pkey PRIMARY KEY (member_id, app_id, role)
);

CREATE INDEX member_app_role_tenant ON member_app_role USING btree (tenant_id);

create table membership (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
    workspace_id text collate "C",
    user_id text collate "C" not null,
    role text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    constraint membership_pkey PRIMARY KEY (id),
    constraint membership_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id),
    constraint membership_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id),
    constraint membership_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
);

CREATE INDEX membership_tenant ON membership USING btree (tenant_id, id);

CREATE UNIQUE INDEX membership_tenant_id_user_id_key ON membership USING btree (tenant_id, user_id) WHERE (workspace_id IS NULL);

CREATE INDEX membership_user ON membership USING btree (user_id, tenant_id);

CREATE UNIQUE INDEX membership_workspace_id_user_id_key ON membership USING btree (workspace_id, user_id) WHERE (workspace_id IS NOT NULL);

create table migration (
    name text not null,
    checksum text not null,
    applied_at bigint not null,
    constraint migration_pkey PRIMARY KEY (name)
);

create table node_notice (
    xact bigint not null default ((pg_current_xact_id())::text)::bigint,
    topic text collate "C" not null,
    key text collate "C" not null,
    at bigint not null default ((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))::bigint,
    constraint node_notice_pkey PRIMARY KEY (xact, topic, key)
);

create table oauth_code (
    environment_id text collate "C" not null,
    id text collate "C" not null,
    reference_id text collate "C",
    app_id text collate "C" not null,
    authorization_id text collate "C" not null,
    user_id text collate "C" not null,
    type text collate "C" not null,
    status text collate "C" not null,
    payload text collate "C",
    created_at bigint not null,
    expires_at bigint not null,
    redeemed_at bigint,
    constraint oauth_code_pkey PRIMARY KEY (environment_id, id),
    constraint oauth_code_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE INDEX oauth_code_authorization ON oauth_code USING btree (environment_id, authorization_id);

CREATE UNIQUE INDEX oauth_code_environment_id_reference_id_key ON oauth_code USING btree (environment_id, reference_id);

CREATE INDEX oauth_code_expires ON oauth_code USING btree (expires_at);

CREATE INDEX oauth_code_user ON oauth_code USING btree (user_id, environment_id);

create table operator (
    id text collate "C" not null,
    email text collate "C",
    email_key text collate "C",
    name text collate "C",
    role text collate "C" not null,
    password_hash text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    signed_in_at bigint,
    suspended_at bigint,
    version bigint not null,
    constraint operator_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX operator_email_key_key ON operator USING btree (email_key);

create table operator_device (
    hash bytea not null,
    user_code bytea not null,
    name text collate "C" not null,
    ip text collate "C",
    user_agent text,
    created_at bigint not null,
    expires_at bigint not null,
    interval_s bigint not null,
    polled_at bigint,
    operator_id text collate "C",
    decision text collate "C",
    decided_at bigint,
    constraint operator_device_pkey PRIMARY KEY (hash),
    constraint operator_device_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operator(id)
);

CREATE INDEX operator_device_expires ON operator_device USING btree (expires_at);

CREATE INDEX operator_device_operator ON operator_device USING btree (operator_id);

CREATE UNIQUE INDEX operator_device_user_code_key ON operator_device USING btree (user_code);

create table operator_link (
    hash bytea not null,
    operator_id text collate "C" not null,
    purpose text collate "C" not null,
    created_at bigint not null,
    expires_at bigint not null,
    constraint operator_link_pkey PRIMARY KEY (hash),
    constraint operator_link_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operator(id)
);

CREATE INDEX operator_link_operator ON operator_link USING btree (operator_id, purpose);

create table operator_session (
    id text collate "C" not null,
    operator_id text collate "C" not null,
    hash bytea not null,
    created_at bigint not null,
    used_at bigint not null,
    expires_at bigint not null,
    constraint operator_session_pkey PRIMARY KEY (id),
    constraint operator_session_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES operator(id)
);

CREATE UNIQUE INDEX operator_session_hash_key ON operator_session USING btree (hash);

CREATE INDEX operator_session_operator ON operator_session USING btree (operator_id);

create table outbox_event (
    id text collate "C" not null,
    at bigint not null,
    environment_id text collate "C",
    tenant_id text collate "C",
    app_id text collate "C",
    type text collate "C" not null,
    subject_kind text collate "C" not null,
    subject_id text collate "C" not null,
    request_id text collate "C" not null,
    data jsonb not null,
    constraint outbox_event_pkey PRIMARY KEY (id)
);

create table page_session (
    hash bytea not null,
    environment_id text collate "C" not null,
    user_id text collate "C" not null,
    signed_in_at bigint not null,
    used_at bigint not null,
    expires_at bigint not null,
    constraint page_session_pkey PRIMARY KEY (hash),
    constraint page_session_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE INDEX page_session_expires ON page_session USING btree (expires_at);

CREATE INDEX page_session_user ON page_session USING btree (environment_id, user_id);

create table reservation (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
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
    version bigint not null,
    constraint reservation_pkey PRIMARY KEY (id),
    constraint reservation_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX reservation_due ON reservation USING btree (environment_id, state, expires_at);

CREATE INDEX reservation_tenant ON reservation USING btree (tenant_id, id);

create table sequence_queue (
    id bigint not null generated always as identity,
    kind text collate "C" not null,
    ref_id text collate "C" not null,
    tenant_id text collate "C",
    constraint sequence_queue_pkey PRIMARY KEY (id)
);

create table session (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    user_id text collate "C" not null,
    app_id text collate "C" not null,
    created_at bigint not null,
    last_used_at bigint not null,
    expires_at bigint not null,
    generation bigint not null,
    rotated_at bigint not null,
    revoked_at bigint,
    user_agent text,
    ip text collate "C",
    browser text collate "C",
    constraint session_pkey PRIMARY KEY (id),
    constraint session_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id),
    constraint session_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id),
    constraint session_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id)
);

CREATE INDEX session_of_user ON session USING btree (user_id, id);

create table sign_in_failure (
    environment_id text collate "C" not null,
    subject bytea not null,
    failures bigint not null,
    last_at bigint not null,
    constraint sign_in_failure_pkey PRIMARY KEY (environment_id, subject),
    constraint sign_in_failure_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE INDEX sign_in_failure_last ON sign_in_failure USING btree (last_at);

create table signing_key (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    generation bigint not null,
    created_at bigint not null,
    signs_from bigint not null,
    retired_at bigint,
    public_key bytea not null,
    private_key bytea not null,
    constraint signing_key_pkey PRIMARY KEY (id),
    constraint signing_key_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE UNIQUE INDEX signing_key_environment_id_generation_key ON signing_key USING btree (environment_id, generation);

create table tenant (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    name text not null,
    slug text collate "C" not null,
    created_at bigint not null,
    updated_at bigint not null,
    deleted_at bigint,
    version bigint not null,
    stop text collate "C",
    stopped_at bigint,
    stopped_by text collate "C",
    stop_reason text,
    constraint tenant_pkey PRIMARY KEY (id),
    constraint tenant_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE INDEX tenant_deleted ON tenant USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);

CREATE UNIQUE INDEX tenant_environment_id_slug_key ON tenant USING btree (environment_id, slug);

create table tenant_app (
    tenant_id text collate "C" not null,
    app_id text collate "C" not null,
    environment_id text collate "C" not null,
    created_at bigint not null,
    constraint tenant_app_pkey PRIMARY KEY (tenant_id, app_id),
    constraint tenant_app_app_id_fkey FOREIGN KEY (app_id) REFERENCES app(id),
    constraint tenant_app_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX tenant_app_app ON tenant_app USING btree (app_id, environment_id, tenant_id);

create table usage_event (
    id text collate "C" not null,
    at bigint not null,
    environment_id text collate "C",
    tenant_id text collate "C",
    app_id text collate "C",
    subject_id text collate "C" not null,
    meter text collate "C" not null,
    operation text collate "C" not null,
    quantity bigint not null,
    constraint usage_event_pkey PRIMARY KEY (id)
);

create table user_account (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    email text not null,
    email_key text collate "C" not null,
    email_verified_at bigint,
    name text,
    password_hash text collate "C",
    created_at bigint not null,
    updated_at bigint not null,
    suspended_at bigint,
    deleted_at bigint,
    version bigint not null,
    stop text collate "C",
    stopped_at bigint,
    stopped_by text collate "C",
    stop_reason text,
    constraint user_account_pkey PRIMARY KEY (id),
    constraint user_account_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id)
);

CREATE UNIQUE INDEX user_account_environment_id_email_key_key ON user_account USING btree (environment_id, email_key);

CREATE INDEX user_account_list ON user_account USING btree (environment_id, id);

create table user_link (
    hash bytea not null,
    environment_id text collate "C" not null,
    user_id text collate "C" not null,
    purpose text collate "C" not null,
    password_hash text collate "C",
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    constraint user_link_pkey PRIMARY KEY (hash),
    constraint user_link_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environment(id),
    constraint user_link_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id)
);

CREATE INDEX user_link_user ON user_link USING btree (user_id, purpose);

create table workspace (
    id text collate "C" not null,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null,
    name text not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    constraint workspace_pkey PRIMARY KEY (id),
    constraint workspace_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id)
);

CREATE INDEX workspace_tenant ON workspace USING btree (tenant_id, id);
