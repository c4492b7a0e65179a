using System.Net;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Platform.Storage;
using Castellan.Tests.Isolation;

namespace Castellan.Tests.Agents;

/// <summary>A user lends an agent a part of what they may do, for a while; it gets no more by any way.</summary>
public sealed class DelegationTests
{
    [Fact]
    public async Task An_agent_does_what_was_lent_and_is_told_what_was_not()
    {
        await using var world = await AgentWorld.Start();
        var taken = await world.Take(world.Hostile.Agent, "records.list");

        (await world.ListRecords(taken.Token)).Should().BeNull();
        var refused = await world.Send(
            taken.Token, "POST", "/v1/records/inside", new { slug = "a" }, world.Tenant);

        refused.Status.Should().Be(HttpStatusCode.Forbidden);
        refused.Answer["code"]!.ToString().Should().Be("permission_denied");
        refused.Answer["detail"]!.ToString().Should()
            .Contain("records.create was not lent to Agent").And.Contain("records.list")
            .And.Contain("delegations.create");
    }

    [Theory]
    [InlineData("GET", "/v1/me")]
    [InlineData("DELETE", "/v1/me/sessions")]
    [InlineData("GET", "/v1/me/delegations")]
    [InlineData("POST", "/v1/tenants/{tenant}/delegations")]
    [InlineData("POST", "/v1/tenants/{tenant}/invitations")]
    [InlineData("POST", "/v1/runs")]
    [InlineData("GET", "/v1/agents")]
    public async Task What_is_for_people_no_agent_does_for_one(string method, string path)
    {
        await using var world = await AgentWorld.Start();
        var taken = await world.Take(world.Hostile.Agent, "records.list", "records.create");
        var at = path.Replace("{tenant}", world.Tenant, StringComparison.Ordinal);

        (await world.Code(taken.Token, method, at, method == "POST" ? new { } : null)).Should().Be("permission_denied");
    }

    [Fact]
    public async Task What_was_lent_in_one_tenant_reaches_no_other()
    {
        await using var world = await AgentWorld.Start();
        var taken = await world.Take(world.Hostile.Agent, "records.list", "records.create");

        (await world.ListRecords(taken.Token, world.OtherTenant)).Should().Be("not_found");
        (await world.CreateRecord(taken.Token, world.OtherTenant)).Should().Be("not_found");
        (await world.ListRecords(world.Hostile.Ada.Bearer!, world.OtherTenant)).Should().BeNull();
    }

    [Fact]
    public async Task Nobody_lends_what_the_agent_may_not_have()
    {
        await using var world = await AgentWorld.Start();
        var hostile = world.Hostile;

        Task<string?> Lend(object body) => world.Code(
            hostile.Ada.Bearer!, "POST", $"/v1/tenants/{world.Tenant}/delegations", body);

        (await Lend(new { agent_id = world.Agent, operations = new[] { "workspaces.list" } }))
            .Should().Be("lent_too_much");
        (await Lend(new { agent_id = world.Agent, operations = new[] { "members.remove" } }))
            .Should().Be("input_invalid");
        (await Lend(new { agent_id = world.Agent, operations = new[] { "records.lst" } })).Should().Be("input_invalid");
        var tomorrow = hostile.Server.Clock.GetUtcNow().AddHours(2).ToString("O");
        (await Lend(new { agent_id = world.Agent, operations = new[] { "records.list" }, expires_at = tomorrow }))
            .Should().Be("input_invalid");
        var live = await hostile.NewAgent("live");
        (await Lend(new { agent_id = AgentWorld.IdOf(live), operations = new[] { "records.list" } }))
            .Should().Be("input_invalid");
    }

    [Fact]
    public async Task The_user_cannot_lend_more_than_the_user_has()
    {
        await using var world = await AgentWorld.Start();
        var (vera, agent) = (world.Hostile.Vera, world.Hostile.Agent);
        var lent = await world.Hostile.CallAs(vera, "delegations.create", new { tenant = world.Tenant },
            new { agent_id = world.Agent, operations = new[] { "records.create" } });
        var taken = await world.Exchange(agent, lent["id"]!.ToString(), AgentWorld.DelegationType);
        (await world.CreateRecord(vera.Bearer!)).Should().BeNull();
        (await world.CreateRecord(taken.Token)).Should().BeNull();

        var hers = await world.Hostile.NewTenant(world.Hostile.Sam);
        (await world.CreateRecord(taken.Token, hers)).Should().Be("not_found");
        (await world.CreateRecord(taken.Token, world.OtherTenant)).Should().Be("not_found");
    }

