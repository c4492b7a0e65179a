using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>One run of one verb: what was typed, where results go, and the server of its profile.</summary>
internal sealed class Session(ParseResult parsed) : IDisposable
{
    private readonly List<IDisposable> owned = [];
    private CastellanClient? client;

    public Terminal Terminal { get; } = Terminal.For(parsed);

    public ProfileStore Profiles { get; } = ProfileStore.OfThisUser();

    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>The environment that was named, or sandbox.</summary>
    public string Environment { get; } = parsed.GetValue(GlobalOptions.Environment)!;

    /// <summary>The profile that was named; null leaves the choice to the store.</summary>
    public string? ProfileName { get; } =
        parsed.GetValue(GlobalOptions.Profile) ?? System.Environment.GetEnvironmentVariable("CASTELLAN_PROFILE");

    /// <summary>The signed-in client of the profile.</summary>
    public CastellanClient Client => client ??= Connect(Connection.Find(Profiles, ProfileName));

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>A repeatable option: null where it was not given, no items where its only value is empty.</summary>
    public IReadOnlyList<string>? Values(Option<string[]> option) => parsed.GetResult(option) is null
        ? null
        : [.. parsed.GetValue(option)!.Where(value => value.Length > 0)];

    /// <summary>A client for an address, patient as a person at a keyboard is.</summary>
    public CastellanClient Connect(Connection to, SocketsHttpHandler? handler = null)
    {
        handler ??= NewHandler();
        var http = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        owned.Add(http);
        try
        {
            return new CastellanClient(http, new CastellanClientOptions
            {
                Address = to.Address,
                Token = to.Token,
                Environment = Environment,
                Attempts = 3,
                Time = Time,
            });
        }
        catch (ArgumentException unsafeAddress)
        {
            throw new Complaint(
                unsafeAddress.Message, "Log in with the server's https address: castellan login --url ...");
        }
    }

    public static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
    };

    public void Dispose()
    {
        foreach (var one in owned) one.Dispose();
    }
}

/// <summary>A server and the token to show it.</summary>
internal sealed record Connection(Uri Address, string? Token)
{
    /// <summary>From <c>CASTELLAN_URL</c> and <c>CASTELLAN_TOKEN</c>, both, else from the profile.</summary>
    public static Connection Find(ProfileStore profiles, string? name) =>
        FromEnvironment() ?? FromProfile(profiles, name);

    public static Connection? FromEnvironment()
    {
        var url = Environment.GetEnvironmentVariable("CASTELLAN_URL");
        var token = Environment.GetEnvironmentVariable("CASTELLAN_TOKEN");
        if (string.IsNullOrEmpty(url) && string.IsNullOrEmpty(token)) return null;
        if (string.IsNullOrEmpty(url) || string.IsNullOrEmpty(token))
            throw new Complaint("Only one of CASTELLAN_URL and CASTELLAN_TOKEN is set.",
                "Set both, so that a token never goes to a server that it is not of; or neither, to use a profile.");
        return Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? new Connection(address, token)
            : throw new Complaint($"CASTELLAN_URL '{url}' is not an address.", "Set it to https://...");
    }

    private static Connection FromProfile(ProfileStore profiles, string? name)
    {
        var (found, profile) = profiles.Read().Find(name);
        if (profile is null)
            throw new Complaint(found is null ? "You are not logged in." : $"There is no profile '{found}'.",
                $"castellan login --url https://...{(found is null ? "" : $" --profile {found}")}");
        if (profile.Token is null)
            throw new Complaint($"The profile '{found}' is logged out.", $"castellan login --profile {found}");
        return new Connection(profile.Url, profile.Token);
    }
}
