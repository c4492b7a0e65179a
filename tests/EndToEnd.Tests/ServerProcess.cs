using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Web;
using Xunit;

namespace Castellan.EndToEnd;

/// <summary>The published server with its owner signed in. One serves all tests of a class.</summary>
public sealed class ServerProcess : IAsyncLifetime
{
    private PublishedServer? server;

    public Uri Address => server!.Address;

    /// <summary>The owner's session.</summary>
    public HttpClient Owner { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        server = await PublishedServer.Start();
        using var bearer = With(HttpUtility.ParseQueryString(server.OwnerLink.Query)["token"]!);
        using var claimed = await bearer.PostAsJsonAsync("v1/operators/claim", new
        {
            name = "Ada",
            email = "ada@example.org",
            password = "correct horse battery staple",
        });
        claimed.EnsureSuccessStatusCode();
        Owner = With((await claimed.Content.ReadFromJsonAsync<JsonObject>())!["token"]!.ToString());
    }

    /// <summary>A token with which a command line signs in as the owner, once.</summary>
    public async Task<string> OneTimeToken()
    {
        using var made = await Owner.PostAsync(new Uri("v1/operators/tokens", UriKind.Relative), content: null);
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonObject>())!["token"]!.ToString();
    }

    public HttpClient With(string bearer) => server!.With(bearer);

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        if (server is not null) await server.DisposeAsync();
    }
}
