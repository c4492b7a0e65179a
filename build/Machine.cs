using System.Security.Cryptography;

namespace Castellan.Build;

/// <summary>Puts on the machine what a verb needs, from Debian and from npm. What is there costs a look.</summary>
internal static class Machine
{
    public const string PostgresPrograms = "/usr/lib/postgresql/15/bin";

    /// <summary>A Debian package and the test for its being there.</summary>
    internal sealed record Package(string Name, Func<bool> IsThere);

    public static readonly Package Postgres = new("postgresql-15", () => File.Exists($"{PostgresPrograms}/initdb"));
    public static readonly Package Chromium = new("chromium", () => Shell.Find("chromium") is not null);
    public static readonly Package Strace = new("strace", () => Shell.Find("strace") is not null);
    public static readonly Package Redis = new("redis-server", () => Shell.Find("redis-server") is not null);
    public static readonly Package Wrk = new("wrk", () => Shell.Find("wrk") is not null);

    public static async Task Install(params Package[] packages)
    {
        string[] missing = [.. packages.Where(p => !p.IsThere()).Select(p => p.Name)];
        if (missing.Length == 0) return;

        string[] install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", .. missing];
        var sudo = Environment.IsPrivilegedProcess ? [] : new[] { "sudo", "-n" };
        if (sudo.Length > 0 && (Shell.Find("sudo") is null || await Shell.Run("sudo", ["-n", "true"]) != 0))
        {
            throw new BuildFailure(
                $"Missing on this machine: {string.Join(", ", missing)}. Installing needs root. Please run:\n"
                + $"  sudo apt-get update && sudo {string.Join(' ', install)}");
        }

        string[] elevated = [.. sudo, "env", "DEBIAN_FRONTEND=noninteractive"];
        Console.WriteLine($"Installing {string.Join(", ", missing)}");
        foreach (string[] command in (string[][])[["apt-get", "update", "-qq"], install])
            await Shell.Quietly(elevated.Concat(command).First(), [.. elevated.Concat(command).Skip(1)]);

        foreach (var package in packages.Where(p => !p.IsThere()))
            throw new BuildFailure($"{package.Name} was installed, but its program is still not there.");
    }

    /// <summary>The folders with an npm lock file of their own.</summary>
    public static IEnumerable<string> NpmFolders() =>
        new[] { "clients", "samples", "tests", "console" }.Select(top => Shell.At(top)).Where(Directory.Exists)
            .SelectMany(NpmFoldersBelow).Order(StringComparer.Ordinal);

    /// <summary>Installs a folder's locked packages, unless this very lock file was the last one installed.</summary>
    public static async Task InstallNpm(string folder)
    {
        var stamp = Path.Combine(folder, "node_modules", ".installed-lock");
        var wanted = Convert.ToHexString(
            SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"))));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted) return;

        await Shell.Must("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], folder);
        Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
        await File.WriteAllTextAsync(stamp, wanted);
    }

    private static IEnumerable<string> NpmFoldersBelow(string folder)
    {
        if (File.Exists(Path.Combine(folder, "package-lock.json"))) yield return folder;
        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            if (Path.GetFileName(child) is "node_modules" or "dist") continue;
            foreach (var found in NpmFoldersBelow(child)) yield return found;
        }
    }
}
