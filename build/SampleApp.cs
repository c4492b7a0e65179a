using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Castellan.Build;

/// <summary>
/// Registers the sample app as a person would: through the server's ordinary operations, with a one-time token that the
/// server prints for scripts on its own machine.
/// </summary>
internal static class SampleApp
{
    private const string Name = "Customer portal";
    private const string Origin = "http://127.0.0.1:5173";

    /// <summary>
    /// Waits for the server, registers the app if it is not there, and tells the sample where and who it is.
    /// </summary>
    public static async Task Register(string data, Uri server)
    {
        using var http = new HttpClient { BaseAddress = server };
        await Answers(http);
        var oneTime = await Shell.Printed(Output.Server, "token", "--DataFolder", data);
        var session =
            await Send(http, HttpMethod.Post, "/v1/operators/exchange", new JsonObject { ["token"] = oneTime });
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", session["token"]!.ToString());
        var id = await Find(http) ?? await Create(http);
        await Apply(http, id);
        var settings = await Send(http, HttpMethod.Get, $"/v1/apps/{id}/environments/sandbox");
        var config = new JsonObject
        {
            ["url"] = server.GetLeftPart(UriPartial.Authority),
            ["key"] = settings["publishable_key"]!.ToString(),
        };
        await File.WriteAllTextAsync(
            Path.Combine(Output.Sample, "dist", "config.json"), config.ToJsonString(), Shell.Interrupted);
        Console.WriteLine($"The sample app, {Name}, is at {Origin}/ and has nothing but this URL and publishable key:");
        Console.WriteLine($"  {config["url"]}  {config["key"]}");
    }

    private static async Task<string?> Find(HttpClient http)
    {
        var apps = await Send(http, HttpMethod.Get, "/v1/apps?limit=200");
        return apps["items"]!.AsArray().FirstOrDefault(app => app!["name"]!.ToString() == Name)?["id"]!.ToString();
    }

    private static async Task<string> Create(HttpClient http)
    {
        Console.WriteLine($"Registering the app {Name}: apps.create, then apps.settings.update for sandbox.");
        var app = await Send(http, HttpMethod.Post, "/v1/apps", new JsonObject
        {
            ["name"] = Name, ["owner"] = "Platform team", ["builder"] = "hand", ["data_class"] = "personal",
        });
        await Send(http, HttpMethod.Patch, $"/v1/apps/{app["id"]}/environments/sandbox", new JsonObject
        {
            ["origins"] = new JsonArray(Origin), ["redirect_uris"] = new JsonArray($"{Origin}/callback"),
        });
        return app["id"]!.ToString();
    }

    /// <summary>Puts the sample's contract in force, where it is not already.</summary>
    private static async Task Apply(HttpClient http, string id)
    {
        var contract = await File.ReadAllTextAsync(Path.Combine(Output.Sample, "castellan.json"), Shell.Interrupted);
        var applied = await Send(http, HttpMethod.Post, $"/v1/apps/{id}/contract", new JsonObject
        {
            ["contract"] = JsonNode.Parse(contract),
        });
        if (applied["changed"]!.GetValue<bool>())
            Console.WriteLine("Applying samples/customer-portal/castellan.json: contracts.apply for sandbox.");
    }

    private static async Task<JsonNode> Send(HttpClient http, HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Castellan-Environment", "sandbox");
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await http.SendAsync(request, Shell.Interrupted);
        var text = await response.Content.ReadAsStringAsync(Shell.Interrupted);
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new BuildFailure($"{method} {path} was answered with {(int)response.StatusCode}: {text}");
    }

    private static async Task Answers(HttpClient http)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            try
            {
                using var response = await http.GetAsync("/v1/installation", Shell.Interrupted);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, Shell.Interrupted);
            }
        }
        throw new BuildFailure($"The server at {http.BaseAddress} did not answer within a minute.");
    }
}
