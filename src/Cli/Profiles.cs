using System.Text.Json;
using System.Text.Json.Serialization;

namespace Castellan.Cli;

/// <summary>A login: a server, an operator's token for it, and whose it is.</summary>
/// <param name="Url">The server's public address.</param>
/// <param name="Token">The operator token; null after logout.</param>
/// <param name="Operator">Address or id, for display.</param>
/// <param name="ExpiresAt">When the token ends at the latest.</param>
internal sealed record Profile(Uri Url, string? Token, string? Operator, DateTimeOffset? ExpiresAt);

/// <summary>What the file holds. <paramref name="Current"/> is the profile of the last login.</summary>
internal sealed record Profiles(string? Current, IReadOnlyDictionary<string, Profile> All)
{
    public const string DefaultName = "default";

    public static readonly Profiles None = new(null, new Dictionary<string, Profile>());

    /// <summary>The profile by that name, or the current one; the name is null where there is none at all.</summary>
    public (string? Name, Profile? Profile) Find(string? name) =>
        (name ?? Current) is { } wanted ? (wanted, All.GetValueOrDefault(wanted)) : (null, null);

    public Profiles With(string name, Profile profile) =>
        new(name, new Dictionary<string, Profile>(All) { [name] = profile });
}

/// <summary>
/// <c>castellan/profiles.json</c> in the folder of <c>XDG_CONFIG_HOME</c>, else <c>~/.config</c> (XDG Base Directory
/// Specification). The folder is made 0700 and the file 0600; one that others may read or replace is refused.
/// </summary>
internal sealed class ProfileStore(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Others = OthersWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public string Path { get; } = System.IO.Path.Combine(folder, "profiles.json");

    public static ProfileStore OfThisUser()
    {
        // The specification: a relative path in the variable is ignored.
        var config = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
        if (string.IsNullOrEmpty(config) || !System.IO.Path.IsPathRooted(config))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            config = System.IO.Path.Combine(home, ".config");
        }
        return new ProfileStore(System.IO.Path.Combine(config, "castellan"));
    }

    public Profiles Read()
    {
        if (!File.Exists(Path)) return Profiles.None;
        Refuse(folder, OthersWrite, "replace files in", "700");
        Refuse(Path, Others, "read", "600");
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path), CliJson.Default.Profiles) ?? Profiles.None;
        }
        catch (JsonException)
        {
            throw new Complaint($"{Path} is not readable as profiles.", "Delete it and log in again.");
        }
    }

    /// <summary>Replaces the file as a whole, so that one that is read is never half written.</summary>
    public void Write(Profiles profiles)
    {
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        Refuse(folder, OthersWrite, "replace files in", "700");
        var draft = $"{Path}.{Environment.ProcessId}";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            JsonSerializer.Serialize(file, profiles, CliJson.Default.Profiles);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, Path, overwrite: true);
    }

    private static void Refuse(string path, UnixFileMode modes, string verb, string mend)
    {
        if ((File.GetUnixFileMode(path) & modes) != UnixFileMode.None)
            throw new Complaint(
                $"Others may {verb} {path}, which holds tokens.",
                $"chmod {mend} {path}; where others use this machine, log out and in again.");
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Profiles))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
internal sealed partial class CliJson : JsonSerializerContext;
