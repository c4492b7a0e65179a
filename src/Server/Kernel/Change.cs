using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>What an audit entry or event is about: <c>("tenant", "ten_...")</c>.</summary>
internal readonly record struct Target(string Kind, string Id)
{
    /// <summary>The person behind it, such as a membership's user. Audit entries only: an id, never a name.</summary>
    public UserId? User { get; init; }

    /// <summary>The role that it gives, or gave. Audit entries only.</summary>
    public TenantRole? Role { get; init; }
}

/// <summary>Who did it, as audit entries say it.</summary>
internal readonly record struct Author(CallerKind Kind, string Id, string? Display)
{
    /// <summary>For whom an agent did it, or in whose stead an operator.</summary>
    public UserId? For { get; init; }

    public Lent? Lent { get; init; }

    public RunId? Run { get; init; }

    /// <summary>
    /// What the log keeps of the name: nothing of a user's, who may be deleted and whom not every reader may know.
    /// </summary>
    public string? Stored => Kind is CallerKind.User ? null : Display;

    public static Author Of(Caller caller) => caller switch
    {
        { Lent: { } lent } =>
            new Author(CallerKind.Agent, caller.Actor, caller.Display)
            {
                For = caller.User, Lent = lent, Run = caller.Run,
            },
        { Impersonation: not null } =>
            new Author(CallerKind.Operator, caller.Actor, caller.Display) { For = caller.User },
        _ => new Author(caller.Kind, caller.Actor, caller.Display) { Run = caller.Run },
    };
}

/// <summary>
/// The write: a transaction in progress that also carries its audit entries, events, usage and idempotent answer, all
/// committed together. One that recorded no audit entry does not commit. Writing store methods take it.
/// </summary>
internal sealed class Change : IReads
{
    private readonly ITransaction transaction;

    internal Change(ITransaction transaction, Invocation invocation, DateTimeOffset now)
    {
        this.transaction = transaction;
        Invocation = invocation;
        Author = Author.Of(invocation.Caller);
        Now = now;
    }

    public DateTimeOffset Now { get; }

    public Caller Caller => Invocation.Caller;

    /// <summary>The name of the operation that makes it.</summary>
    public string Operation => Invocation.Operation.Name;

    /// <summary>The lock clause for rows that a rule spans: put it into a select's hole.</summary>
    public Raw ForUpdate => transaction.ForUpdate;

    /// <summary>The lock clause for a row that is referred to, so that it stays while it is.</summary>
    public Raw ForKeyShare => transaction.ForKeyShare;

    internal Invocation Invocation { get; }

    /// <summary>What it is charged for what it writes; null where nothing counts it.</summary>
    internal IWriteCharge? WriteCharge { get; set; }

    internal Author Author { get; private set; }

    internal List<AuditRecord> Audits { get; } = [];

    internal List<EventRecord> Events { get; } = [];

    internal List<UsageRecord> Usages { get; } = [];

    /// <summary>What other nodes have to forget.</summary>
    internal HashSet<Notice> Notices { get; } = [];

    public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class => transaction.One(sql, read, CancellationToken.None);

    public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
        transaction.Many(sql, read, CancellationToken.None);

    /// <summary>The transaction, for what housekeeping does too, such as copying tables.</summary>
    public ITransaction Raw => transaction;

    public ValueTask<int> Run(Sql sql) => transaction.Run(sql);

    public ValueTask Queue(Sql sql) => transaction.Queue(sql);

    /// <summary>
    /// Does something on this node alone, after the commit and before its acknowledgement. What others remember too is
    /// forgotten by <see cref="Nodes.SharedMemory{TKey, TValue}"/>.
    /// </summary>
    public void Evict(Action eviction) => transaction.AfterCommit(eviction);

    /// <summary>Notices of one Change that concern the same thing are one.</summary>
    internal void Tell(Notice notice, Action here)
    {
        if (Notices.Add(notice)) transaction.AfterCommit(here);
    }

    /// <summary>
    /// Names the person who did it, where the call has proven one that its credential does not name: by a password, or
    /// by a link that was mailed. Grants, limits and usage stay the caller's.
    /// </summary>
    public void DoneBy(UserId id, string? display) => Author = new Author(CallerKind.User, id.Value, display);

    public void DoneBy(OperatorId id, string? display) => Author = new Author(CallerKind.Operator, id.Value, display);

    /// <summary>
    /// Records what was done to what, with salted digests of the object before and after. Action, caller, scope and
    /// request come from the invocation. Without a reason, the grant that let the call in is one.
    /// </summary>
    public void Audit(Target target, Snapshot before, Snapshot after, string? reason = null, TenantId? tenant = null) =>
        Audits.Add(new AuditRecord(target, before, after, reason ?? Invocation.Decision?.Because, tenant));

    /// <summary>Records a fact, named in the past tense: <c>tenant.created</c>. It becomes a CloudEvent.</summary>
    public void Emit(string type, Target subject, Snapshot data, TenantId? tenant = null) =>
        Events.Add(new EventRecord(type, subject, data, tenant));

    /// <summary>
    /// Before it is written: how many records it makes, and how many bytes of JSON it writes of them. A
    /// <see cref="ChargeRefusal"/> where a budget does not have so much.
    /// </summary>
    public void Charge(long records, long bytes) => WriteCharge?.Take(records, bytes);

    /// <summary>It was charged and is not written.</summary>
    public void ChargeBack(long records, long bytes) => WriteCharge?.PutBack(records, bytes);

    /// <summary>Counts something. Each Change counts itself once already, under the meter <c>changes</c>.</summary>
    public void Meter(string meter, long quantity, TenantId? tenant = null) =>
        Usages.Add(new UsageRecord(meter, quantity, tenant));
}

/// <summary>An object as JSON at one moment: what its digest and its event are made of.</summary>
internal readonly record struct Snapshot(byte[]? Json)
{
    /// <summary>The object did not exist, or is not shown.</summary>
    public static readonly Snapshot None;

    public static Snapshot Of<T>(T value, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>
    /// SHA-256 over salt and JSON; the salt keeps low-entropy objects from being guessed by their digest.
    /// </summary>
    public byte[]? Digest(byte[] salt)
    {
        if (Json is null) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(Json);
        return hash.GetHashAndReset();
    }
}

internal sealed record AuditRecord(Target Target, Snapshot Before, Snapshot After, string? Reason, TenantId? Tenant);

internal sealed record EventRecord(string Type, Target Subject, Snapshot Data, TenantId? Tenant);

internal sealed record UsageRecord(string Meter, long Quantity, TenantId? Tenant);
