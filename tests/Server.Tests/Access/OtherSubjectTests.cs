using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Access;

/// <summary>Why a key may, and an agent for itself; and where they stand among those who may.</summary>
public sealed class OtherSubjectTests
{
    private static int agents;

    [Fact]
    public async Task What_a_key_holds_everywhere_is_its_own()
    {
        await using var world = await AccessWorld.Start();
        var key = await Key(world, "members.list");

        var own = await Explain(world, new { key_id = key, permission = "members.list" });
        own["allowed"]!.GetValue<bool>().Should().BeTrue();
        own["by"]!.ToString().Should().Be(key);
        Proof(own).Should().Equal($"key {key}");

        var denied = await Explain(world, new { key_id = key, permission = "invitations.list" });
        denied["allowed"]!.GetValue<bool>().Should().BeFalse();
        denied["missing"]!["key_id"]!.ToString().Should().Be(key);
        denied["missing"]!["app_id"]!.ToString().Should().Be(world.Tenants.App.Value);
        denied["least_role"].Should().BeNull("no role helps a key");

        var grant = await world.Grant(new { key_id = key, permission = "invitations.list" });
        var granted = await Explain(world, new { key_id = key, permission = "invitations.list" });
        granted["by"]!.ToString().Should().Be(grant);
        Proof(granted).Should().Equal($"key {key}", $"grant {grant}");
    }

    [Fact]
    public async Task A_key_that_replaced_another_is_asked_about_by_its_own_id()
    {
        await using var world = await AccessWorld.Start();
        var first = await Key(world, "tenants.get");
        var grant = await world.Grant(new { key_id = first, permission = "members.list" });
        var next = (await world.Tenants.Call(InProcess.Owner, "keys.rotate", new
        {
            app = world.Tenants.App.Value, environment = "sandbox", key = first,
        }))["key"]!["id"]!.ToString();

        var said = await Explain(world, new { key_id = next, permission = "members.list" });

        said["by"]!.ToString().Should().Be(grant);
        said["basis"]!["key_id"]!.ToString().Should().Be(first);
    }

    [Fact]
    public async Task An_agent_has_no_more_than_its_operations_whatever_is_granted()
    {
        await using var world = await AccessWorld.Start();
        var agent = await Agent(world, "members.list");
        var outside = await Explain(world, new { agent_id = agent, permission = "invitations.list" });
        outside["allowed"]!.GetValue<bool>().Should().BeFalse();
        outside["by"]!.ToString().Should().Be(agent);
        outside["missing"].Should().BeNull("no grant helps");

        var denied = await Explain(world, new { agent_id = agent, permission = "members.list" });
        denied["missing"]!["agent_id"]!.ToString().Should().Be(agent);
        var grant = await world.Grant(new { agent_id = agent, permission = "members.list" });
        var allowed = await Explain(world, new { agent_id = agent, permission = "members.list" });
        Proof(allowed).Should().Equal($"agent {agent}", $"grant {grant}");
    }

    [Fact]
    public async Task Of_what_is_done_to_records_it_is_told_who_comes_as_far_as_their_rules()
    {
        await using var world = await AccessWorld.Start();
        var (bounded, agent) = (await Agent(world, "members.list"), await Agent(world, "records.create"));
        var (key, other) = (await Key(world, "records.create"), await Key(world, "members.list"));
        const string permission = "records.create";
        async Task<string> Asked(object body)
        {
            var said = await Explain(world, body);
            said["missing"].Should().BeNull("no grant gives it");
            return $"{string.Join(" > ", Proof(said))} {said["because"]}";
        }

        (await Asked(new { user_id = Id(world.Ben), permission, collection = "notes" }))
            .Should().Be($"user {Id(world.Ben)} > rules notes ");
        (await Asked(new { key_id = key, permission })).Should().Be($"key {key} > rules records ");
        (await Asked(new { key_id = other, permission })).Should().Contain("does not hold it");
        (await Asked(new { agent_id = bounded, permission })).Should().Contain("agents.update");
        (await Asked(new { agent_id = agent, permission })).Should().Contain("granted this agent nothing");
        // What is granted does not matter: the agent is no stranger then.
        await world.Tenants.Call(InProcess.Owner with { Environment = "sandbox" }, "agents.update", new { agent },
            new { operations = new[] { "records.create", "members.list" } });
        await world.Grant(new { agent_id = agent, permission = "members.list" });
        (await Asked(new { agent_id = agent, permission })).Should().Be($"agent {agent} > rules records ");
        var policy = (await world.Call(world.Owner, "policies.create", body: new
        {
            name = "No new", permissions = new[] { permission }, mode = "enforce",
        }))["id"]!.ToString();
        (await Asked(new { agent_id = agent, permission })).Should().Contain($"policy {policy}").And.Contain("No new");
    }

