using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Audit;

public sealed class ActivityApiTests
{
    [Fact]
    public async Task A_tenant_sees_its_own_entries_newest_first_page_by_page_and_no_other_tenants()
    {
        await using var world = await TenantWorld.Start();
        var (ada, eve) = (await world.User("ada"), await world.User("eve"));
        var tenant = await world.Tenant(ada);
        var other = await world.Tenant(eve);
        foreach (var name in new[] { "One", "Two", "Three" }) await world.Workspace(ada, tenant, name);
        await world.Workspace(eve, other, "Elsewhere");
        await world.Server.Sequenced();

        var seen = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = await Activity(world, ada, tenant, cursor);
            page["items"]!.AsArray().Count.Should().BeLessThanOrEqualTo(2);
            seen.AddRange(page["items"]!.AsArray().Select(e => e!));
            cursor = page["next_cursor"]?.ToString();
        }
        while (cursor is not null);
        var carried = await world.Server.InProcess.Invoke(eve, "tenants.activity", new { tenant = other },
            query: new { limit = 2, cursor = (await Activity(world, ada, tenant))["next_cursor"]!.ToString() });

        seen.Select(e => e["action"]!.ToString()).Should().Equal(
            "workspaces.create", "workspaces.create", "workspaces.create", "tenants.create");
        seen.Select(e => e["position"]!.GetValue<long>()).Should().Equal(4, 3, 2, 1);
        seen.Should().OnlyContain(e => e["tenant_id"]!.ToString() == tenant);
        seen.Should().OnlyContain(e => e["actor"]!["display"]!.ToString() == "ada");
        carried.Problem!.Type.Code.Should().Be("input_invalid", "a cursor is of one tenant");
    }

    [Fact]
    public async Task Staff_is_shown_without_an_address_and_a_denial_elsewhere_not_at_all()
    {
        await using var world = await TenantWorld.Start();
        var (ada, vera) = (await world.User("ada"), await world.User("vera"));
        var tenant = await world.Tenant(ada);
        await world.Join(ada, tenant, vera, "viewer");
        await world.Call(InProcess.Owner, "tenants.update", new { tenant }, new { name = "Renamed" });
        (await world.Code(vera, "tenants.update", new { tenant }, new { name = "x" })).Should().Be("permission_denied");
        await Poll.Until(async () => (await world.Texts(
            $"select id from audit_entry where outcome = {"denied"}")).Count == 1);
        await world.Server.Sequenced();

        var entries = (await world.Call(vera, "tenants.activity", new { tenant }))["items"]!.AsArray();

        var staff = entries[0]!["actor"]!;
        (staff["kind"]!.ToString(), staff["id"]!.ToString()).Should().Be(("operator", InProcess.Owner.Principal));
        staff["display"].Should().BeNull();
        entries.Should().OnlyContain(
            e => e!["outcome"]!.ToString() == "done", "a denial is of the scope of whom it was denied to");
        entries.ToJsonString().Should().NotContain(InProcess.Owner.Display);
    }

    [Fact]
    public async Task Activity_tells_to_whom_and_which_role_as_far_as_the_reader_may_look_it_up()
    {
        await using var world = await TenantWorld.Start();
        var (ada, vera, bob) = (await world.User("ada"), await world.User("vera"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        await world.Join(ada, tenant, vera, "viewer");
        var member = await world.Join(ada, tenant, bob, "member");
        await world.Call(ada, "members.update", new { tenant, member }, new { role = "admin" });
        await world.Call(ada, "invitations.create", new { tenant }, new { email = "eve@example.com", role = "viewer" });
        await world.Workspace(ada, tenant, "Research");
        await world.Server.Sequenced();
        var few = Facts.Key(world.App, "tenants.activity");
        var whileThere = await Targets(world, vera, tenant);
        await world.Call(ada, "members.remove", new { tenant, member });
        await world.Server.Sequenced();

        var owner = await Targets(world, ada, tenant);
        var viewer = await Targets(world, vera, tenant);
        var key = await Targets(world, world.Key, tenant);
        var keyWithLittle = await Targets(world, few, tenant);
        await world.Call(bob with { App = null }, "me.delete");
        var afterBobIsGone = await Targets(world, ada, tenant);

        owner.Should().Contain([
            "members.remove member bob admin", "members.update member bob admin",
            "invitations.create invitation eve@example.com viewer", "workspaces.create workspace Research "]);
        whileThere.Should().Contain(["members.update member bob admin",
            "invitations.create invitation  ", "workspaces.create workspace Research "]);
        viewer.Should().Contain(["members.remove member  ", "members.update member  "],
            "who is on no list any more is known to those who manage");
        key.Should().Contain("invitations.create invitation eve@example.com viewer");
        keyWithLittle.Should().Contain(["members.update member  ", "invitations.create invitation  "]);
        afterBobIsGone.Should().Contain("members.update member  ", "a deleted person has no name");
    }

    [Fact]
    public async Task A_key_sees_what_went_through_its_app_of_tenants_that_the_app_is_installed_for()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        await world.Call(ada, "tenants.install", new { tenant, app = world.OtherApp.Value });
        await world.Workspace(await world.User("ada", world.OtherApp), tenant);
        await world.Server.Sequenced();
        var otherKey = Facts.Key(world.OtherApp, "*");

        var mine = await world.Call(world.Key, "tenants.activity", new { tenant });
        var others = await world.Call(otherKey, "tenants.activity", new { tenant });
        var events = await world.Call(otherKey, "events.list");
        await world.Call(ada, "tenants.uninstall", new { tenant, app = world.OtherApp.Value });

        Actions(mine).Should().Equal("tenants.install", "tenants.create");
        Actions(others).Should().Equal("workspaces.create");
        events["items"]!.AsArray().Select(e => e!["type"]!.ToString()).Should().Equal("workspace.created");
        (await world.Code(otherKey, "tenants.activity", new { tenant })).Should().Be("not_found");
        var after = await world.Call(otherKey, "events.list");
        after["items"]!.AsArray().Should().BeEmpty("the tenant's facts are out of sight with it");
    }

    private static Task<JsonObject> Activity(TenantWorld world, Caller caller, string tenant, string? cursor = null) =>
        world.Call(caller, "tenants.activity", new { tenant },
            query: cursor is null ? new { limit = 2 } : new { limit = 2, cursor });

    /// <summary>What was done to whom: action, kind, display, role.</summary>
    [Fact]
    public async Task Actors_are_named_to_whom_may_look_them_up_and_only_while_they_are_there()
    {
        await using var world = await TenantWorld.Start();
        var (ada, vera, bob) = (await world.User("ada"), await world.User("vera"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        await world.Join(ada, tenant, vera, "viewer");
        await world.Join(ada, tenant, bob, "admin");
        await world.Workspace(bob, tenant, "Research");
        async Task<string> Actor(Caller reader) => (await world.Call(reader, "tenants.activity", new { tenant }))
            ["items"]!.AsArray().Single(e => e!["action"]!.ToString() == "workspaces.create")!["actor"]!["display"]
            ?.ToString() ?? "";

        var whileThere = await Actor(vera);
        var keyWithLittle = await Actor(Facts.Key(world.App, "tenants.activity"));
        await world.Call(bob, "members.leave", new { tenant });
        var (viewer, owner) = (await Actor(vera), await Actor(ada));
        await world.Call(bob with { App = null }, "me.delete");
        var afterBobIsGone = await Actor(ada);
        var log = await world.Call(InProcess.Owner, "audit.list", query: new { actor = bob.User!.Value.Value });

        (whileThere, keyWithLittle, viewer, owner, afterBobIsGone).Should().Be(("bob", "", "", "bob", ""));
        log["items"]!.AsArray().Should().NotBeEmpty().And.OnlyContain(e => e!["actor"]!["display"] == null);
        var kept = await world.Texts(
            $"select actor_display from audit_entry where actor_kind = {"user"} and actor_display is not null");
        kept.Should().BeEmpty();
    }

    private static async Task<List<string>> Targets(TenantWorld world, Caller caller, string tenant) =>
    [
        .. (await world.Call(caller, "tenants.activity", new { tenant }))["items"]!.AsArray()
            .Select(e => (Action: e!["action"], Target: e["target"]!))
            .Select(e => $"{e.Action} {e.Target["kind"]} {e.Target["display"]} {e.Target["role"]}"),
    ];

    private static IEnumerable<string> Actions(JsonObject page) =>
        page["items"]!.AsArray().Select(e => e!["action"]!.ToString());
}
