namespace Castellan.Identity.OAuth;

/// <summary>
/// The environment of the OAuth request in progress, and its keys, the one that signs first. OpenIddict's stores and
/// options take no scope, so they travel beside them; the branch enters before anything of OpenIddict runs, and reading
/// them anywhere else fails.
/// </summary>
internal sealed record OAuthEnvironment(string Name, IReadOnlyList<SigningKey> Keys)
{
    private static readonly AsyncLocal<OAuthEnvironment?> Flowing = new();

    public static string Current => Entered.Name;

    public static OAuthEnvironment Entered =>
        Flowing.Value ?? throw new InvalidOperationException("OAuth outside of an environment.");

    public static void Enter(OAuthEnvironment environment) => Flowing.Value = environment;
}
