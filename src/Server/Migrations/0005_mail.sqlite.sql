-- Mails that were queued with a change. next_attempt_at is due time and lease in one: whoever takes a mail moves it
-- ahead, and a sender that died leaves a mail that comes due again. Null: nothing more will be tried.
create table mail (
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
create index mail_due on mail (next_attempt_at) where next_attempt_at is not null;
create index mail_environment on mail (environment_id, id);
