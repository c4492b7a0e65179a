using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>One run of one verb: what was typed, where results go, and the server of its profile.</summary>
internal sealed class Session(ParseResult parsed) : IDisposable
{
    private readonly List<IDisposable> owned = [];
    private readonly Dictionary<string, CastellanClient> clients = [];

    public Terminal Terminal { get; } = Terminal.For(parsed);

    public ProfileStore Profiles { get; } = ProfileStore.OfThisUser();

    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>The environment that was named, or sandbox.</summary>
    public string Environment { get; } = parsed.GetValue(GlobalOptions.Environment)!;

    /// <summary>Whether somebody typed it.</summary>
    public bool IsEnvironmentNamed { get; } = parsed.GetResult(GlobalOptions.Environment) is { Implicit: false };

    /// <summary>The profile that was named; null leaves the choice to the store.</summary>
    public string? ProfileName { get; } =
        parsed.GetValue(GlobalOptions.Profile) ?? System.Environment.GetEnvironmentVariable("CASTELLAN_PROFILE");

    /// <summary>The signed-in client of the profile.</summary>
    public CastellanClient Client => ClientIn(Environment);

    /// <summary>As <see cref="Client"/>, for what is about another environment than the one that was named.</summary>
    public CastellanClient ClientIn(string environment) => clients.TryGetValue(environment, out var known)
        ? known
        : clients[environment] = Connect(Connection.Find(Profiles, ProfileName), environment: environment);

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>A repeatable option: null where it was not given, no items where its only value is empty.</summary>
    public IReadOnlyList<string>? Values(Option<string[]> option) => parsed.GetResult(option) is null
        ? null
        : [.. parsed.GetValue(option)!.Where(value => value.Length > 0)];

    /// <summary>A client for an address, patient as a person at a keyboard is.</summary>
    public CastellanClient Connect(Connection to, SocketsHttpHandler? handler = null, string? environment = null)
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
                Environment = environment ?? Environment,
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
    /// <summary>
    /// From <c>CASTELLAN_URL</c> with <c>CASTELLAN_TOKEN</c> or <c>CASTELLAN_KEY</c>, else from the profile.
    /// </summary>
    public static Connection Find(ProfileStore profiles, string? name) =>
        FromEnvironment() ?? FromProfile(profiles, name);

    public static Connection? FromEnvironment()
    {
        var url = Environment.GetEnvironmentVariable("CASTELLAN_URL");
        var token = Environment.GetEnvironmentVariable("CASTELLAN_TOKEN");
        var key = Environment.GetEnvironmentVariable("CASTELLAN_KEY");
        if (!string.IsNullOrEmpty(token) && !string.IsNullOrEmpty(key))
        {
            throw new Complaint("CASTELLAN_TOKEN and CASTELLAN_KEY are both set.",
                "Set the one that is meant: an operator's token, or an app's secret key.");
        }
        var credential = string.IsNullOrEmpty(key) ? token : key;
        if (string.IsNullOrEmpty(url) && string.IsNullOrEmpty(credential)) return null;
        if (string.IsNullOrEmpty(url) || string.IsNullOrEmpty(credential))
            throw new Complaint("Only one of CASTELLAN_URL and CASTELLAN_TOKEN (or CASTELLAN_KEY) is set.",
                "Set both, so that a token never goes to a server that it is not of; or neither, to use a profile.");
        return Uri.TryCreate(url, UriKind.Absolute, out var address)
            ? new Connection(address, credential)
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
