using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Castellan.Platform.Storage;

/// <summary>
/// Numbered, forward-only scripts, one file per engine (<c>0001_name.sqlite.sql</c>), embedded in the executable. Each
/// runs in one transaction under the migration lock and is recorded with its checksum, so that an edited one is
/// noticed.
/// </summary>
internal sealed class Migrator(IDatabase database, TimeProvider time)
{
    private sealed record Applied(string Name, string Checksum);

    /// <summary>What <see cref="Apply"/> would run, in order.</summary>
    public async ValueTask<IReadOnlyList<Migration>> Plan(CancellationToken ct)
    {
        var applied = await ReadApplied(ct);
        var all = Migration.Embedded(database.EngineName);
        foreach (var done in applied)
        {
            var known = all.FirstOrDefault(m => m.Name == done.Name)
                ?? throw new MigrationException($"The database holds migration {done.Name}, which this server does not "
                    + "know: it was made by a newer version. Start that version, or restore a backup.");
            if (known.Checksum != done.Checksum)
                throw new MigrationException($"Migration {done.Name} was changed after it ran here. "
                    + "Restore the released executable: migrations are never edited.");
        }
        return [.. all.Where(m => applied.All(done => done.Name != m.Name))];
    }

    public ValueTask<IReadOnlyList<Migration>> Apply(CancellationToken ct) => database.WithMigrationLock(async () =>
    {
        await database.RunScript(
            """
            create table if not exists migration
                (name text not null primary key, checksum text not null, applied_at bigint not null);
            """,
            ct);
        var planned = await Plan(ct);
        foreach (var migration in planned) await database.RunScript(Scripted(migration), ct);
        return planned;
    }, ct);

    private string Scripted(Migration migration) => $"""
        {migration.Script}
        insert into migration (name, checksum, applied_at)
        values ('{migration.Name}', '{migration.Checksum}', {time.GetUtcNow().ToUnixTimeMilliseconds()});
        """;

    private async ValueTask<List<Applied>> ReadApplied(CancellationToken ct)
    {
        var exists = database.EngineName == "sqlite"
            ? await database.One($"select name from sqlite_master where name = 'migration'", r => r.Text(), ct)
            : await database.One($"select to_regclass('migration')::text", r => r.TextOrNull() ?? "", ct);
        if (string.IsNullOrEmpty(exists)) return [];
        return await database.Many(
            $"select name, checksum from migration order by name", r => new Applied(r.Text(), r.Text()), ct);
    }
}

/// <summary>One script. <paramref name="Name"/> is its file name without engine: <c>0001_kernel</c>.</summary>
internal sealed record Migration(string Name, string Script, string Checksum)
{
    public static IReadOnlyList<Migration> Embedded(string engine)
    {
        var assembly = typeof(Migration).Assembly;
        var suffix = $".{engine}.sql";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(suffix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Load(assembly, name, name[..^suffix.Length]))];
    }

    private static Migration Load(Assembly assembly, string resource, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var script = reader.ReadToEnd();
        return new Migration(name, script, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script))));
    }
}

internal sealed class MigrationException(string message) : Exception(message);
