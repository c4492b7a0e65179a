using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Castellan.Tests.Agents;

/// <summary>Attacks by an agent that works for itself.</summary>
public sealed partial class HostileAgentTests
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

    [Theory]
    [InlineData("kill", "agent_stopped")]
    [InlineData("suspend", "agent_stopped")]
    [InlineData("rotate", "credential_invalid")]
    [InlineData("narrow", "permission_denied")]
    [InlineData("sign", "signature_required")]
    [InlineData("end", "run_ended")]
    [InlineData("stop", "run_ended")]
    [InlineData("revoke", "not_found", "rule_denied")]
    [InlineData("freeze", "app_frozen")]
    [InlineData("suspend_tenant", "tenant_suspended")]
    [InlineData("uninstall", "not_found")]
    public async Task What_ends_while_the_body_comes_writes_nothing(string how, params string[] codes)
    {
        await using var stage = await AgentStage.Start();
        var (hostile, tenant, agent) = (stage.World.Hostile, stage.World.Tenant, stage.Agent);
        var grant = await stage.Grant("notes.write");
        await hostile.CallAs(hostile.Ada, "tenants.install", new { tenant, app = hostile.OtherApp.Value });
        using var slow = await stage.Slow("""{"slug":"late"}""");

        await (how switch
        {
            "kill" => hostile.Call("agents.kill", new { agent }, Reason),
            "suspend" => hostile.Call("agents.suspend", new { agent }, Reason),
            "rotate" => hostile.Call("agents.rotate", new { agent }),
            "narrow" => stage.Widen("records.list"),
            "sign" => hostile.Call("agents.update", new { agent }, new { signatures = "required" }),
            "end" => hostile.CallAs(hostile.Agent, "runs.end", new { run = stage.Run }),
            "stop" => hostile.Call("runs.stop", new { run = stage.Run }, Reason),
            "revoke" => hostile.CallAs(hostile.Ada, "grants.revoke", new { tenant, grant }),
            "freeze" => hostile.Call("apps.transition", new { app = hostile.App.Value },
                new { state = "frozen", reason = "a test" }),
            "suspend_tenant" => hostile.Call("tenants.suspend", new { tenant }, Reason),
            _ => hostile.Call("tenants.uninstall", new { tenant, app = hostile.App.Value }),
        });

        var answer = await slow.Finish();
        codes.Should().Contain(code => answer.Contains($"\"code\":\"{code}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_expires_while_the_body_comes_writes_nothing()
    {
        await using var stage = await AgentStage.Start();
        var clock = stage.World.Hostile.Server.Clock;
        await stage.Grant("notes.write", until: clock.GetUtcNow().AddMinutes(2));
        await stage.Grant("members.list");
        using var slow = await stage.Slow("""{"slug":"late"}""");

        clock.Advance(TimeSpan.FromMinutes(3));

        (await slow.Finish()).Should().Contain("\"code\":\"credential_invalid\"");
    }

    [Fact]
    public async Task A_grant_in_one_app_or_workspace_opens_no_other()
    {
        await using var stage = await AgentStage.Start();
        var (hostile, tenant, members) =
            (stage.World.Hostile, stage.World.Tenant, $"/v1/tenants/{stage.World.Tenant}/members");
        async Task<string> ThroughOther() =>
            (await stage.Send("GET", members, key: hostile.OtherPublishable)).Answer["code"]!.ToString();
        await hostile.CallAs(hostile.Ada, "tenants.install", new { tenant, app = hostile.OtherApp.Value });
        await stage.Grant("notes.write");
        (await stage.List()).Should().BeNull();
        (await ThroughOther()).Should().Be("not_found");

        var workspace = await hostile.NewWorkspace(tenant);
        await hostile.CallAs(hostile.Ada, "grants.create", new { tenant },
            new { agent_id = stage.Agent, permission = "members.list", workspace_id = workspace });
        (await ThroughOther()).Should().Be("permission_denied", "it is no stranger");
        await hostile.CallAs(hostile.Ada, "workspaces.delete", new { tenant, workspace });
        (await ThroughOther()).Should().Be("not_found", "the grant ended with the workspace");
    }

    [Fact]
    public async Task What_was_lent_and_what_is_granted_do_not_widen_each_other()
    {
        await using var stage = await AgentStage.Start();
        var (world, tenant) = (stage.World, $"/v1/tenants/{stage.World.Tenant}");
        await stage.Grant("notes.write");
        await stage.Grant("members.list");
        var taken = await world.Take(world.Hostile.Agent, "records.list", "records.create");

        (await stage.Send("POST", "/v1/records/inside", new { slug = "x" }, bearer: taken.Token))
            .Answer["code"]!.ToString().Should().Be("rule_denied");
        (await stage.Send("GET", $"{tenant}/members", bearer: taken.Token))
            .Answer["code"]!.ToString().Should().Be("permission_denied");
        (await stage.Send("GET", $"{tenant}/roles")).Answer["code"]!.ToString().Should().Be("permission_denied");
        (await stage.List(key: world.Hostile.OtherPublishable, bearer: taken.Token)).Should().Be("credential_invalid");
        (await stage.List(run: taken.Run)).Should().BeNull("it is a run of its own");
    }

    [Fact]
    public async Task A_stored_answer_is_for_one_app_and_for_who_may_still()
    {
        await using var stage = await AgentStage.Start();
        var hostile = stage.World.Hostile;
        await stage.Grant("notes.write");
        await hostile.CallAs(hostile.Ada, "tenants.install",
            new { tenant = stage.World.Tenant, app = hostile.OtherApp.Value });
        Task<(System.Net.HttpStatusCode, JsonObject Answer)> Again(string? key = null) => stage.Send(
            "POST", "/v1/records/inside", new { slug = "a" }, key: key, idempotency: "one");

        var made = (await Again()).Answer["id"]!.ToString();
        (await Again()).Answer["id"]!.ToString().Should().Be(made);
        (await Again(hostile.OtherPublishable)).Answer["code"]!.ToString().Should().Be("not_found");
        await stage.Widen("records.list");
        (await Again()).Answer["code"]!.ToString().Should().Be("permission_denied");
    }

    [Fact]
    public async Task Where_signatures_are_required_key_and_run_are_signed_too()
    {
        await using var stage = await AgentStage.Start();
        var world = stage.World;
        using var signer = new AgentSigner();
        world.Hostile.Server.Clock.Advance(TimeSpan.FromSeconds(10));
        await stage.Grant("notes.write");
        await world.Hostile.Call("agents.add_key", new { agent = stage.Agent }, new { public_key = signer.PublicKey });
        await world.Hostile.Call("agents.update", new { agent = stage.Agent }, new { signatures = "required" });

        (await stage.List()).Should().Be("signature_required");
        foreach (var (name, value) in new[]
        {
            ("Castellan-Key", world.Hostile.Browser.PublishableKey), ("Castellan-Run", stage.Run),
        })
        {
            (await world.Signed(signer, world.Hostile.Agent.Bearer!, "GET", "/v1/records/inside",
                tamper: request => request.Headers.Add(name, value))).Should().Be("signature_incomplete", name);
        }
    }

    [Fact]
    public async Task Whatever_may_be_granted_to_it_answers()
    {
        await using var stage = await AgentStage.Start();
        var (hostile, tenant) = (stage.World.Hostile, stage.World.Tenant);
        var lendable = hostile.Operations.Where(operation => operation.MayBeLent).ToList();
        await stage.Widen([.. lendable.Select(operation => operation.Name)]);
        await stage.Grant("members.list");
        foreach (var operation in lendable) await stage.TryGrant(operation.Name);
        var named = new Dictionary<string, string>
        {
            ["tenant"] = tenant, ["workspace"] = await hostile.NewWorkspace(tenant), ["collection"] = "open",
            ["record"] = await hostile.NewRecord(tenant, "open"),
        };

        foreach (var operation in lendable)
        {
            var path = Place().Replace(
                operation.Route, place => named.GetValueOrDefault(place.Groups["name"].Value, "members.list"));
            var (status, answer) = await stage.Send(operation.Method, path, operation.HasBody ? new { } : null);
            ((int)status).Should().BeLessThan(500, $"{operation.Name}: {answer}");
        }
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task On_another_node_all_of_it_ends_within_a_second()
    {
        await using var stage = await AgentStage.Start();
        var hostile = stage.World.Hostile;
        await using var node = await hostile.Server.StartNode();
        async Task<string?> There(HttpMethod method)
        {
            using var client = node.With(hostile.Agent.Bearer, hostile.Browser.PublishableKey);
            using var request = new HttpRequestMessage(method, "/v1/records/inside");
            request.Headers.Add("Castellan-Tenant", stage.World.Tenant);
            request.Headers.Add("Castellan-Run", stage.Run);
            if (method == HttpMethod.Post) request.Content = JsonContent.Create(new { slug = hostile.Next("slug") });
            using var response = await client.SendAsync(request, Ct);
            return JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["code"]?.ToString();
        }

        foreach (var (code, end) in new (string, Func<string, Task>)[]
        {
            ("not_found", grant => hostile.CallAs(
                hostile.Ada, "grants.revoke", new { tenant = stage.World.Tenant, grant })),
            ("run_ended", _ => hostile.Call("runs.stop", new { run = stage.Run }, Reason)),
        })
        {
            var grant = await stage.Grant("notes.write");
            await Poll.Until(async () => await There(HttpMethod.Get) is null);
            (await There(HttpMethod.Post)).Should().BeNull();

            await end(grant);

            (await There(HttpMethod.Post)).Should().NotBeNull("a write asks the database");
            var began = TimeProvider.System.GetTimestamp();
            await Poll.Until(async () => await There(HttpMethod.Get) == code);
            TimeProvider.System.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(2));
        }
    }

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
