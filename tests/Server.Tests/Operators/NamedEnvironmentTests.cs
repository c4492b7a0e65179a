using System.Net;
using AwesomeAssertions;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Operators;

/// <summary>An operator says whose data is meant; nothing is guessed.</summary>
public sealed class NamedEnvironmentTests
{
    [Theory]
    [InlineData("GET", "/v1/users")]
    [InlineData("GET", "/v1/audit")]
    [InlineData("GET", "/v1/tenants/ten_01m84j9dewfem95qc8swj55x27")]
    [InlineData("POST", "/v1/tenants")]
    [InlineData("POST", "/v1/users/usr_01m84j9dewfem95qc8swj55x27/suspend")]
    public async Task A_call_that_names_none_is_refused_and_changes_nothing(string method, string path)
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator(environment: null);
        object? body = method == "POST" ? new { name = "Acme", reason = "a test" } : null;
        var before = await Rows.Count(server);

        foreach (var headers in new (string, string)[][] { [], [("Castellan-Environment", "")] })
        {
            var answer = await HttpAnswer.Send(owner, method, path, body, headers);
            (answer.Status, answer.Code).Should().Be((400, "environment_required"));
            answer.Json["fix"]!.ToString().Should().Contain("Castellan-Environment");
        }
        (await Rows.Count(server)).Counts.Should().Equal(before.Counts);
    }

    [Fact]
    public async Task What_is_the_installations_needs_none_and_is_told_in_every_environment()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator(environment: null);

        var app = await HttpAnswer.Send(owner, "POST", "/v1/apps", new { name = "Portal", owner = "ops" });
        app.Status.Should().Be((int)HttpStatusCode.Created);
        var settings = $"/v1/apps/{app.Json["id"]}/environments/live";
        (await HttpAnswer.Send(owner, "GET", settings)).Status.Should().Be(200);
        (await HttpAnswer.Send(owner, "GET", "/v1/installation")).Status.Should().Be(200);

        foreach (var environment in new[] { "sandbox", "live" })
        {
            var header = ("Castellan-Environment", environment);
            await Poll.Until(async () =>
                (await HttpAnswer.Send(owner, "GET", "/v1/events", null, header)).Text.Contains("app.registered"));
            var audit = await HttpAnswer.Send(owner, "GET", "/v1/audit?action=apps.create", null, header);
            audit.Json["items"]!.AsArray().Should().ContainSingle();
        }
    }
}
