-- What an app calls somebody or something in its questions. A subject's name stands for a member of the tenant; a
-- resource's says that there is such a thing.
create table access_name (
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
create unique index access_name_tenant_id_app_id_kind_type_name_key
    on access_name (tenant_id, app_id, kind, type, name);
create index access_name_tenant on access_name (tenant_id, id);

-- What was decided about members, by day: how often each of them was let do something, or not. Nothing rests on it; it
-- is what a proposal is tried on. What is empty was not named.
create table access_decision (
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
create index access_decision_day on access_decision (day);
