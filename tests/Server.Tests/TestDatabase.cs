using Castellan.Platform;
using Castellan.Platform.Storage;
using Npgsql;

namespace Castellan.Tests;

/// <summary>
/// An empty database of one test: a file in a folder of its own, or a PostgreSQL database when
/// <c>CASTELLAN_TEST_ENGINE</c> is <c>postgres</c>.
/// </summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private TestDatabase(string folder, string? postgres) => (Folder, Postgres) = (folder, postgres);

    public static string Engine => Environment.GetEnvironmentVariable("CASTELLAN_TEST_ENGINE") ?? "sqlite";

    /// <summary>Where the data folder is, or will be made by the server.</summary>
    public string Folder { get; }

    /// <summary>Connection string, or null on SQLite.</summary>
    public string? Postgres { get; }

    private static string Cluster => Environment.GetEnvironmentVariable("CASTELLAN_TEST_POSTGRES")
        ?? throw new InvalidOperationException(
            "CASTELLAN_TEST_POSTGRES is not set: run `dotnet run build.cs -- test`.");

    public static async Task<TestDatabase> Create()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"castellan-test-{Guid.CreateVersion7():n}");
        if (Engine != "postgres") return new TestDatabase(folder, null);
        var name = $"test_{Guid.CreateVersion7():n}";
        await RunOnCluster($"create database {name}");
        var settings = new NpgsqlConnectionStringBuilder(Cluster) { Database = name, MaxPoolSize = 8 };
        return new TestDatabase(folder, settings.ConnectionString);
    }

    /// <summary>The engine itself, without a server around it.</summary>
    public IDatabase Open(int changeTimeMs = Limits.ChangeTimeMs)
    {
        if (Postgres is not null) return new PostgresDatabase(Postgres, changeTimeMs);
        Directory.CreateDirectory(Folder);
        return new SqliteDatabase(Path.Combine(Folder, "castellan.db"), changeTimeMs);
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        if (Postgres is null) return;
        NpgsqlConnection.ClearAllPools();
        await RunOnCluster($"drop database {new NpgsqlConnectionStringBuilder(Postgres).Database} with (force)");
    }

    private static async Task RunOnCluster(string statement)
    {
        await using var connection = new NpgsqlConnection(Cluster);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
