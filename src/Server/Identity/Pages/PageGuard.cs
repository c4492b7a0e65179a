using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Castellan.Kernel.Http;
using Castellan.Platform.Crypto;

namespace Castellan.Identity.Pages;

/// <summary>
/// The pages' cookies, and the proof that a form was shown by us to this very browser. Signed in, the proof is bound to
/// the session; before that, to a random cookie of its own (a signed double submit). In both cases a foreign origin is
/// refused as well.
/// </summary>
internal sealed class PageGuard(PublicAddress address, Secrets secrets)
{
    public const string ProofField = "proof";

    /// <summary>Browsers drop cookies beyond 4 KB.</summary>
    private const int WayMax = 3500;

    /// <summary>As long as clients remember a sign-in that they began.</summary>
    private static readonly TimeSpan WayLifetime = TimeSpan.FromHours(1);

    private const string BrowserPrefix = "cas_br_";

    /// <summary>As long as a session lives that began at the page session's end.</summary>
    private static readonly TimeSpan BrowserLifetime = Session.Lifetime + PageSession.Lifetime;

    private readonly byte[] key = secrets.KeyFor("antiforgery");
    private readonly SignedText places = new(secrets.KeyFor("place-after-sign-in"));
    private readonly bool secure = address.Base.Scheme == Uri.UriSchemeHttps;
    private readonly string origin = address.Base.GetLeftPart(UriPartial.Authority);

    /// <summary>The session's token that the browser shows, judged by nobody yet.</summary>
    public string? SessionToken(HttpContext context, string environment) =>
        context.Request.Cookies[SessionCookie(environment)];

    public void SignIn(HttpContext context, string environment, string token)
    {
        context.Response.Cookies.Append(SessionCookie(environment), token, Options(PageSession.Lifetime));
        var known = context.Request.Cookies[BrowserCookie(environment)];
        var browser = OpaqueToken.IsWellFormed(known ?? "", BrowserPrefix) ? known! : OpaqueToken.New(BrowserPrefix);
        context.Response.Cookies.Append(BrowserCookie(environment), browser, Options(BrowserLifetime));
    }

    /// <summary>
    /// By what sessions know the browser in which they began, or null for one that never signed in here. It proves
    /// nothing and names nobody: it only lets people find their own browser in a list.
    /// </summary>
    public string? Browser(HttpContext context, string environment) =>
        context.Request.Cookies[BrowserCookie(environment)] is { } token
        && OpaqueToken.IsWellFormed(token, BrowserPrefix)
            ? Convert.ToHexStringLower(OpaqueToken.Hash(token))
            : null;

    public void SignOut(HttpContext context, string environment) =>
        context.Response.Cookies.Delete(SessionCookie(environment), Options(lifetime: null));

    /// <summary>
    /// Remembers in the browser which sign-in was under way, for mailed links, which cannot carry it. Signed, so it
    /// needs no further care.
    /// </summary>
    public void RememberWay(HttpContext context, string environment, SignInRequest? request)
    {
        if (request is { Text.Length: < WayMax })
            context.Response.Cookies.Append(WayCookie(environment), request.Text, Options(WayLifetime));
    }

    public string? WayBack(HttpContext context, string environment) => context.Request.Cookies[WayCookie(environment)];

    public void ForgetWay(HttpContext context, string environment)
    {
        if (WayBack(context, environment) is not null)
            context.Response.Cookies.Delete(WayCookie(environment), Options(lifetime: null));
    }

    /// <summary>
    /// Remembers in the browser to which of our own pages a sign-in leads that no app asked for: a path, with its
    /// query.
    /// </summary>
    public void RememberPlace(HttpContext context, string environment, string path) =>
        context.Response.Cookies.Append(PlaceCookie(environment), places.Sign(path), Options(WayLifetime));

    public string? Place(HttpContext context, string environment) =>
        context.Request.Cookies[PlaceCookie(environment)] is { Length: < WayMax } text ? places.Verify(text) : null;

    public void ForgetPlace(HttpContext context, string environment) =>
        context.Response.Cookies.Delete(PlaceCookie(environment), Options(lifetime: null));

    /// <summary>
    /// The proof to put into a form. Makes the browser's form cookie where there is nothing else to bind it to.
    /// </summary>
    public string Proof(HttpContext context, string environment, PageSession? session)
    {
        if (session is not null) return Mac(environment, session.Hash);
        var cookie = context.Request.Cookies[FormCookie(environment)];
        if (cookie is not { Length: 43 })
        {
            cookie = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            context.Response.Cookies.Append(FormCookie(environment), cookie, Options(lifetime: null));
        }
        return Mac(environment, Encoding.UTF8.GetBytes(cookie));
    }

    /// <summary>Whether a posted form is one that we showed to this browser.</summary>
    public bool IsOurs(HttpContext context, string environment, PageSession? session, IFormCollection form)
    {
        var headers = context.Request.Headers;
        if (headers.Origin.Count > 0 && headers.Origin.ToString() != origin) return false;
        if (headers["Sec-Fetch-Site"] is { Count: > 0 } site && site.ToString() != "same-origin") return false;
        var expected = session is not null
            ? Mac(environment, session.Hash)
            : context.Request.Cookies[FormCookie(environment)] is { } cookie
                ? Mac(environment, Encoding.UTF8.GetBytes(cookie))
                : null;
        return expected is not null && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(form[ProofField].ToString()));
    }

    // The prefix makes browsers refuse the cookie from other hosts, from a path and over http (RFC 6265bis section
    // 4.1.3.2).
    private string SessionCookie(string environment) => $"{(secure ? "__Host-" : "")}castellan_{environment}";

    private string FormCookie(string environment) => $"{(secure ? "__Host-" : "")}castellan_{environment}_form";

    private string WayCookie(string environment) => $"{(secure ? "__Host-" : "")}castellan_{environment}_way";

    private string BrowserCookie(string environment) => $"{(secure ? "__Host-" : "")}castellan_{environment}_browser";

    private string PlaceCookie(string environment) => $"{(secure ? "__Host-" : "")}castellan_{environment}_place";

    private CookieOptions Options(TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        Secure = secure,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };

    private string Mac(string environment, byte[] bound)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(environment + "\n"));
        hmac.AppendData(bound);
        return Base64Url.EncodeToString(hmac.GetHashAndReset());
    }
}