    [Fact]
    public async Task Every_write_carries_agent_user_and_run()
    {
        await using var world = await AgentWorld.Start();
        var run = (await world.Send(
            world.Hostile.Agent.Bearer!, "POST", "/v1/runs",
            new { model = "model-1", prompt_digest = "sha256:ab", purpose = "Tidy up." })).Answer["id"]!.ToString();
        var lent = await world.Lend(world.Hostile.Agent, "records.create", "records.list");
        var taken = await world.Exchange(
            world.Hostile.Agent, lent["id"]!.ToString(), AgentWorld.DelegationType, run: run);
        taken.Run.Should().Be(run);
        (await world.CreateRecord(taken.Token)).Should().BeNull();

        var row = await world.Hostile.Server.Database.Many(
            $"select owner_id || ' ' || actor || ' ' || run from {Records}", r => r.Text(),
            TestContext.Current.CancellationToken);
        var ada = world.Hostile.Ada.Caller.User!.Value.Value;
        row.Should().Equal($"{ada} {world.Agent} {run}");
        foreach (var filter in new object[] { new { run }, new { actor = ada, action = "records.create" } })
        {
            var entries = (await world.Hostile.Call("audit.list", query: filter))["items"]!.AsArray();
            var entry = entries.Single(e => e!["action"]!.ToString() == "records.create")!;
            entry["actor"]!["id"]!.ToString().Should().Be(world.Agent);
            entry["actor"]!["kind"]!.ToString().Should().Be("agent");
            entry["act_chain"]![0]!["id"]!.ToString().Should().Be(ada);
            entry["run_id"]!.ToString().Should().Be(run);
        }
        var claims = AgentWorld.Claims(taken.Token);
        claims["sub"]!.ToString().Should().Be(ada);
        claims["act"]!["sub"]!.ToString().Should().Be(world.Agent);
        claims["scope"]!.ToString().Should().Be("records.create records.list");
    }

    [Fact]
    public async Task A_denial_names_the_agent_and_for_whom_it_asked()
    {
        await using var world = await AgentWorld.Start();
        var taken = await world.Take(world.Hostile.Agent, "records.list");
        await world.CreateRecord(taken.Token);

        JsonNode? denied = null;
        await Poll.Until(async () =>
        {
            var entries = (await world.Hostile.Call("audit.list", query: new { run = taken.Run }))["items"]!.AsArray();
            denied = entries.FirstOrDefault(e => e!["outcome"]!.ToString() == "denied");
            return denied is not null;
        });
        denied!["actor"]!["id"]!.ToString().Should().Be(world.Agent);
        denied["act_chain"]![0]!["kind"]!.ToString().Should().Be("user");
    }

    [Fact]
    public async Task An_agent_hands_on_less_and_never_more()
    {
        await using var world = await AgentWorld.Start();
        var (first, second) = (world.Hostile.Agent, await world.Hostile.NewAgent());
        var taken = await world.Take(first, "records.list");
        (await world.RefusedExchange(second, taken.Token, AgentWorld.AccessToken, "records.create"))
            .Should().Be("invalid_scope");

        var child = await world.Exchange(second, taken.Token, AgentWorld.AccessToken, "records.list");

        (await world.ListRecords(child.Token)).Should().BeNull();
        (await world.CreateRecord(child.Token)).Should().Be("permission_denied");
        (await world.ListRecords(child.Token, world.OtherTenant)).Should().Be("not_found");
        var act = AgentWorld.Claims(child.Token)["act"]!;
        act["sub"]!.ToString().Should().Be(AgentWorld.IdOf(second));
        act["act"]!["sub"]!.ToString().Should().Be(world.Agent);
        var entries = (await world.Hostile.Call("audit.list", query: new { run = child.Run }))["items"]!.AsArray();
        entries.Where(e => e!["outcome"]!.ToString() == "done").Should()
            .BeEmpty("the run of the child has changed nothing");
        var third = await world.Exchange(await world.Hostile.NewAgent(), child.Token, AgentWorld.AccessToken);
        (await world.ListRecords(third.Token)).Should().BeNull();
        (await world.RefusedExchange(await world.Hostile.NewAgent(), third.Token, AgentWorld.AccessToken))
            .Should().Be("invalid_scope");
    }

