-- One row: when the installation was made, and a value that shows whether a node's master key is this one.
create table installation (
    id integer primary key check (id = 1),
    created_at integer not null,
    key_check blob not null
) strict;

create table environment (
    id text primary key,
    created_at integer not null,
    version integer not null
) strict, without rowid;