    [Fact]
    public async Task Where_a_policy_refuses_it_to_all_no_grant_is_said_to_help()
    {
        await using var world = await AccessWorld.Start();
        var policy = (await world.Call(world.Owner, "policies.create", body: new
        {
            name = "Nobody", permissions = new[] { "members.update" }, mode = "enforce",
        }))["id"]!.ToString();

        var said = await Explain(world, new { user_id = Id(world.Vera), permission = "members.update" });

        said["by"]!.ToString().Should().Be(policy);
        said["missing"].Should().BeNull();
    }

    [Fact]
    public async Task A_policy_refuses_keys_and_agents_too()
    {
        await using var world = await AccessWorld.Start();
        var (key, agent) = (await Key(world, "members.list"), await Agent(world, "members.list"));
        await world.Grant(new { agent_id = agent, permission = "members.list" });
        var policy = (await world.Call(world.Owner, "policies.create", body: new
        {
            name = "People only", permissions = new[] { "members.list" }, condition = "caller.kind != 'user'",
            mode = "enforce",
        }))["id"]!.ToString();

        foreach (var body in new object[]
        {
            new { key_id = key, permission = "members.list" }, new { agent_id = agent, permission = "members.list" },
        })
        {
            var said = await Explain(world, body);
            said["allowed"]!.GetValue<bool>().Should().BeFalse();
            said["by"]!.ToString().Should().Be(policy);
        }
    }

    [Fact]
    public async Task Replays_give_the_answer_of_then()
    {
        await using var world = await AccessWorld.Start();
        var (key, agent) = (await Key(world, "members.list"), await Agent(world, "members.list"));
        var grant = await world.Grant(new { agent_id = agent, permission = "members.list" });
        var then = new[]
        {
            await Explain(world, new { key_id = key, permission = "members.list" }),
            await Explain(world, new { agent_id = agent, permission = "members.list" }),
            await Explain(world, new { agent_id = agent, permission = "invitations.list" }),
        };
        await world.Call(world.Admin, "grants.revoke", new { grant });
        await world.Tenants.Call(InProcess.Owner with { Environment = "sandbox" }, "agents.kill", new { agent },
            new { reason = "a test" });

        foreach (var said in then)
        {
            var again = await world.Call(world.Admin, "access.replay", body: said["basis"]);
            again.ToJsonString().Should().Be(said.ToJsonString());
        }
    }

    [Fact]
    public async Task Who_may_are_agents_and_keys_before_members_page_by_page()
    {
        await using var world = await AccessWorld.Start();
        var (key, agent) = (await Key(world, "tenants.get"), await Agent(world, "members.list"));
        var (narrowed, killed) = (await Agent(world, "members.list"), await Agent(world, "members.list"));
        foreach (var body in new object[]
        {
            new { key_id = key, permission = "members.list" }, new { agent_id = agent, permission = "members.list" },
            new { agent_id = narrowed, permission = "members.list" },
            new { agent_id = killed, permission = "members.list" },
        }) await world.Grant(body);
        var owner = InProcess.Owner with { Environment = "sandbox" };
        await world.Tenants.Call(
            owner, "agents.update", new { agent = narrowed }, new { operations = new[] { "records.list" } });
        await world.Tenants.Call(owner, "agents.kill", new { agent = killed }, new { reason = "a test" });

        var found = new List<string>();
        string? cursor = null;
        do
        {
            var page = await world.Call(
                world.Admin, "access.who_can", new { permission = "members.list" }, query: new { limit = 2, cursor });
            found.AddRange(page["items"]!.AsArray().Select(item =>
                (item!["agent_id"] ?? item["key_id"] ?? item["user_id"])!.ToString()));
            cursor = page["next_cursor"]?.ToString();
        }
        while (cursor is not null);

        found[..2].Should().Equal(agent, key);
        found[2..].Should().BeEquivalentTo(
            new[] { world.Owner, world.Admin, world.Ben, world.Vera }.Select(user => user.User!.Value.Value));
    }