    [Fact]
    public async Task What_is_lent_by_a_users_token_lasts_with_the_session_at_most()
    {
        await using var world = await AgentWorld.Start();
        var left = await world.Hostile.SignedIn("ada");
        var taken = await world.Exchange(
            world.Hostile.Agent, left.Bearer!, AgentWorld.AccessToken, "records.list records.create");
        (await world.CreateRecord(taken.Token)).Should().BeNull();
        (await world.CreateRecord(taken.Token, world.OtherTenant)).Should().BeNull("the user's token names no tenant");

        await world.Hostile.CallAs(
            world.Hostile.Ada, "sessions.revoke", new { session = left.Caller.Session!.Value.Value });

        (await world.ListRecords(taken.Token)).Should().Be("credential_invalid");
        (await world.RefusedExchange(world.Hostile.Agent, left.Bearer!, AgentWorld.AccessToken, "records.list"))
            .Should().Be("invalid_request");
    }

    public static TheoryData<string> Ends { get; } =
    [
        "taken back", "expired", "run ended", "run stopped", "agent killed", "agent suspended", "agent expired",
        "user suspended", "signed out", "app retired", "not lendable any more", "member removed",
    ];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task It_ends_at_the_next_call_also_for_whoever_has_it_from_there(string how)
    {
        await using var world = await AgentWorld.Start();
        var hostile = world.Hostile;
        var (member, membership) = await hostile.NewMember(world.Tenant);
        var agent = await hostile.NewAgent();
        var lent = await hostile.CallAs(member, "delegations.create", new { tenant = world.Tenant },
            new { agent_id = AgentWorld.IdOf(agent), operations = new[] { "records.list" } });
        var taken = await world.Exchange(agent, lent["id"]!.ToString(), AgentWorld.DelegationType);
        var child = await world.Exchange(await hostile.NewAgent(), taken.Token, AgentWorld.AccessToken);
        (await world.ListRecords(taken.Token)).Should().BeNull();
        (await world.ListRecords(child.Token)).Should().BeNull();

        await End(world, how, member, membership, agent, taken);

        var handedOn = await world.Lent(AgentWorld.Claims(child.Token)["act"]!["sub"]!.ToString(), child.Delegation);
        foreach (var listed in new[] { await world.Lent(AgentWorld.IdOf(agent), taken.Delegation), handedOn })
        {
            (listed["revoked_at"] is not null).Should().Be(
                how is "taken back" or "run ended" or "run stopped" or "agent killed" or "signed out", how);
        }
        (await world.ListRecords(taken.Token)).Should().NotBeNull(how);
        (await world.ListRecords(child.Token)).Should().NotBeNull($"{how}, and it was handed on from there");
        (await world.CreateRecord(child.Token)).Should().NotBeNull();
    }

