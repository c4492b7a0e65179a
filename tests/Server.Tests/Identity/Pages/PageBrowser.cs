using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Castellan.Tests.Identity.Pages;

/// <summary>A browser as far as the hosted pages need one: cookies, redirects and forms.</summary>
internal sealed partial class PageBrowser : IDisposable
{
    public const string Callback = "http://127.0.0.1:9/callback";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"; // RFC 7636 appendix B
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private readonly HttpClient http;

    public PageBrowser(TestServer server)
    {
        http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies })
        {
            BaseAddress = server.Address,
        };
    }

    public CookieContainer Cookies { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static string Authorize(string key, string environment = "sandbox", string more = "") =>
        $"/{environment}/oauth/authorize?response_type=code&client_id={key}"
        + $"&redirect_uri={Uri.EscapeDataString(Callback)}&scope=openid%20email&state=s1"
        + $"&code_challenge={Challenge}&code_challenge_method=S256{more}";

    /// <summary>Follows redirects to a page, or to the app.</summary>
    public async Task<Page> Open(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await Follow(request);
    }

    /// <summary>
    /// Sends a page's form, hidden fields as they are; <paramref name="headers"/> as a forger would set them.
    /// </summary>
    public async Task<Page> Submit(
        Page page, string action, object? fields = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, action);
        request.Content = new FormUrlEncodedContent(page.FormFields(action).Concat(Values(fields)));
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await Follow(request);
    }

    public async Task<Page> Post(string address, object fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = new FormUrlEncodedContent(Values(fields));
        return await Follow(request);
    }

    /// <summary>Signs in by the page, and agrees where that is asked. Gives where the browser ends.</summary>
    public async Task<Page> SignIn(string authorize, string email, string password)
    {
        var page = await Open(authorize);
        if (page.Address.Contains("/sign-in", StringComparison.Ordinal))
            page = await Submit(page, page.Path, new { email, password });
        return page.Path.EndsWith("/consent", StringComparison.Ordinal)
            ? await Submit(page, page.Path, new { decision = "agree" })
            : page;
    }

    public async Task<Reply> Exchange(string key, Page arrived, string environment = "sandbox") => await Token(key, new
    {
        grant_type = "authorization_code",
        code = arrived.Answer("code"),
        redirect_uri = Callback,
        code_verifier = Verifier,
    }, environment);

    public Task<Reply> Refresh(string key, string refreshToken, string environment = "sandbox") =>
        Token(key, new { grant_type = "refresh_token", refresh_token = refreshToken }, environment);

    public async Task<Reply> Token(string key, object fields, string environment = "sandbox", string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{environment}/oauth/token");
        request.Content = new FormUrlEncodedContent(Values(fields).Append(new("client_id", key)));
        if (origin is not null) request.Headers.Add("Origin", origin);
        using var response = await http.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return new Reply(response.StatusCode, text, response.Headers.RetryAfter?.Delta);
    }

    public void Dispose() => http.Dispose();

    private async Task<Page> Follow(HttpRequestMessage request)
    {
        var address = request.RequestUri!.OriginalString;
        var response = await http.SendAsync(request, Ct);
        for (var hops = 0; hops < 10 && response.Headers.Location is { } next; hops++)
        {
            response.Dispose();
            address = next.OriginalString;
            if (address.StartsWith("http", StringComparison.Ordinal)) return new Page(response, address, "");
            response = await http.GetAsync(next, Ct);
        }
        using (response) return new Page(response, address, await response.Content.ReadAsStringAsync(Ct));
    }

    private static IEnumerable<KeyValuePair<string, string>> Values(object? fields) => fields is null
        ? []
        : System.Text.Json.JsonSerializer.SerializeToNode(fields)!.AsObject()
            .Select(field => KeyValuePair.Create(field.Key, field.Value!.ToString()));

    /// <summary>What a request ended at. <paramref name="Address"/> is absolute where it is the app's.</summary>
    internal sealed record Page(HttpResponseMessage Response, string Address, string Html)
    {
        public HttpStatusCode Status => Response.StatusCode;

        public string Path => Address.Split('?')[0];

        public bool Arrived => Address.StartsWith(Callback, StringComparison.Ordinal);

        /// <summary>The page without what differs by nature: proofs.</summary>
        public string Comparable => HiddenValue().Replace(Html, "");

        /// <summary>A parameter of the answer that the app gets.</summary>
        public string Answer(string name) => QueryHelpers.ParseQuery(new Uri(Address).Query)[name].ToString();

        public IEnumerable<KeyValuePair<string, string>> FormFields(string action)
        {
            var form = FormTag().Matches(Html).FirstOrDefault(found => found.Groups["action"].Value == action)
                ?? throw new InvalidOperationException($"No form leads to {action}: {Html}");
            return HiddenInput().Matches(form.Groups["inner"].Value).Select(found => KeyValuePair.Create(
                found.Groups["name"].Value, WebUtility.HtmlDecode(found.Groups["value"].Value)));
        }
    }

    [GeneratedRegex(
        @"<form\b[^>]*action=""(?<action>[^""]*)""[^>]*>(?<inner>.*?)</form>", RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex FormTag();

    [GeneratedRegex(
        @"<input type=""hidden"" name=""(?<name>[^""]+)"" value=""(?<value>[^""]*)""", RegexOptions.None,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex HiddenInput();

    [GeneratedRegex(
        @"type=""hidden"" name=""\w+"" value=""[^""]*""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HiddenValue();
}
