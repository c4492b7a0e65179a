using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Castellan.Kernel.Http;
using Castellan.Platform.Crypto;

namespace Castellan.AdminUi;

/// <summary>
/// Proof that a post comes from a form of ours: a MAC over the browser's own cookie in a hidden field (OWASP's
/// HMAC-based token), and the browser's word that the request is same-origin. Either alone would do; both are asked
/// for.
/// </summary>
internal sealed class Antiforgery(Secrets secrets, AdminCookies cookies, PublicAddress address)
{
    public const string Field = "_form";
    private readonly byte[] key = secrets.KeyFor("antiforgery");

    /// <summary>The hidden field's value. Before sign-in it is bound to a random cookie, set here.</summary>
    public string Token(HttpContext context) => Mac(cookies.Session(context) ?? cookies.EnsureForm(context));

    public bool Accepts(HttpContext context, IFormCollection form)
    {
        if (!IsSameOrigin(context.Request)) return false;
        var subject = cookies.Session(context) ?? cookies.Form(context);
        return subject is not null && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Mac(subject)), Encoding.UTF8.GetBytes(form[Field].ToString()));
    }

    /// <summary>
    /// Fetch Metadata where the browser sends it. Origin otherwise; it is absent from programs, and <c>null</c> from
    /// pages without a referrer such as ours, whose browsers all send Fetch Metadata.
    /// </summary>
    private bool IsSameOrigin(HttpRequest request)
    {
        if (HttpGateRequest.One(request.Headers["Sec-Fetch-Site"]) is { } site) return site is "same-origin" or "none";
        if (request.Headers.Origin.Count == 0) return true;
        var origin = HttpGateRequest.One(request.Headers.Origin);
        return origin == address.Base.GetLeftPart(UriPartial.Authority)
            || origin == $"{request.Scheme}://{request.Host}";
    }

    private string Mac(string subject) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(subject)));
}
