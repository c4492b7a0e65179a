-- One row: when the installation was made, and a value that shows whether a node's master key is this one.
create table installation (
    id bigint primary key check (id = 1),
    created_at bigint not null,
    key_check bytea not null
);

create table environment (
    id text collate "C" primary key,
    created_at bigint not null,
    version bigint not null
);
