using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel.Http;
using Castellan.Tests.Judges;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Conformance;

/// <summary>Judged by Redocly: OpenAPI 3.1 without errors or warnings under the rules of <c>redocly.yaml</c>.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Every_noun_is_described_and_the_introduction_says_how_to_begin()
    {
        await using var server = await TestServer.Start();
        var document = JsonNode.Parse(
            await server.Http.GetStringAsync("/openapi.json", TestContext.Current.CancellationToken))!;

        document["tags"]!.AsArray().Should().OnlyContain(tag => tag!["description"]!.ToString().Length > 10);
        document["info"]!["description"]!.ToString().Should().ContainAll(
            "## Base address", "## Credentials", "Castellan-Key", "cas_sk_", "cas_op_", "Castellan-Environment",
            "## Tenants", "## Errors", "Idempotency-Key", "next_cursor", "Retry-After", "curl");
    }

    [Fact]
    public async Task The_description_has_neither_errors_nor_warnings()
    {
        await using var server = await TestServer.Start();
        (await Problems(server.App.Services.GetRequiredService<OpenApiDocument>().Text)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_description_with_planted_defects_is_refused()
    {
        await using var server = await TestServer.Start();
        var broken = JsonNode.Parse(server.App.Services.GetRequiredService<OpenApiDocument>().Text)!;
        var get = broken["paths"]!["/v1/apps/{app}"]!["get"]!;
        get["operationId"] = "apps.list";
        get["parameters"] = new JsonArray();
        get["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"] = "#/components/schemas/Nothing";

        (await Problems(broken.ToJsonString())).Should().Contain(p => p.StartsWith("operation-operationId-unique"))
            .And.Contain(p => p.StartsWith("path-parameters-defined"))
            .And.Contain(p => p.StartsWith("no-unresolved-refs"));
    }

    private static async Task<IReadOnlyList<string>> Problems(string document)
    {
        await using var judge = Judge.Start("openapi.mjs");
        var verdicts = await judge.Judged(document);
        verdicts[^1]["severity"]!.ToString().Should().Be("end", "the judge came to its end");
        return [.. verdicts.SkipLast(1).Select(v => $"{v["rule"]} {v["at"]}: {v["message"]}")];
    }
}
