using Castellan.Platform;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Installation;

/// <summary>One thing that was looked at. <paramref name="Fix"/> is there exactly when it is not well.</summary>
internal sealed record Finding(Health Health, string Subject, string Detail, string? Fix = null);

internal enum Health
{
    Well,

    /// <summary>The server runs, and will not for long or not for everybody.</summary>
    Doubtful,

    /// <summary>The server does not start, or loses what it is given.</summary>
    Ill,
}

/// <summary>
/// Looks at an installation without starting it, also beside a running server: what a start would refuse, and what it
/// would not notice.
/// </summary>
internal sealed class Doctor(InstallationOptions options, TimeProvider time)
{
    private const long DiskIllBytes = 200L << 20;
    private const long DiskDoubtfulBytes = 2L << 30;

    /// <summary>Sessions and links are timed by the clock: seconds do not matter, minutes do.</summary>
    private static readonly TimeSpan ClockMayDiffer = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<Finding>> Examine(CancellationToken ct)
    {
        List<Finding> findings = [Addresses(), Folder()];
        if (findings.Any(f => f.Subject == "data folder" && f.Health is Health.Ill)) return findings;
        findings.Add(Disk());
        findings.Add(Running());
        findings.AddRange(await Database(ct));
        return findings;
    }

    private Finding Addresses()
    {
        try
        {
            StartupChecks.RequireSafeAddresses(options);
        }
        catch (UnsafeStartException unsafeStart)
        {
            return new Finding(Health.Ill, "addresses", unsafeStart.Why, unsafeStart.Fix);
        }
        return options.PublicBase.IsLoopback
            ? new Finding(Health.Doubtful, "addresses", $"{options.PublicBase} is reached from this machine only.",
                "Set PublicUrl to the https address that people use, once others shall use it.")
            : new Finding(Health.Well, "addresses", $"{options.PublicBase}, listening on {options.Listen}");
    }

    private Finding Folder()
    {
        var path = Path.GetFullPath(options.DataFolder);
        if (!Directory.Exists(path))
            return new Finding(Health.Ill, "data folder", $"{path} does not exist.",
                "Start the server once, which makes it; or name the right folder with --DataFolder.");
        try
        {
            StartupChecks.PrepareFolder(path);
            return new Finding(Health.Well, "data folder", path);
        }
        catch (UnsafeStartException unsafeStart)
        {
            return new Finding(Health.Ill, "data folder", unsafeStart.Why, unsafeStart.Fix);
        }
    }

    private Finding Disk()
    {
        var free = new DriveInfo(Path.GetFullPath(options.DataFolder)).AvailableFreeSpace;
        var detail = $"{free / (double)(1L << 30):0.0} GiB free beside the data folder";
        const string Fix = "Free space, or move the data folder: a full disk refuses every change.";
        return free switch
        {
            < DiskIllBytes => new Finding(Health.Ill, "disk", detail, Fix),
            < DiskDoubtfulBytes => new Finding(Health.Doubtful, "disk", detail, Fix),
            _ => new Finding(Health.Well, "disk", detail),
        };
    }

    private Finding Running()
    {
        if (options.UsesPostgres) return new Finding(Health.Well, "processes", "PostgreSQL: many nodes may run");
        using var taken = DataFolderLock.TryTake(options);
        var found = taken is null ? "a server runs on the data folder" : "no server runs";
        return new Finding(Health.Well, "processes", found);
    }

    private async Task<IReadOnlyList<Finding>> Database(CancellationToken ct)
    {
        if (!options.UsesPostgres && !File.Exists(options.SqlitePath))
            return [new Finding(Health.Doubtful, "database", $"{options.SqlitePath} does not exist yet.",
                "Start the server once, which makes it.")];
        try
        {
            await using var database = InstallationSetup.Open(options);
            List<Finding> findings = [await Migrations(database, ct)];
            if (!await FirstStart.HasInstallation(database, ct))
                return [.. findings, new Finding(Health.Doubtful, "installation", "There is none in the database yet.",
                    "Start the server once, which makes it.")];
            return [.. findings, await Writing(database), await MasterKey(database, ct), await Clock(database, ct)];
        }
        catch (Exception error) when (StartFailures.Explain(error, options) is { } failure)
        {
            var parts = failure.Message.Split("\nFix: ");
            var fix = parts.Length > 1 ? parts[1] : "Read the server's log.";
            return [new Finding(Health.Ill, "database", parts[0], fix)];
        }
    }

    private async Task<Finding> Migrations(IDatabase database, CancellationToken ct)
    {
        try
        {
            var planned = await new Migrator(database, time).Plan(ct);
            return planned.Count == 0
                ? new Finding(Health.Well, "migrations",
                    $"the {database.EngineName} database is of version {ServerVersion.Text}")
                : new Finding(Health.Doubtful, "migrations",
                    $"pending: {string.Join(", ", planned.Select(m => m.Name))}",
                    "Run castellan-server migrate after a backup, or start the server.");
        }
        catch (MigrationException unknown)
        {
            return new Finding(Health.Ill, "migrations", unknown.Message, "Start the version that made the database.");
        }
    }

    private static async Task<Finding> Writing(IDatabase database)
    {
        // A real write and a real commit that leave everything as it is.
        await database.Transact(
            WriteLane.Background, write => write.Run($"update installation set id = 1 where id = 1"));
        return new Finding(Health.Well, "database", "readable and writable");
    }

    private async Task<Finding> MasterKey(IDatabase database, CancellationToken ct)
    {
        try
        {
            var secrets = new Secrets(StartupChecks.ReadMasterKey(options.KeyPath, mayCreate: false));
            await FirstStart.RequireKey(database, secrets, ct);
            return new Finding(Health.Well, "master key", options.KeyPath);
        }
        catch (UnsafeStartException unsafeStart)
        {
            return new Finding(Health.Ill, "master key", unsafeStart.Why, unsafeStart.Fix);
        }
    }

    /// <summary>Against the database server's clock; on SQLite against the last entry of the audit log.</summary>
    private async Task<Finding> Clock(IDatabase database, CancellationToken ct)
    {
        var text = database.EngineName == "sqlite"
            ? await database.One($"select cast(max(at) as text) from audit_entry", row => row.TextOrNull() ?? "", ct)
            : await database.One(
                $"select (extract(epoch from clock_timestamp()) * 1000)::bigint::text", row => row.Text(), ct);
        if (!long.TryParse(text, out var milliseconds))
            return new Finding(Health.Well, "clock", $"{time.GetUtcNow():u}");
        var ahead = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) - time.GetUtcNow();
        var wrong = ahead > ClockMayDiffer || (database.EngineName != "sqlite" && -ahead > ClockMayDiffer);
        return wrong
            ? new Finding(Health.Ill, "clock", $"this machine's clock differs by {ahead.Duration().TotalSeconds:0} s",
                "Let it follow a time server (systemd-timesyncd or chrony): expiry and order depend on it.")
            : new Finding(Health.Well, "clock", $"{time.GetUtcNow():u}");
    }
}
