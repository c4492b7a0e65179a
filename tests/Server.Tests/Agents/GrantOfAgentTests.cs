using AwesomeAssertions;

namespace Castellan.Tests.Agents;

/// <summary>An agent for itself: what a tenant has granted to it, through an app, in a run.</summary>
public sealed class GrantOfAgentTests
{
    [Fact]
    public async Task To_who_has_granted_it_nothing_it_is_a_stranger()
    {
        await using var stage = await AgentStage.Start();
        (await stage.List()).Should().Be("not_found");
        (await stage.List(tenant: TenantId.New(DateTimeOffset.UnixEpoch).Value)).Should().Be("not_found");
        (await stage.List(collection: "open")).Should().Be("not_found", "what is public is for the app's key");

        await stage.Grant("notes.write");

        (await stage.List()).Should().BeNull();
        (await stage.List(tenant: stage.World.OtherTenant)).Should().Be("not_found");
    }

    [Fact]
    public async Task It_comes_through_an_app_and_in_a_run_of_its_own()
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write");
        var other = await stage.World.Hostile.NewAgent();
        var otherRun = await stage.World.Hostile.NewRun(other);

        (await stage.List(key: "")).Should().Be("app_required");
        (await stage.List(run: "")).Should().Be("run_required");
        (await stage.List(run: otherRun)).Should().Be("no_such_run");
        (await stage.List(run: "run_1")).Should().Be("no_such_run");
        (await stage.List(key: stage.World.Hostile.OtherPublishable)).Should().Be("not_found");
        (await stage.List(key: "cas_pk_sandbox_garbage")).Should().Be("credential_invalid");
        (await stage.List()).Should().BeNull();
    }

    [Fact]
    public async Task Its_writes_bear_agent_and_run()
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write");

        var made = await stage.Create();

        made.Answer["code"].Should().BeNull();
        var row = await stage.World.Hostile.Server.Database.One(
            $"""
            select actor_kind, actor_id, for_user_id, run_id from audit_entry
            where action = {"records.create"} and target_id = {"inside/" + made.Answer["id"]}
            """,
            row => (row.Text(), row.Text(), row.TextOrNull(), row.TextOrNull()) as object,
            TestContext.Current.CancellationToken);
        row.Should().Be(("agent", stage.Agent, (string?)null, stage.Run));
        made.Answer["owner_id"].Should().BeNull("nobody owns it");
    }

    [Fact]
    public async Task What_is_granted_holds_as_far_as_its_operations_go()
    {
        await using var stage = await AgentStage.Start();
        var refused = await stage.TryGrant("invitations.list");
        refused["code"]!.ToString().Should().Be("input_invalid");
        refused["errors"]![0]!["code"]!.ToString().Should().Be("not_of_agent");
        refused["errors"]![0]!["fix"]!.ToString().Should().Contain("agents.update");
        (await stage.TryGrant("members.invite"))["code"]!.ToString().Should().Be("input_invalid");

        await stage.Widen("members.list", "records.list");
        await stage.Grant("members.list");

        (await stage.Members()).Should().BeNull();
        (await stage.Send("GET", $"/v1/tenants/{stage.World.Tenant}/invitations")).Answer["code"]!.ToString()
            .Should().Be("permission_denied");

        await stage.Widen("records.list");
        (await stage.Members()).Should().Be("permission_denied", "an operator has narrowed it");
        (await stage.List()).Should().BeNull("it is no stranger");
    }

    [Fact]
    public async Task A_role_gives_it_no_more_than_its_operations()
    {
        await using var stage = await AgentStage.Start();
        await stage.Widen("members.list");
        var hostile = stage.World.Hostile;
        var role = await hostile.CallAs(hostile.Ada, "roles.create", new { tenant = stage.World.Tenant },
            new { name = "Wide", permissions = new[] { "members.list", "invitations.list" } });
        await hostile.CallAs(hostile.Ada, "grants.create", new { tenant = stage.World.Tenant },
            new { agent_id = stage.Agent, role_id = role["id"]!.ToString() });

        (await stage.Members()).Should().BeNull();
        var denied = await stage.Send("GET", $"/v1/tenants/{stage.World.Tenant}/invitations");
        denied.Answer["detail"]!.ToString().Should().Contain("invitations.list is not among");
    }

    [Fact]
    public async Task It_ends_with_the_grant_its_time_and_its_run()
    {
        await using var stage = await AgentStage.Start();
        var grant = await stage.Grant("notes.write");
        (await stage.List()).Should().BeNull();
        await stage.World.Hostile.CallAs(
            stage.World.Hostile.Ada, "grants.revoke", new { tenant = stage.World.Tenant, grant });
        (await stage.List()).Should().Be("not_found");

        var clock = stage.World.Hostile.Server.Clock;
        await stage.Grant("notes.write", clock.GetUtcNow().AddMinutes(5));
        (await stage.List()).Should().BeNull();
        clock.Advance(TimeSpan.FromMinutes(6));
        (await stage.List()).Should().Be("not_found");

        await stage.Grant("notes.write");
        (await stage.Create()).Answer["code"].Should().BeNull();
        await stage.World.Hostile.Call("runs.stop", new { run = stage.Run }, new { reason = "a test" });
        (await stage.List()).Should().Be("run_ended");
    }

    [Fact]
    public async Task A_killed_agent_does_nothing_any_more()
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write");
        (await stage.Create()).Answer["code"].Should().BeNull();

        await stage.World.Hostile.Call("agents.kill", new { agent = stage.Agent }, new { reason = "a test" });

        (await stage.Create()).Answer["code"]!.ToString().Should().Be("agent_stopped");
        (await stage.TryGrant("notes.write"))["code"]!.ToString().Should().Be("not_found");
    }

    [Fact]
    public async Task Conditions_and_policies_are_asked_as_of_everybody()
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write", condition: "input.slug.startsWith('a')");
        (await stage.Create("apple")).Answer["code"].Should().BeNull();
        (await stage.Create("pear")).Answer["code"]!.ToString().Should().Be("rule_denied");

        var hostile = stage.World.Hostile;
        await hostile.CallAs(hostile.Ada, "policies.create", new { tenant = stage.World.Tenant }, new
        {
            name = "No agents", permissions = new[] { "records.create" }, condition = "caller.kind == 'agent'",
            mode = "enforce",
        });
        var denied = await stage.Create("ananas");
        denied.Answer["code"]!.ToString().Should().Be("permission_denied");
        denied.Answer["detail"]!.ToString().Should().Contain("No agents");
    }

    [Fact]
    public async Task For_a_part_of_the_tenant_it_is_granted_there_alone()
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write", collection: "open");

        (await stage.Create()).Answer["code"]!.ToString().Should().Be("rule_denied");
        (await stage.List()).Should().BeNull("it is no stranger");
    }

    [Fact]
    public async Task An_agent_of_another_environment_is_nobody_here()
    {
        await using var stage = await AgentStage.Start();
        await stage.Grant("notes.write");
        var live = await stage.World.Hostile.NewAgent("live");

        (await stage.TryGrant("notes.write", agent: AgentWorld.IdOf(live)))["code"]!.ToString()
            .Should().Be("not_found");
        (await stage.List(bearer: live.Bearer)).Should().Be("credential_invalid", "the key is of another environment");
    }

    [Fact]
    public async Task Of_grants_those_to_agents_are_listed_by_agent()
    {
        await using var stage = await AgentStage.Start();
        var grant = await stage.Grant("notes.write");
        var hostile = stage.World.Hostile;

        var listed = await stage.World.Send(
            hostile.Ada.Bearer!, "GET", $"/v1/tenants/{stage.World.Tenant}/grants?agent={stage.Agent}");

        listed.Answer["items"]!.AsArray().Should().ContainSingle()
            .Which!["id"]!.ToString().Should().Be(grant);
        listed.Answer["items"]![0]!["agent_id"]!.ToString().Should().Be(stage.Agent);
    }
}
