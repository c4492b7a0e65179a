using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Mail;

/// <summary>
/// Every statement about mails. What senders write is housekeeping and goes through <see cref="Upkeep"/>.
/// </summary>
internal sealed class MailStore(IDatabase database, Upkeep upkeep)
{
    /// <summary>How long a mail is worth sending: links in it have ended by then.</summary>
    private static readonly TimeSpan Worth = TimeSpan.FromDays(3);

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private const long MailboxMax = 500;

    private static readonly Raw Columns = new(
        "id, to_address, subject, purpose, created_at, next_attempt_at, sent_at, failed_at");

    private static MailSummary Read(Row row)
    {
        var mail = new MailSummary(
            row.Id<MailKind>(), row.Text(), row.Text(), row.Text(), MailState.Captured, row.Time());
        var (next, sent, failed) = (row.TimeOrNull(), row.TimeOrNull(), row.TimeOrNull());
        return mail with
        {
            State = sent is not null ? MailState.Sent
                : failed is not null ? MailState.Failed
                : next is not null ? MailState.Queued
                : MailState.Captured,
        };
    }

    public ValueTask Insert(
        Change change, EnvironmentScope scope, MailId id, OutgoingMail mail, byte[] sealedText, DateTimeOffset? due) =>
        change.Queue($"""
            insert into mail (id, environment_id, to_address, subject, sealed_text, purpose, created_at,
                next_attempt_at, attempts)
            values ({id}, {scope.Environment}, {mail.To}, {mail.Subject}, {sealedText}, {mail.Purpose}, {change.Now},
                {due}, {0L})
            """);

    /// <summary>Newest first.</summary>
    public ValueTask<List<MailSummary>> List(
        EnvironmentScope scope, string? to, string? purpose, string? before, long limit, CancellationToken ct)
    {
        var toAddress = to is null ? null : Sql.Of($"and lower(to_address) = {to.ToLowerInvariant()}");
        var ofPurpose = purpose is null ? null : Sql.Of($"and purpose = {purpose}");
        var older = before is null ? null : Sql.Of($"and id < {before}");
        return database.Many(
            $"""
            select {Columns} from mail
            where environment_id = {scope.Environment} {toAddress} {ofPurpose} {older}
            order by id desc limit {limit}
            """,
            Read, ct);
    }

    public ValueTask<Tuple<MailSummary, byte[]?>?> Find(EnvironmentScope scope, MailId id, CancellationToken ct) =>
        database.One(
            $"select {Columns}, sealed_text from mail where id = {id} and environment_id = {scope.Environment}",
            row => Tuple.Create(Read(row), row.BytesOrNull()), ct);

    /// <summary>
    /// Takes mails that are due, for as long as the lease. Two senders never take the same one: on PostgreSQL rows that
    /// another one is taking are passed over; SQLite has one writer.
    /// </summary>
    public ValueTask<List<LeasedMail>> Take(DateTimeOffset now, TimeSpan lease, long limit) =>
        upkeep.Run(transaction => transaction.Many(
            $"""
            with due as materialized (
                select id from mail where next_attempt_at <= {now}
                order by next_attempt_at, id limit {limit} {transaction.SkipLocked}
            )
            update mail set attempts = attempts + 1, next_attempt_at = {now + lease}
            where id in (select id from due)
            returning id, environment_id, to_address, subject, sealed_text, created_at, attempts
            """,
            row => new LeasedMail(
                row.Id<MailKind>(), row.Text(), row.Text(), row.Text(), row.Bytes(), row.Time(), row.Int64())));

    /// <summary>Marks as sent. The text of a mail outside of sandbox has done its work and goes.</summary>
    public ValueTask<int> Sent(LeasedMail mail, DateTimeOffset now) => upkeep.Run($"""
        update mail set sent_at = {now}, next_attempt_at = null, last_error = null,
            sealed_text = case when environment_id = {EnvironmentDirectory.Sandbox} then sealed_text end
        where id = {mail.Id} and attempts = {mail.Attempt}
        """);

    public ValueTask<int> Retry(LeasedMail mail, DateTimeOffset next, string error) => upkeep.Run($"""
        update mail set next_attempt_at = {next}, last_error = {error}
        where id = {mail.Id} and attempts = {mail.Attempt}
        """);

    public ValueTask<int> GiveUp(LeasedMail mail, DateTimeOffset now, string error) => upkeep.Run($"""
        update mail set failed_at = {now}, next_attempt_at = null, last_error = {error}
        where id = {mail.Id} and attempts = {mail.Attempt}
        """);

    /// <summary>Gives up what is too old, removes what is done, and keeps the development mailbox short.</summary>
    public async ValueTask Prune(DateTimeOffset now)
    {
        await upkeep.Run($"""
            update mail set failed_at = {now}, next_attempt_at = null, last_error = {"Too old to be sent."}
            where next_attempt_at is not null and created_at <= {now - Worth}
            """);
        await upkeep.Prune($"delete from mail where next_attempt_at is null and created_at <= {now - Kept}");
        await upkeep.Prune($"""
            delete from mail where environment_id = {EnvironmentDirectory.Sandbox} and next_attempt_at is null
                and id < (select min(id) from (
                    select id from mail where environment_id = {EnvironmentDirectory.Sandbox}
                    order by id desc limit {MailboxMax}) kept)
            """);
    }
}
