using System.Text.Json.Nodes;
using AwesomeAssertions;

namespace Castellan.Tests.Agents;

/// <summary>Attacks by an agent that works for itself.</summary>
public sealed class HostileAgentTests
{
    private static readonly object Reason = new { reason = "a test" };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_entry_of_the_log_bears_another_agents_run()
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write");
        var theirs = await stage.World.Hostile.NewRun(await stage.World.Hostile.NewAgent());

        (await stage.List(run: theirs)).Should().Be("no_such_run");
        (await stage.Send("POST", "/v1/runs", new { }, run: theirs)).Answer["code"]!.ToString()
            .Should().Be("no_such_run");
        await stage.World.Hostile.Call("agents.suspend", new { agent = stage.Agent }, Reason);
        (await stage.List(run: theirs)).Should().Be("agent_stopped");

        Task<List<string>> Denials() => stage.World.Hostile.Server.Database.Many(
            $"select run_id from audit_entry where actor_id = {stage.Agent} and outcome = {"denied"}",
            row => row.TextOrNull() ?? "none", Ct).AsTask();
        await Poll.Until(async () => (await Denials()).Count == 3);
        (await Denials()).Should().OnlyContain(run => run == "none");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("run_")]
    [InlineData("*")]
    [InlineData("long")]
    [InlineData("two")]
    public async Task A_malformed_run_is_none(string run)
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write");
        using var client = stage.World.Hostile.Server.With(
            stage.World.Hostile.Agent.Bearer, stage.World.Hostile.Browser.PublishableKey);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/records/inside");
        request.Headers.Add("Castellan-Tenant", stage.World.Tenant);
        if (run is "two") request.Headers.Add("Castellan-Run", [stage.Run, stage.Run]);
        else request.Headers.TryAddWithoutValidation("Castellan-Run", run is "long" ? new string('r', 8_000) : run);

        using var response = await client.SendAsync(request, Ct);

        JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["code"]!.ToString().Should().Be("no_such_run");
    }

    [Fact]
    public async Task It_comes_through_an_app_and_is_not_the_app()
    {
        await using var stage = await AgentStage.Start();

        var made = await stage.Send("POST", "/v1/auth/sign-up",
            new { email = "robot@example.com", password = "correct horse battery" });

        made.Answer["code"]!.ToString().Should().Be("permission_denied");
    }

    [Fact]
    public async Task An_apps_key_that_is_revoked_while_the_body_comes_lets_nothing_in()
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write");
        var (hostile, of) = (stage.World.Hostile, new { app = stage.World.Hostile.App.Value, environment = "sandbox" });
        var key = (await hostile.Call("keys.list", of))["items"]!.AsArray()
            .First(one => one!["kind"]!.ToString() == "publishable")!["id"]!.ToString();
        using var slow = await stage.Slow("""{"slug":"late"}""");

        await hostile.Call("keys.revoke", new { of.app, of.environment, key }, Reason);

        (await slow.Finish()).Should().Contain("\"code\":\"credential_invalid\"");
    }

    [Fact]
    public async Task It_charges_no_users_budget()
    {
        await using var stage = await AgentStage.Start();
        await stage.Widen("budgets.reserve");
        await stage.Grant("budgets.reserve");
        var path = $"/v1/tenants/{stage.World.Tenant}/reservations";
        var ada = stage.World.Hostile.Ada.Caller.User!.Value;

        var refused = await stage.Send("POST", path, new { unit = "tokens", amount = 5, user_id = ada.Value });
        refused.Answer["errors"]![0]!["code"]!.ToString().Should().Be("not_for_agents");

        var made = await stage.Send("POST", path, new { unit = "tokens", amount = 5 });
        made.Answer["agent_id"]!.ToString().Should().Be(stage.Agent);
    }

    [Fact]
    public async Task A_role_that_gives_nothing_lets_it_nowhere()
    {
        await using var stage = await AgentStage.Start();
        var (hostile, tenant) = (stage.World.Hostile, stage.World.Tenant);
        var role = (await hostile.CallAs(hostile.Ada, "roles.create", new { tenant },
            new { name = "Lister", permissions = new[] { "members.list" } }))["id"]!.ToString();
        Task Gives(params string[] permissions) =>
            hostile.CallAs(hostile.Ada, "roles.update", new { tenant, role }, new { permissions });
        await hostile.CallAs(
            hostile.Ada, "grants.create", new { tenant }, new { agent_id = stage.Agent, role_id = role });
        (await stage.List()).Should().BeNull();

        await Gives();
        (await stage.List()).Should().Be("not_found");

        await Gives("members.list");
        (await stage.List()).Should().BeNull();
        await hostile.CallAs(hostile.Ada, "roles.delete", new { tenant, role });
        (await stage.List()).Should().Be("not_found");
    }
}
