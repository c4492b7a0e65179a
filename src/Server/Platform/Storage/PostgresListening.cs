using Npgsql;

namespace Castellan.Platform.Storage;

/// <summary>
/// LISTEN on a connection outside of the pool (PostgreSQL 15 manual, section "NOTIFY"). What comes while a question is
/// being answered ends the next wait at once.
/// </summary>
internal sealed class PostgresListening : IListening
{
    private readonly NpgsqlConnection connection;
    private volatile bool heard;

    private PostgresListening(NpgsqlConnection connection)
    {
        this.connection = connection;
        connection.Notification += (_, _) => heard = true;
    }

    public static async ValueTask<IListening> Open(string settings, Identifier channel, CancellationToken ct)
    {
        var opened = new NpgsqlConnection(settings);
        try
        {
            await opened.OpenAsync(ct);
            var listening = new PostgresListening(opened);
            await using var command = new NpgsqlCommand(Sql.Of($"listen {channel}").SharedText, opened);
            await command.ExecuteNonQueryAsync(ct);
            return listening;
        }
        catch (Exception error)
        {
            await opened.DisposeAsync();
            if (error is NpgsqlException refused) throw PostgresErrors.Translate(refused);
            throw;
        }
    }

    public async ValueTask Wait(TimeSpan longest, CancellationToken ct)
    {
        try
        {
            if (!heard) await connection.WaitAsync((int)longest.TotalMilliseconds, ct);
            heard = false;
        }
        catch (NpgsqlException error)
        {
            throw PostgresErrors.Translate(error);
        }
    }

    public async ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql.SharedText, connection);
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

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
