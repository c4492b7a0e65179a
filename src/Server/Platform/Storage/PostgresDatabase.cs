using Npgsql;

namespace Castellan.Platform.Storage;

/// <summary>The scale-out engine: many stateless nodes, one database, READ COMMITTED.</summary>
internal sealed class PostgresDatabase : IDatabase
{
    private const long MigrationLock = 0x6361737465_6c6c61; // "castella"
    private readonly NpgsqlDataSource source;
    private readonly string settings;
    private readonly FairGate gate;
    private readonly int changeTimeMs;

    /// <param name="connectionString">As Npgsql reads it.</param>
    /// <param name="changeTimeMs">Milliseconds that one transaction may take, with waiting for its connection.</param>
    public PostgresDatabase(string connectionString, int changeTimeMs = Limits.ChangeTimeMs)
    {
        this.changeTimeMs = changeTimeMs;
        settings = PostgresSettings.Of(connectionString);
        source = new NpgsqlSlimDataSourceBuilder(settings).EnableUnmappedTypes()
            .UsePhysicalConnectionInitializer(Prepare, PrepareAsync).Build();
        gate = new FairGate(PostgresSettings.ForTransactions(settings));
    }

    public string EngineName => "postgres";

    /// <summary>A fifth of the second is left to answer what was let in at the last moment.</summary>
    public TimeSpan? MemoryTrust { get; } = TimeSpan.FromMilliseconds(800);

    public async ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class
    {
        await using var command = source.CreateCommand(sql.SharedText);
        PostgresParameters.Add(command.Parameters, sql);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await reader.ReadAsync(ct) ? read(new PostgresRow(reader)) : null;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Translate(error);
        }
    }

    public async ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
    {
        await using var command = source.CreateCommand(sql.SharedText);
        PostgresParameters.Add(command.Parameters, sql);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await PostgresRow.ReadAll(reader, read, ct);
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Translate(error);
        }
    }

    public async ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TransactOnce(lane, work, cost);
            }
            catch (PostgresException error) when (PostgresErrors.IsRetryable(error) && attempt < Limits.ChangeAttempts)
            {
                // The other side of the deadlock or conflict commits meanwhile; attempts are spread a little.
                await Task.Delay(TimeSpan.FromMilliseconds(attempt * attempt));
            }
            catch (NpgsqlException error)
            {
                throw PostgresErrors.Translate(error);
            }
        }
    }

    public async ValueTask<IListening> Listen(Identifier channel, CancellationToken ct) =>
        await PostgresListening.Open(PostgresSettings.ForListening(settings), channel, ct);

    public async ValueTask RunScript(string script, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(script, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask<T> WithMigrationLock<T>(Func<ValueTask<T>> work, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var take = new NpgsqlCommand($"select pg_advisory_lock({MigrationLock})", connection)
        {
            // Another node's migrations take their time.
            CommandTimeout = 0,
        };
        await take.ExecuteNonQueryAsync(ct);
        try
        {
            return await work();
        }
        finally
        {
            await using var give = new NpgsqlCommand($"select pg_advisory_unlock({MigrationLock})", connection);
            await give.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    public async ValueTask<bool> IsReady(CancellationToken ct)
    {
        await using var command = source.CreateCommand("select 1");
        try
        {
            return await command.ExecuteScalarAsync(ct) is 1;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Translate(error);
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>
    /// Our statements are short. The planner overrates what nested conditions of rules cost, and compiles them, which
    /// takes seconds where they run for milliseconds. Not an option of the connection, which poolers in between refuse.
    /// </summary>
    private static NpgsqlCommand WithoutCompiler(NpgsqlConnection connection) => new("set jit = off", connection);

    private static void Prepare(NpgsqlConnection connection)
    {
        using var command = WithoutCompiler(connection);
        command.ExecuteNonQuery();
    }

    private static async Task PrepareAsync(NpgsqlConnection connection)
    {
        await using var command = WithoutCompiler(connection);
        await command.ExecuteNonQueryAsync();
    }

    private async ValueTask<T> TransactOnce<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost)
    {
        using var bound = new CancellationTokenSource(changeTimeMs);
        try
        {
            using var visit = await gate.Enter(lane, cost, bound.Token);
            await using var connection = await source.OpenConnectionAsync(bound.Token);
            await using var transaction = new PostgresTransaction(connection, bound.Token);
            var result = await work(transaction);
            await transaction.Commit();
            return result;
        }
        catch (OperationCanceledException late) when (bound.IsCancellationRequested)
        {
            throw new StorageException(StorageFailure.TimedOut, "The change took longer than it may.", late);
        }
    }
}
