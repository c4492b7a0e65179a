using System.Security.Cryptography;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Installation;

/// <summary>
/// Brings the database to this version and, the first time, makes the installation: its row, and the environments
/// <c>sandbox</c> and <c>live</c>.
/// </summary>
internal sealed class FirstStart(
    IDatabase database, Migrator migrator, Changes changes, Secrets secrets, EnvironmentDirectory environments)
{
    public async ValueTask Run(CancellationToken ct)
    {
        await migrator.Apply(ct);
        if (!await RequireKey(database, secrets, ct)) await Create();
        await environments.Load(ct);
    }

    /// <summary>
    /// Refuses a master key that is not the database's own; false where no installation is there yet.
    /// </summary>
    public static async ValueTask<bool> RequireKey(IDatabase database, Secrets secrets, CancellationToken ct)
    {
        var check = await database.One($"select key_check from installation where id = 1", row => row.Bytes(), ct);
        if (check is null) return false;
        if (!CryptographicOperations.FixedTimeEquals(check, secrets.KeyFor("key-check")))
            throw new UnsafeStartException("The master key is not the one that this database was made with.",
                "Give every node the key file of the first one, or restore the key file from the backup.");
        return true;
    }

    /// <summary>True when the database already holds an installation, so that its key file must exist.</summary>
    public static async ValueTask<bool> HasInstallation(IDatabase database, CancellationToken ct)
    {
        var exists = database.EngineName == "sqlite"
            ? await database.One($"select name from sqlite_master where name = 'installation'", row => row.Text(), ct)
            : await database.One($"select to_regclass('installation')::text", row => row.TextOrNull() ?? "", ct);
        return !string.IsNullOrEmpty(exists)
            && await database.One($"select 'yes' from installation where id = 1", row => row.Text(), ct) is not null;
    }

    private ValueTask<bool> Create() => changes.RunAs(
        Caller.System("first-start"), "installation.create", async change =>
    {
        // Two nodes may start at once: the second finds the row and does nothing more.
        var made = await change.Run($"""
            insert into installation (id, created_at, key_check) values (1, {change.Now}, {secrets.KeyFor("key-check")})
            on conflict (id) do nothing
            """);
        if (made == 1)
        {
            foreach (var name in new[] { EnvironmentDirectory.Sandbox, EnvironmentDirectory.Live })
            {
                await change.Queue(
                    $"insert into environment (id, created_at, version) values ({name}, {change.Now}, {1L})");
            }
        }
        change.Audit(new Target("installation", "1"), default, default, made == 1 ? null : "already there");
        return true;
    });
}
