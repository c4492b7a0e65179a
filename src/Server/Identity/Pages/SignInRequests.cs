using Castellan.Identity.OAuth;
using Castellan.Platform.Crypto;
using Microsoft.AspNetCore.WebUtilities;

namespace Castellan.Identity.Pages;

/// <summary>
/// The authorize request on whose way a page stands. <paramref name="Address"/> is its path and query, where the
/// browser goes on once the user is signed in and has agreed.
/// </summary>
internal sealed record SignInRequest(string Address, string Text, OAuthClient Client, string RedirectUri, string? State)
{
    /// <summary>What the page's Content-Security-Policy must let a posted form lead to, by redirects.</summary>
    public string FormTarget => Uri.TryCreate(RedirectUri, UriKind.Absolute, out var uri)
        ? uri.Scheme is "http" or "https" ? uri.GetLeftPart(UriPartial.Authority) : $"{uri.Scheme}:"
        : "";
}

/// <summary>
/// Carries authorize requests through the pages as signed text. Only requests that passed every check of the authorize
/// endpoint are signed, so that a page leads nowhere else, whatever its address says.
/// </summary>
internal sealed class SignInRequests(OAuthClients clients, Secrets secrets)
{
    public const string Field = "return";
    private const int LengthMax = 8 * 1024;
    private readonly SignedText signed = new(secrets.KeyFor("sign-in-request"));

    public string Sign(string environment, string address) => signed.Sign($"{environment}\n{address}");

    public async ValueTask<SignInRequest?> Read(string environment, string? text)
    {
        if (text is not { Length: > 0 and <= LengthMax } || signed.Verify(text) is not { } verified) return null;
        var end = verified.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || verified[..end] != environment) return null;
        var address = verified[(end + 1)..];
        var query = QueryHelpers.ParseQuery(address[address.IndexOf('?', StringComparison.Ordinal)..]);
        // The app may have changed since: a withdrawn redirect address is one no more.
        return await clients.FindByKey(environment, query["client_id"].ToString()) is { } client
            && query["redirect_uri"].ToString() is { } redirect && client.RedirectUris.Contains(redirect)
            ? new SignInRequest(address, text, client, redirect, query["state"])
            : null;
    }
}
