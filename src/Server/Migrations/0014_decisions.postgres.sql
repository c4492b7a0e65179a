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
