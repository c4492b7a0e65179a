using Castellan.Kernel.Http;
using Castellan.Platform.Crypto;

namespace Castellan.AdminUi;

/// <summary>
/// The pages' cookies. Where the server is https they carry <c>__Host-</c>: Secure, of this host alone, for every path.
/// No script can read them.
/// </summary>
internal sealed class AdminCookies(PublicAddress address)
{
    private readonly bool secure = address.Base.Scheme == Uri.UriSchemeHttps;

    public string? Session(HttpContext context) => Read(context, HttpAdapter.OperatorCookie);

    public void SetSession(HttpContext context, string token, DateTimeOffset expires) =>
        Set(context, HttpAdapter.OperatorCookie, token, expires);

    public void EndSession(HttpContext context) =>
        context.Response.Cookies.Delete(Name(HttpAdapter.OperatorCookie), Options());

    public string? Form(HttpContext context) => Read(context, "castellan_form");

    public string EnsureForm(HttpContext context)
    {
        if (Form(context) is { } known) return known;
        var made = OpaqueToken.New("form_");
        Set(context, "castellan_form", made, expires: null);
        return made;
    }

    public string? Environment(HttpContext context) => Read(context, "castellan_environment");

    public void SetEnvironment(HttpContext context, string name) =>
        Set(context, "castellan_environment", name, expires: null);

    /// <summary>What the next page says, once.</summary>
    public void SetFlash(HttpContext context, string text) =>
        Set(context, "castellan_flash", Uri.EscapeDataString(text), expires: null);

    public string? TakeFlash(HttpContext context)
    {
        if (Read(context, "castellan_flash") is not { } text) return null;
        context.Response.Cookies.Delete(Name("castellan_flash"), Options());
        return Uri.UnescapeDataString(text);
    }

    private string Name(string name) => secure ? "__Host-" + name : name;

    private string? Read(HttpContext context, string name) =>
        context.Request.Cookies[Name(name)] is { Length: > 0 and < 1000 } value ? value : null;

    private void Set(HttpContext context, string name, string value, DateTimeOffset? expires)
    {
        var options = Options();
        options.Expires = expires;
        context.Response.Cookies.Append(Name(name), value, options);
    }

    private CookieOptions Options() =>
        new() { HttpOnly = true, Secure = secure, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
