-- What an app calls somebody or something in its questions. A subject's name stands for a member of the tenant; a
-- resource's says that there is such a thing.
create table access_name (
    id text collate "C" primary key,
    environment_id text collate "C" not null,
    tenant_id text collate "C" not null references tenant (id),
    app_id text collate "C" not null,
    kind text collate "C" not null,
    type text collate "C" not null,
    name text collate "C" not null,
    user_id text collate "C",
    created_at bigint not null
);
create unique index access_name_tenant_id_app_id_kind_type_name_key
    on access_name (tenant_id, app_id, kind, type, name);
create index access_name_tenant on access_name (tenant_id, id);

-- What was decided about members, by day: how often each of them was let do something, or not. Nothing rests on it; it
-- is what a proposal is tried on. What is empty was not named.
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
    primary key (tenant_id, day, user_id, permission, permission_app_id, app_id, workspace_id, collection, allowed)
);
create index access_decision_day on access_decision (day);
