namespace Castellan.Identity.OAuth;

/// <summary>
/// The environment of the OAuth request in progress. OpenIddict's stores and options take no scope, so it travels beside
/// them; the branch sets it before anything of OpenIddict runs, and reading it anywhere else fails.
/// </summary>
internal static class OAuthEnvironment
{
    private static readonly AsyncLocal<string?> Flowing = new();

    public static string Current => Flowing.Value ?? throw new InvalidOperationException("OAuth outside of an environment.");

    public static void Enter(string environment) => Flowing.Value = environment;
}
