using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Web;
using AwesomeAssertions;

namespace Castellan.Tests.Operators;

/// <summary>What operators do, through the operations that they use.</summary>
internal static class OperatorActs
{
    public const string Password = "correct horse battery staple";

    /// <summary>Invites an operator and gives the token of the link.</summary>
    public static async Task<string> Invite(this TestServer server, string role, string email)
    {
        var made = await server.InProcess.Call(
            InProcess.Owner, "operators.create", body: new { name = $"The {role}", email, role });
        return TokenOf(made["link"]!.ToString());
    }

    /// <summary>A client with the session of a new operator, which says the environment in every call.</summary>
    public static async Task<HttpClient> SignedInOperator(
        this TestServer server, string role = "owner", string? email = null, string? environment = "sandbox")
    {
        var link = await server.Invite(role, email ?? $"{role}@example.org");
        var signedIn = await server.Claim(link, new { password = Password });
        return server.With(signedIn["token"]!.ToString(), environment: environment);
    }

    public static async Task<JsonObject> Claim(this TestServer server, string link, object body)
    {
        using var client = server.With(link);
        using var response = await client.PostAsJsonAsync("/v1/operators/claim", body, Ct);
        var answer = await Read(response);
        response.IsSuccessStatusCode.Should().BeTrue(answer.ToJsonString());
        return answer;
    }

    public static async Task<(int Status, JsonObject Answer)> Send(
        this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await client.SendAsync(request, Ct);
        return ((int)response.StatusCode, await Read(response));
    }

    public static string TokenOf(string link) => HttpUtility.ParseQueryString(new Uri(link).Query)["token"]!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<JsonObject> Read(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Ct);
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }
}
