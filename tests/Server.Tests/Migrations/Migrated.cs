using Castellan.Platform.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Migrations;

/// <summary>An empty database after all migrations, without a server.</summary>
internal sealed class Migrated : IAsyncDisposable
{
    private readonly TestDatabase owner;

    private Migrated(TestDatabase owner, IDatabase database, IDatabase sqlite) =>
        (this.owner, Database, Sqlite) = (owner, database, sqlite);

    /// <summary>Of the engine that the tests run on.</summary>
    public IDatabase Database { get; }

    /// <summary>A second one on SQLite; the same one where that is the engine.</summary>
    public IDatabase Sqlite { get; }

    public static async Task<Migrated> Create()
    {
        var files = await TestDatabase.Create();
        var database = files.Open();
        Directory.CreateDirectory(files.Folder);
        var sqlite = files.Postgres is null
            ? database
            : new SqliteDatabase(Path.Combine(files.Folder, "castellan.db"));
        var migrated = new Migrated(files, database, sqlite);
        await Apply(database);
        if (sqlite != database) await Apply(sqlite);
        return migrated;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (Sqlite != Database) await Sqlite.DisposeAsync();
        await owner.DisposeAsync();
    }

    private static async Task Apply(IDatabase database) =>
        await new Migrator(database, new FakeTimeProvider()).Apply(TestContext.Current.CancellationToken);
}
