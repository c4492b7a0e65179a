-- Mails that were queued with a change. next_attempt_at is due time and lease in one: whoever takes a mail moves it
-- ahead, and a sender that died leaves a mail that comes due again. Null: nothing more will be tried.
create table mail (
    id text collate "C" primary key,
    environment_id text collate "C" not null references environment (id),
    to_address text collate "C" not null,
    subject text collate "C" not null,
    sealed_text bytea,
    purpose text collate "C" not null,
    created_at bigint not null,
    next_attempt_at bigint,
    attempts bigint not null,
    sent_at bigint,
    failed_at bigint,
    last_error text collate "C"
);
create index mail_due on mail (next_attempt_at) where next_attempt_at is not null;
create index mail_environment on mail (environment_id, id);
