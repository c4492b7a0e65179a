using Npgsql;
using NpgsqlTypes;

namespace Castellan.Platform.Storage;

/// <summary>
/// A transaction in as few round trips as its reads allow: <c>begin</c> travels with the first statement, queued
/// statements with the next one that has an answer, and <c>commit</c> with the last. Where nothing was asked, all is
/// one batch, which is a transaction without either.
/// </summary>
internal sealed class PostgresTransaction(NpgsqlConnection connection, CancellationToken bound)
    : ITransaction, IAsyncDisposable
{
    private readonly List<Sql> queued = [];
    private readonly List<Action> evictions = [];
    private readonly List<Sql> conditions = [];
    private bool checkedOnce;
    private bool wrote;
    private bool begun;
    private bool failed;
    private bool ended;

    public Raw ForUpdate { get; } = new("for update");

    public Raw ForKeyShare { get; } = new("for key share");

    public Raw SkipLocked { get; } = new("for update skip locked");

    public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class => Ask(sql, async (reader, _) =>
            await reader.ReadAsync(bound) ? read(new PostgresRow(reader)) : null);

    public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
        Ask(sql, (reader, _) => PostgresRow.ReadAll(reader, read, bound));

    public ValueTask<int> Run(Sql sql)
    {
        wrote = true;
        return Execute(sql, Affected);
    }

    public ValueTask Queue(Sql sql)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        wrote = true;
        queued.Add(sql);
        return ValueTask.CompletedTask;
    }

    public ValueTask QueueTogether(IReadOnlyList<Sql> inserts)
    {
        if (inserts.Count == 0) return ValueTask.CompletedTask;
        // PostgreSQL 15 manual, section 7.8.4: each runs exactly once and to its end, all on one snapshot.
        var together = new Sql(literalLength: 2048, formattedCount: 64);
        for (var i = 0; i < inserts.Count; i++)
        {
            together.AppendLiteral(i == 0 ? "with insert_0 as (" : $", insert_{i} as (");
            together.AppendFormatted(inserts[i]);
            together.AppendLiteral(")");
        }
        together.AppendLiteral(" select");
        return Queue(together);
    }

    /// <summary>
    /// Behind every question that is asked before anything is written, because a question may have waited for a lock,
    /// and for the very transaction that takes the right away; else before the first statement.
    /// </summary>
    public ValueTask Require(Sql condition)
    {
        conditions.Add(Sql.Of($"select require_condition({condition})"));
        return ValueTask.CompletedTask;
    }

    public void AfterCommit(Action action) => evictions.Add(action);

    public async ValueTask Commit()
    {
        bound.ThrowIfCancellationRequested();
        try
        {
            await SendCommit();
        }
        catch (Exception error) when (PostgresErrors.LeavesCommitOpen(error))
        {
            Evict();
            throw new StorageException(
                StorageFailure.OutcomeUnknown, "The commit was sent and not answered.", error);
        }
        ended = true;
        Evict();
    }

    public async ValueTask DisposeAsync()
    {
        ended = true;
        if (!begun || connection.State != System.Data.ConnectionState.Open) return;
        try
        {
            await using var rollback = new NpgsqlCommand("rollback", connection);
            await rollback.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the transaction with it. Why it ended is the caller's to know.
        }
    }

    private async ValueTask SendCommit()
    {
        if (begun)
        {
            await Execute($"commit", Affected);
            begun = false;
        }
        else if (queued.Count > 0)
        {
            // One batch is one transaction by itself (PostgreSQL's protocol, "Pipelining"), which ends with it.
            var last = queued[^1];
            queued.RemoveAt(queued.Count - 1);
            await Execute(last, Affected, Form.Alone);
        }
    }

    private void Evict()
    {
        foreach (var evict in evictions) evict();
    }

    private ValueTask<T> Ask<T>(Sql last, Func<NpgsqlDataReader, NpgsqlBatch, ValueTask<T>> read) =>
        Execute(last, read, wrote ? Form.Usual : Form.Question);

    /// <summary>The statements of one round trip, and how many results come before the last one's.</summary>
    private (NpgsqlBatch Batch, int Before) BatchWith(Sql last, Form form)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        var batch = new NpgsqlBatch(connection);
        if (!begun && form is not Form.Alone)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
            begun = true;
        }
        var before = checkedOnce || form is Form.Question ? 0 : conditions.Count;
        foreach (var condition in conditions.Take(before)) batch.BatchCommands.Add(Command(condition));
        foreach (var sql in queued) batch.BatchCommands.Add(Command(sql));
        queued.Clear();
        batch.BatchCommands.Add(Command(last));
        if (form is Form.Question) foreach (var condition in conditions) batch.BatchCommands.Add(Command(condition));
        checkedOnce = true;
        return (batch, before);
    }

    /// <summary>
    /// Executes and reads the last statement's result; earlier ones have no rows that anyone wants. After an error
    /// PostgreSQL answers `commit` with a silent rollback, so nothing more is sent.
    /// </summary>
    private async ValueTask<T> Execute<T>(
        Sql last, Func<NpgsqlDataReader, NpgsqlBatch, ValueTask<T>> read, Form form = Form.Usual)
    {
        if (failed) throw new InvalidOperationException("A statement of this transaction failed: it has ended.");
        var (made, before) = BatchWith(last, form);
        await using var batch = made;
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(bound);
            // A condition has a row, of nothing.
            for (; before > 0; before--) await reader.NextResultAsync(bound);
            var result = await read(reader, batch);
            while (!reader.IsClosed && await reader.NextResultAsync(bound))
            {
            }
            return result;
        }
        catch (NpgsqlException error)
        {
            failed = true;
            if (PostgresErrors.IsUniqueViolation(error)) throw PostgresErrors.Translate(error);
            throw;
        }
    }

    private enum Form
    {
        Usual,

        /// <summary>Nothing was written yet: conditions are asked behind it.</summary>
        Question,

        /// <summary>The whole transaction.</summary>
        Alone,
    }

    private static async ValueTask<int> Affected(NpgsqlDataReader reader, NpgsqlBatch batch)
    {
        await reader.CloseAsync();
        return (int)batch.BatchCommands[^1].RecordsAffected;
    }

    private static NpgsqlBatchCommand Command(Sql sql)
    {
        var command = new NpgsqlBatchCommand(sql.SharedText);
        PostgresParameters.Add(command.Parameters, sql);
        return command;
    }
}