    [Fact]
    public async Task A_suspended_agent_goes_on_when_it_is_resumed_and_a_killed_one_never()
    {
        await using var world = await AgentWorld.Start();
        var taken = await world.Take(world.Hostile.Agent, "records.list");
        var (path, body) = (new { agent = world.Agent }, new { reason = "It was too busy." });
        await world.Hostile.Call("agents.suspend", path, body);
        var refused = await world.Send(taken.Token, "GET", "/v1/records/inside", tenant: world.Tenant);
        refused.Answer["code"]!.ToString().Should().Be("agent_stopped");
        refused.Answer["detail"]!.ToString().Should().Contain("is suspended").And.NotContain("busy", "why is not told");
        var twice = await world.Hostile.Server.InProcess.Invoke(InProcess.Owner, "agents.suspend", path, body);
        twice.Problem!.Detail.Should().EndWith("is suspended already: It was too busy.");
        twice.Problem.Fix.Should().Contain("agents.resume");

        await world.Hostile.Call("agents.resume", path, body);
        (await world.ListRecords(taken.Token)).Should().BeNull();
        var active = await world.Hostile.Server.InProcess.Invoke(InProcess.Owner, "agents.resume", path, body);
        active.Problem!.Detail.Should().Contain("is active");
        (await world.Lent(world.Agent, taken.Delegation))["revoked_at"].Should().BeNull();

        await world.Hostile.Call("agents.kill", path, body);
        (await world.Lent(world.Agent, taken.Delegation))["revoked_at"]!.ToString()
            .Should().Be((await world.Hostile.Call("agents.get", path))["updated_at"]!.ToString());
        (await world.ListRecords(taken.Token)).Should().Be("agent_stopped");
        (await world.Code(world.Hostile.Agent.Bearer!, "POST", "/v1/runs", new { })).Should().Be("agent_stopped");
        foreach (var operation in new[] { "agents.resume", "agents.suspend", "agents.kill" })
        {
            var again = await world.Hostile.Server.InProcess.Invoke(InProcess.Owner, operation, path, body);
            again.Problem!.Type.Code.Should().Be("agent_state_refused");
            again.Problem.Detail.Should().Contain("was killed at").And.Contain("too busy").And.Contain("stays so");
            again.Problem.Fix.Should().Contain("agents.register");
        }
        foreach (var operation in new[] { "agents.update", "agents.rotate" })
        {
            var changed = await world.Hostile.Server.InProcess.Invoke(InProcess.Owner, operation, path, new { });
            changed.Problem!.Type.Code.Should().Be("agent_state_refused");
        }
        using var signer = new AgentSigner();
        var added = await world.Hostile.Server.InProcess.Invoke(
            InProcess.Owner, "agents.add_key", path, new { public_key = signer.PublicKey });
        added.Problem!.Type.Code.Should().Be("agent_state_refused");
        var removed = await world.Hostile.Server.InProcess.Invoke(
            InProcess.Owner, "agents.remove_key", path, new { key_id = signer.KeyId, reason = "a test" });
        removed.Problem!.Type.Code.Should().Be("agent_state_refused");
        var lent = await world.Hostile.Server.InProcess.Invoke(
            world.Hostile.Ada.Caller, "delegations.create", new { tenant = world.Tenant },
            new { agent_id = world.Agent, operations = new[] { "records.list" } });
        lent.Problem!.Type.Code.Should().Be("agent_stopped");
        var stopped = await world.Hostile.Server.InProcess.Invoke(
            InProcess.Owner, "runs.stop", new { run = taken.Run }, body);
        stopped.Problem!.Type.Code.Should().Be("run_ended");
        (await world.Hostile.CallAs(world.Hostile.Ada, "delegations.list"))["items"]!.AsArray()
            .Should().NotContain(d => d!["agent_id"]!.ToString() == world.Agent);
        var run = await world.Hostile.Call("runs.get", new { run = taken.Run });
        run["outcome"]!.ToString().Should().Be("stopped");
        run["reason"]!.ToString().Should().Be("It was too busy.");
    }

    [Fact]
    public async Task A_new_token_ends_the_former_one_and_nothing_else()
    {
        await using var world = await AgentWorld.Start();
        var agent = world.Hostile.Agent;
        var taken = await world.Take(agent, "records.list");

        var made = await world.Hostile.Call("agents.rotate", new { agent = world.Agent });

        (await world.Code(agent.Bearer!, "POST", "/v1/runs", new { })).Should().Be("credential_invalid");
        (await world.Code(made["token"]!.ToString(), "POST", "/v1/runs", new { })).Should().BeNull();
        (await world.ListRecords(taken.Token)).Should().BeNull();
    }

