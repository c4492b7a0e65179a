namespace Castellan.Platform.Storage;

/// <summary>
/// What may be read: the database, or a transaction in progress. Stores take it so that both see one text.
/// </summary>
internal interface IReads
{
    /// <summary>The first row, or null.</summary>
    ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class;

    ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default);
}

/// <summary>The engine's transaction, valid only inside the delegate that it was handed to.</summary>
internal interface ITransaction : IReads
{
    /// <summary>Row lock for rules that span rows; empty on SQLite, whose single writer makes it moot.</summary>
    Raw ForUpdate { get; }

    /// <summary>
    /// Keeps a row that is referred to from being deleted meanwhile; empty on SQLite.
    /// </summary>
    Raw ForKeyShare { get; }

    /// <summary>
    /// Row lock for workers that share a queue: rows that another one is taking are passed over. Empty on SQLite.
    /// </summary>
    Raw SkipLocked { get; }

    /// <summary>Runs a statement and gives the number of rows that it changed.</summary>
    ValueTask<int> Run(Sql sql);

    /// <summary>
    /// Runs a statement whose row count nobody needs: at once on SQLite; on PostgreSQL in one round trip with the next
    /// statement that has an answer, or with the commit.
    /// </summary>
    ValueTask Queue(Sql sql);

    /// <summary>Queues inserts that do not see each other: on PostgreSQL they are one statement.</summary>
    ValueTask QueueTogether(IReadOnlyList<Sql> inserts);

    /// <summary>
    /// The transaction fails with <see cref="ConditionLostException"/> unless <paramref name="condition"/>, a boolean
    /// expression, is true: at once on SQLite; on PostgreSQL with what is sent next, before it.
    /// </summary>
    ValueTask Require(Sql condition);

    /// <summary>
    /// Runs after the commit and before it is acknowledged, and also where nobody knows whether it was made: for
    /// evicting what memory knows.
    /// </summary>
    void AfterCommit(Action action);
}

/// <summary>
/// One of the two engines. Reads see the last commit. <see cref="Transact{T}"/> may run its delegate more than once,
/// and the delegate may await nothing but the transaction.
/// </summary>
internal interface IDatabase : IReads, IAsyncDisposable
{
    string EngineName { get; }

    /// <summary>
    /// How long memory may be trusted about rows that another node could change, where it is not told of changes: null
    /// where this process is the only writer (SQLite).
    /// </summary>
    TimeSpan? MemoryTrust { get; }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction, in its turn: <paramref name="lane"/> is charged with its time.
    /// </summary>
    ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual);

    /// <summary>
    /// A connection of its own, on which other nodes are heard. Only where there are any: where
    /// <see cref="MemoryTrust"/> is null, nobody asks for one.
    /// </summary>
    ValueTask<IListening> Listen(Identifier channel, CancellationToken ct);

    /// <summary>Runs a script outside of the wrapper: migrations only.</summary>
    ValueTask RunScript(string script, CancellationToken ct);

    /// <summary>Holds the migration lock while <paramref name="work"/> runs.</summary>
    ValueTask<T> WithMigrationLock<T>(Func<ValueTask<T>> work, CancellationToken ct);

    /// <summary>True when a trivial read and, on SQLite, the writer answer.</summary>
    ValueTask<bool> IsReady(CancellationToken ct);
}

/// <summary>
/// An open ear. Everything that is asked through it fails once its connection is lost, and nothing said in between is
/// heard again: who opens another one begins anew.
/// </summary>
internal interface IListening : IAsyncDisposable
{
    /// <summary>Until something is said on the channel, at most <paramref name="longest"/>.</summary>
    ValueTask Wait(TimeSpan longest, CancellationToken ct);

    ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct);
}

/// <summary>
/// A unique key was violated. <paramref name="constraint"/> is <c>table_column_column_key</c> on both engines:
/// PostgreSQL indexes are named so, and SQLite's message, which names columns, is brought to the same form.
/// </summary>
internal sealed class UniqueViolationException(string constraint, Exception? inner = null)
    : Exception($"Unique key {constraint} violated.", inner)
{
    public string Constraint { get; } = constraint;
}

/// <summary>What a transaction was to rest on is not so, or no longer: nothing was changed.</summary>
internal sealed class ConditionLostException(Exception? inner = null) : Exception("A condition does not hold.", inner);

/// <summary>
/// The engine could not do its work (full disk, I/O error, time bound, overload): nothing was changed, unless the
/// failure is <see cref="StorageFailure.OutcomeUnknown"/>.
/// </summary>
internal sealed class StorageException(StorageFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public StorageFailure Failure { get; } = failure;
}

internal enum StorageFailure
{
    Full,
    Unavailable,
    TimedOut,
    Overloaded,

    /// <summary>The commit was sent and not answered: it was made or it was not.</summary>
    OutcomeUnknown,
}
