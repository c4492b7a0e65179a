using Castellan.Platform;

namespace Castellan.Installation;

/// <summary>Where settings come from; the later ones win: the named file, the environment, the command line.</summary>
internal static class InstallationSettings
{
    private const string Prefix = "CASTELLAN_";

    public static void Add(IConfigurationBuilder configuration, string[] args)
    {
        if (Environment.GetEnvironmentVariable(Prefix + "CONFIG") is { Length: > 0 } file)
        {
            if (!File.Exists(file))
                throw new UnsafeStartException($"The file {file} of {Prefix}CONFIG does not exist.",
                    $"Correct {Prefix}CONFIG, or unset it.");
            configuration.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
        }
        configuration.AddEnvironmentVariables(Prefix).AddCommandLine(args);
    }

    public static InstallationOptions Read(string[] args)
    {
        var builder = new ConfigurationBuilder();
        Add(builder, args);
        return builder.Build().Get<InstallationOptions>() ?? new InstallationOptions();
    }

    /// <summary>Refuses words that are no settings: <c>--Name value</c> or <c>--Name=value</c>.</summary>
    public static string[] Check(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
                throw new UnsafeStartException($"'{words[i]}' is no command and no setting.",
                    "Write settings as --Name value; castellan-server --help lists the commands.");
            var name = words[i][2..].Split('=')[0];
            if (!SettingNames.Has(name))
                throw new UnsafeStartException($"--{name} is no setting.",
                    $"Perhaps --{SettingNames.Nearest(name)} is meant; docs/configuration.md lists them.");
            if (words[i].Contains('=', StringComparison.Ordinal)) continue;
            if (++i == words.Count)
                throw new UnsafeStartException($"The setting {words[i - 1]} has no value.",
                    $"Write {words[i - 1]} value.");
        }
        return [.. words];
    }

    /// <summary>Refuses variables of ours that nobody would read: a limit misspelt is a limit not set.</summary>
    public static void CheckVariables(IEnumerable<string> names)
    {
        foreach (var variable in names)
        {
            if (!variable.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            var name = variable[Prefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            if (SettingNames.Has(name) || SettingNames.IsOfOthers(name)) continue;
            var nearest = SettingNames.Nearest(name).Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant();
            throw new UnsafeStartException($"The variable {variable} is no setting.",
                $"Unset it, or write {Prefix}{nearest} if that is meant; docs/configuration.md lists them.");
        }
    }
}