internal static class PostgresParameters
{
    public static void Add(NpgsqlParameterCollection target, Sql sql)
    {
        foreach (var parameter in sql.Parameters) target.Add(Convert(parameter));
    }

    private static NpgsqlParameter Convert(SqlParameter parameter) => parameter switch
    {
        { IsNull: true } => new NpgsqlParameter { NpgsqlDbType = DbType(parameter.Type), Value = DBNull.Value },
        { Type: SqlType.Int64 } => new NpgsqlParameter<long> { TypedValue = parameter.Number },
        { Type: SqlType.Double } =>
            new NpgsqlParameter<double> { TypedValue = BitConverter.Int64BitsToDouble(parameter.Number) },
        { Type: SqlType.Bool } => new NpgsqlParameter<bool> { TypedValue = parameter.Number != 0 },
        { Type: SqlType.Bytes } => new NpgsqlParameter<byte[]> { TypedValue = (byte[])parameter.Object! },
        _ => new NpgsqlParameter<string>
        {
            NpgsqlDbType = DbType(parameter.Type),
            TypedValue = (string)parameter.Object!,
        },
    };

    private static NpgsqlDbType DbType(SqlType type) => type switch
    {
        SqlType.Int64 => NpgsqlDbType.Bigint,
        SqlType.Double => NpgsqlDbType.Double,
        SqlType.Bool => NpgsqlDbType.Boolean,
        SqlType.Bytes => NpgsqlDbType.Bytea,
        SqlType.Json => NpgsqlDbType.Jsonb,
        _ => NpgsqlDbType.Text,
    };
}

internal sealed class PostgresRow(NpgsqlDataReader reader) : Row
{
    public static async ValueTask<List<T>> ReadAll<T>(NpgsqlDataReader reader, Func<Row, T> read, CancellationToken ct)
    {
        var rows = new List<T>();
        var row = new PostgresRow(reader);
        while (await reader.ReadAsync(ct))
        {
            row.Rewind();
            rows.Add(read(row));
        }
        return rows;
    }

    protected override string? TextAt(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    // bigint everywhere; a count or an integer literal arrives narrower or wider by the engine's own typing.
    protected override long? Int64At(int column) => reader.IsDBNull(column) ? null
        : reader.GetFieldType(column) == typeof(long) ? reader.GetInt64(column)
        : Convert.ToInt64(reader.GetValue(column));

    protected override double? DoubleAt(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    protected override bool? BoolAt(int column) => reader.IsDBNull(column) ? null : reader.GetBoolean(column);

    protected override byte[]? BytesAt(int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);
}

internal static class PostgresErrors
{
    public static bool IsRetryable(PostgresException error) =>
        error.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    public static bool IsUniqueViolation(NpgsqlException error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>
    /// Whether a commit that failed so may have been made. Only an error of the statement says that it was not: a
    /// server that goes down, a broken connection and an answer that is late say nothing.
    /// </summary>
    public static bool LeavesCommitOpen(Exception error) => error switch
    {
        PostgresException answered => answered.InvariantSeverity != "ERROR",
        OperationCanceledException { InnerException: PostgresException { InvariantSeverity: "ERROR" } } => false,
        NpgsqlException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>What the function <c>require_condition</c> raises.</summary>
    private const string ConditionLost = "CS001";

    public static Exception Translate(NpgsqlException error) => error switch
    {
        PostgresException { SqlState: ConditionLost } => new ConditionLostException(error),
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } unique =>
            new UniqueViolationException(unique.ConstraintName ?? "", error),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
            new StorageException(StorageFailure.Full, error.Message, error),
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } =>
            new StorageException(StorageFailure.TimedOut, error.Message, error),
        PostgresException busy when IsRetryable(busy) =>
            new StorageException(StorageFailure.Unavailable, error.Message, error),
        PostgresException { SqlState: ['5', '3', ..] or ['5', '7', ..] or ['0', '8', ..] } =>
            new StorageException(StorageFailure.Unavailable, error.Message, error),
        PostgresException => new InvalidOperationException($"PostgreSQL {error.SqlState}: {error.Message}", error),
        _ => new StorageException(StorageFailure.Unavailable, error.Message, error),
    };
}