    [Fact]
    public async Task Two_users_of_one_agent_have_keys_of_repeats_of_their_own()
    {
        await using var world = await AgentWorld.Start();
        var (eve, _) = await world.Hostile.NewMember(world.Tenant);
        var lent = await world.Hostile.CallAs(eve, "delegations.create", new { tenant = world.Tenant },
            new { agent_id = world.Agent, operations = new[] { "records.create" } });
        var forEve = await world.Exchange(world.Hostile.Agent, lent["id"]!.ToString(), AgentWorld.DelegationType);
        var forAda = await world.Take(world.Hostile.Agent, "records.create");

        var ids = new List<string>();
        foreach (var token in new[] { forAda.Token, forEve.Token })
        {
            using var client = world.Hostile.Server.With(token);
            client.DefaultRequestHeaders.Add("Castellan-Tenant", world.Tenant);
            client.DefaultRequestHeaders.Add("Idempotency-Key", "one");
            using var response = await client.PostAsync(
                "/v1/records/inside", new StringContent("{}", null, "application/json"),
                TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            ids.Add(JsonNode.Parse(text)!["id"]!.ToString());
        }

        ids.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_killed_environment_ends_the_tokens_of_its_agents()
    {
        await using var world = await AgentWorld.Start();
        var (sandbox, because) = (new { environment = "sandbox" }, new { reason = "a leak" });
        await world.Hostile.Call("environments.kill", sandbox, because);
        await world.Hostile.Call("environments.revive", sandbox, because);

        (await world.Code(world.Hostile.Agent.Bearer!, "POST", "/v1/runs", new { })).Should().Be("credential_invalid");

        var made = await world.Hostile.Call("agents.rotate", new { agent = world.Agent });
        (await world.Code(made["token"]!.ToString(), "POST", "/v1/runs", new { })).Should().BeNull();
    }

    [Fact]
    public async Task What_expires_while_a_body_is_coming_is_not_written()
    {
        await using var world = await AgentWorld.Start(CountedDatabase.AddTo);
        var lent = await world.Hostile.LentBy(world.Hostile.Ada, world.Hostile.Agent, "records.create");
        var isFirst = true;
        // Standing was asked; what comes now is the Change.
        CountedDatabase.Of(world.Hostile.Server).BeforeTransact = _ =>
        {
            if (isFirst) world.Hostile.Server.Clock.Advance(TimeSpan.FromMinutes(20));
            isFirst = false;
        };

        var answer = await world.Hostile.Server.InProcess.Invoke(
            lent.Caller, "records.create", new { tenant = world.Tenant, collection = "inside" }, new { slug = "late" });

        answer.Problem!.Type.Code.Should().Be("credential_invalid");
        (await world.Hostile.Server.Database.Many(
            $"select id from {Records}", r => r.Text(), TestContext.Current.CancellationToken)).Should().BeEmpty();
    }

    private static Raw Records => new(TestServer.Engine == "postgres" ? "c1.inside" : "c1_inside");

    private static Task End(
        AgentWorld world, string how, Actor member, string membership, Actor agent, Taken taken)
    {
        var hostile = world.Hostile;
        var because = new { reason = "a test" };
        var user = new { user = member.Caller.User!.Value.Value };
        var thatAgent = new { agent = AgentWorld.IdOf(agent) };
        return how switch
        {
            "taken back" => hostile.CallAs(member, "delegations.revoke", new { delegation = taken.Delegation }),
            "expired" => Task.Run(() => hostile.Server.Clock.Advance(TimeSpan.FromMinutes(16))),
            "run ended" => hostile.CallAs(agent, "runs.end", new { run = taken.Run }),
            "run stopped" => hostile.Call("runs.stop", new { run = taken.Run }, because),
            "agent killed" => hostile.Call("agents.kill", thatAgent, because),
            "agent suspended" => hostile.Call("agents.suspend", thatAgent, because),
            "agent expired" => Expire(hostile, thatAgent),
            "user suspended" => hostile.Call("users.suspend", user, because),
            "signed out" => hostile.Call("users.sign_out", user, because),
            "app retired" => hostile.Call(
                "apps.transition", new { app = hostile.App.Value }, new { state = "retired", reason = "a test" }),
            "not lendable any more" => hostile.Call(
                "agents.update", thatAgent, new { operations = new[] { "records.create" } }),
            "member removed" => hostile.CallAs(
                hostile.Ada, "members.remove", new { tenant = world.Tenant, member = membership }),
            _ => throw new ArgumentOutOfRangeException(nameof(how)),
        };
    }

    private static async Task Expire(HostileWorld world, object agent)
    {
        var soon = world.Server.Clock.GetUtcNow() + TimeSpan.FromSeconds(30);
        await world.Call("agents.update", agent, new { expires_at = soon });
        world.Server.Clock.Advance(TimeSpan.FromMinutes(1));
    }
}
