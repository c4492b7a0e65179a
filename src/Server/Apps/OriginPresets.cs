using System.Text;
using Castellan.Kernel;

namespace Castellan.Apps;

/// <summary>
/// Builders' shared preview domains by name. Anybody can get a host below them, so they are for <c>sandbox</c> only.
/// </summary>
internal static class OriginPresets
{
    private static readonly Dictionary<string, string[]> Hosts = new()
    {
        ["lovable"] = [".lovable.app", ".lovable.dev", ".lovableproject.com"],
        ["replit"] = [".replit.app", ".replit.dev", ".repl.co"],
        ["bolt"] = [".bolt.host", ".webcontainer-api.io", ".stackblitz.io"],
        ["v0"] = [".v0.app", ".v0.dev", ".vusercontent.net"],
    };

    /// <summary><c>local</c> is any port of this machine's loopback names.</summary>
    public const string Local = "local";

    public static IReadOnlyList<string> Names { get; } = [.. Hosts.Keys, Local];

    public static bool Matches(string preset, string origin)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
            return false;
        if (preset == Local) return uri.Scheme == Uri.UriSchemeHttp && uri.Host is "localhost" or "127.0.0.1";
        return uri.Scheme == Uri.UriSchemeHttps && uri.IsDefaultPort && Hosts.TryGetValue(preset, out var hosts)
            && hosts.Any(host => uri.Host.Length > host.Length && uri.Host.EndsWith(host, StringComparison.Ordinal));
    }

}

/// <summary>What any app lists, in any environment: all that a preflight, which carries no key, can ask for.</summary>
internal sealed class RegisteredOrigins(IEnumerable<string> origins, IEnumerable<string> presets)
{
    private readonly HashSet<string> origins = [.. origins];
    private readonly string[] presets = [.. presets];

    public bool Contain(string origin) =>
        origins.Contains(origin) || presets.Any(preset => OriginPresets.Matches(preset, origin));
}

/// <summary>
/// Checks the addresses that an app registers: compared exactly later, so normalised and bounded here.
/// </summary>
internal static class AppAddresses
{
    private const int AddressesMax = 50;

    public static IReadOnlyList<string>? Presets(Input input, string name)
    {
        var presets = input.TextsOrNull(name, AddressesMax, max: 30);
        foreach (var preset in presets ?? [])
        {
            if (!OriginPresets.Names.Contains(preset))
                input.Refuse(name, "not_a_choice", $"'{preset}' is no preset.",
                    $"Use one of: {string.Join(", ", OriginPresets.Names)}.");
        }
        return presets;
    }

    /// <summary>
    /// Absolute, without a fragment (RFC 6749 section 3.1.2). http only on loopback; private schemes for native apps.
    /// </summary>
    public static IReadOnlyList<string>? Redirects(Input input, string name)
    {
        var redirects = input.TextsOrNull(name, AddressesMax, max: 500);
        foreach (var redirect in redirects ?? [])
        {
            if (!Uri.TryCreate(redirect, UriKind.Absolute, out var uri) || uri.Fragment.Length > 0 || !IsSafe(uri))
            {
                input.Refuse(name, "not_a_redirect", $"'{redirect}' cannot be a redirect address.",
                    "Send an https address, an http one on localhost, or a private scheme: com.example.app:/callback.");
            }
            else if (!Ascii.IsValid(uri.Host))
            {
                // Browsers and the OAuth endpoints write such a host in ASCII, and addresses are compared exactly.
                input.Refuse(name, "not_ascii", $"The host of '{redirect}' has characters beyond ASCII.",
                    $"Send it in the form that browsers use: {uri.IdnHost}.");
            }
        }
        return redirects;
    }

    private static bool IsSafe(Uri uri) => uri.Scheme switch
    {
        "https" => true,
        "http" => uri.IsLoopback,
        "javascript" or "data" or "file" or "vbscript" or "blob" => false,
        var scheme => scheme.Contains('.', StringComparison.Ordinal),
    };
}