    [Fact]
    public async Task One_is_asked_about_who_is_of_the_tenant()
    {
        await using var world = await AccessWorld.Start();
        var key = await Key(world, "members.list");
        var foreign = (await world.Tenants.Call(InProcess.Owner, "keys.create", new
        {
            app = world.Tenants.OtherApp.Value, environment = "sandbox",
        }, new { name = "Other", permissions = new[] { "members.list" } }))["key"]!["id"]!.ToString();
        var live = await Agent(world, "members.list", "live");
        var (user, permission) = (world.Ben.User!.Value.Value, "members.list");

        Task<string?> Ask(object body) => world.Code(world.Admin, "access.explain", body: body);

        (await Ask(new { key_id = foreign, permission })).Should().Be("not_found");
        (await Ask(new { agent_id = live, permission })).Should().Be("not_found");
        (await Ask(new { user_id = user, key_id = key, permission })).Should().Be("input_invalid");
        (await Ask(new { permission })).Should().Be("input_invalid");
    }

    [Fact]
    public async Task A_key_of_another_tenant_is_absent_from_replays_too()
    {
        await using var world = await AccessWorld.Start();
        var tenant = await world.Tenants.Tenant(world.Owner, "Other");
        var key = (await world.Tenants.Call(
            InProcess.Owner, "keys.create", new { app = world.Tenants.App.Value, environment = "sandbox" },
            new { name = "Server", permissions = new[] { "members.list" }, tenant_id = tenant }))["key"]!["id"]!
            .ToString();
        var own = await Explain(world, new { key_id = await Key(world, "members.list"), permission = "members.list" });
        var basis = own["basis"]!.DeepClone();
        basis["key_id"] = key;

        (await world.Code(world.Admin, "access.explain", body: new { key_id = key, permission = "members.list" }))
            .Should().Be("not_found");
        (await world.Code(world.Admin, "access.replay", body: basis)).Should().Be("not_found");
    }

    [Fact]
    public async Task An_apps_key_hears_nothing_of_what_is_granted_in_another_app_alone()
    {
        await using var world = await AccessWorld.Start();
        var (agent, owner) = (await Agent(world, "members.list"), InProcess.Owner with { Environment = "sandbox" });
        var elsewhere = world.Tenants.OtherApp.Value;
        await world.Call(owner, "tenants.install", new { app = elsewhere });
        var there = await world.Grant(
            new { agent_id = agent, permission = "members.list", app_id = elsewhere }, by: owner);
        await world.Grant(world.Ben, "invitations.list", new { app_id = elsewhere }, by: owner);
        var key = new KeyId(await Key(world, "access.who_can", "access.what_can"));
        var app = Caller.OfKey("sandbox", world.Tenants.App, key, ["access.who_can", "access.what_can"]);
        async Task<string> Said(Caller by) =>
            (await world.Call(by, "access.who_can", new { permission = "members.list" })).ToJsonString()
            + await world.Call(by, "access.what_can", new { member = world.Members[world.Ben] });

        (await Said(owner)).Should().Contain(there).And.Contain(agent).And.Contain(elsewhere);
        (await Said(app)).Should().NotContain(there).And.NotContain(agent).And.NotContain(elsewhere);
    }

    private static string Id(Castellan.Kernel.Caller user) => user.User!.Value.Value;

    private static Task<JsonObject> Explain(AccessWorld world, object body) =>
        world.Call(world.Admin, "access.explain", body: body);

    private static IEnumerable<string> Proof(JsonObject said) =>
        said["proof"]!.AsArray().Select(step => $"{step!["kind"]} {step["id"]}");

    private static async Task<string> Key(AccessWorld world, params string[] permissions) =>
        (await world.Tenants.Call(
            InProcess.Owner, "keys.create", new { app = world.Tenants.App.Value, environment = "sandbox" },
            new { name = "Server", permissions }))["key"]!["id"]!.ToString();

    private static async Task<string> Agent(
        AccessWorld world, string operation, string environment = "sandbox") =>
        (await world.Tenants.Call(InProcess.Owner with { Environment = environment }, "agents.register", body: new
        {
            name = $"Agent {Interlocked.Increment(ref agents)}", owner = "ops", purpose = "A test.",
            operations = new[] { operation },
        }))["agent"]!["id"]!.ToString();
}
