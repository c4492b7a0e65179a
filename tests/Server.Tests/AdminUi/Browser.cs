using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Tests.Operators;

namespace Castellan.Tests.AdminUi;

/// <summary>A browser without script: keeps cookies, follows redirects, fills in the forms that a page shows.</summary>
internal sealed partial class Browser(TestServer server) : IDisposable
{
    private readonly HttpClient client = new(new HttpClientHandler { UseCookies = true, AllowAutoRedirect = true })
    {
        BaseAddress = server.Address,
    };

    public sealed record Seen(HttpStatusCode Status, string Html, string Path, HttpResponseMessage Response);

    /// <summary>A browser in which an operator with this role has just set the password.</summary>
    public static async Task<Browser> SignedIn(TestServer server, string role = "owner", string? email = null)
    {
        var browser = new Browser(server);
        var token = await server.Invite(role, email ?? $"{role}@example.org");
        var page = await browser.Submit($"/setup?token={token}", "/setup", ("password", OperatorActs.Password));
        page.Path.Should().Be("/admin", page.Html);
        return browser;
    }

    public async Task<Seen> Open(string path)
    {
        var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return await Read(response);
    }

    /// <summary>Opens a page and sends its form with this action, its hidden fields and these values.</summary>
    public async Task<Seen> Submit(string path, string action, params (string Name, string Value)[] values)
    {
        var page = await Open(path);
        var form = Forms().Matches(page.Html).FirstOrDefault(m => m.Groups["action"].Value == action)
            ?? throw new InvalidOperationException($"{path} has no form for {action}: {page.Html}");
        var hidden = Hidden().Matches(form.Value).Select(m => (m.Groups["name"].Value, m.Groups["value"].Value));
        return await Post(action, [.. hidden.Where(h => values.All(v => v.Name != h.Item1)), .. values]);
    }

    public async Task<Seen> Post(string path, (string Name, string Value)[] values, params (string, string)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new FormUrlEncodedContent(values.Select(v => KeyValuePair.Create(v.Name, v.Value)));
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await Read(await client.SendAsync(request, TestContext.Current.CancellationToken));
    }

    public void Dispose() => client.Dispose();

    private static async Task<Seen> Read(HttpResponseMessage response) => new(
        response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        response.RequestMessage!.RequestUri!.AbsolutePath, response);

    [GeneratedRegex("""<form method="post" action="(?<action>[^"]*)">.*?</form>""", RegexOptions.Singleline, 1000)]
    private static partial Regex Forms();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)" />""", RegexOptions.None, 1000)]
    private static partial Regex Hidden();
}
