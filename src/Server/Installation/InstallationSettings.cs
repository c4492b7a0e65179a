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
            if (words[i].Contains('=', StringComparison.Ordinal)) continue;
            if (++i == words.Count)
                throw new UnsafeStartException($"The setting {words[i - 1]} has no value.",
                    $"Write {words[i - 1]} value.");
        }
        return [.. words];
    }
}
