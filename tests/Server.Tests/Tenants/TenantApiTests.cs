using AwesomeAssertions;
using Castellan.Tenants;

namespace Castellan.Tests.Tenants;

public sealed class TenantApiTests
{
    [Fact]
    public async Task The_creator_becomes_owner_and_the_app_is_installed()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");

        var created = await world.Call(ada, "tenants.create", body: new { name = "Acme & Söhne" });
        var tenant = created["id"]!.ToString();

        created["slug"]!.ToString().Should().Be("acme-s-hne");
        created["role"]!.ToString().Should().Be("owner");
        (await world.Call(ada, "tenants.get", new { tenant })).ToJsonString().Should().Be(created.ToJsonString());
        var apps = await world.Call(ada, "tenants.apps", new { tenant });
        apps["items"]!.AsArray().Single()!["app_id"]!.ToString().Should().Be(world.App.Value);
        (await world.Actions(tenant)).Should().Equal("tenants.create");
        (await world.Events(tenant)).Should().BeEquivalentTo("tenant.created", "tenant.installed", "member.added");
        (await world.Texts($"select data from outbox_event where tenant_id = {tenant} and type = {"member.added"}"))
            .Single().Should().NotContain("@");
    }

    [Fact]
    public async Task A_slug_is_unique_and_one_that_the_server_makes_gives_way()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        await world.Call(ada, "tenants.create", body: new { name = "Acme", slug = "acme" });

        var second = await world.Call(ada, "tenants.create", body: new { name = "Acme" });
        var tenant = second["id"]!.ToString();

        second["slug"]!.ToString().Should().MatchRegex("^acme-[a-z2-9]{6}$");
        (await world.Code(ada, "tenants.create", body: new { name = "X", slug = "acme" })).Should().Be("slug_taken");
        (await world.Code(ada, "tenants.update", new { tenant }, new { slug = "acme" })).Should().Be("slug_taken");
        (await world.Call(ada, "tenants.update", new { tenant }, new { slug = "acme-2" }))["slug"]!.ToString()
            .Should().Be("acme-2");
    }

    [Theory]
    [InlineData("Acme", "acme")]
    [InlineData("  A  ", "tenant-a")]
    [InlineData("東京", "tenant")]
    [InlineData("--x--Y--", "x-y")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_name_becomes_a_slug(string name, string slug) => Slug.From(name).Should().Be(slug);

    [Theory]
    [InlineData("ab")]
    [InlineData("-abc")]
    [InlineData("abc-")]
    [InlineData("Abc")]
    [InlineData("a_c")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task All_problems_of_an_input_are_named_at_once(string slug)
    {
        await using var world = await TenantWorld.Start();
        var answer = await world.Server.InProcess.Invoke(
            await world.User("ada"), "tenants.create", body: new { slug, colour = "red" });

        answer.Problem!.Type.Code.Should().Be("input_invalid");
        answer.Problem.Errors.Select(e => e.Pointer).Should().BeEquivalentTo("/name", "/slug", "/colour");
    }

    [Fact]
    public async Task A_repeat_creates_nothing_more()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var gate = world.Server.InProcess;

        var first = await gate.Invoke(ada, "tenants.create", body: new { name = "Acme" }, idempotencyKey: "k");
        var again = await gate.Invoke(ada, "tenants.create", body: new { name = "Acme" }, idempotencyKey: "k");

        again.Replayed.Should().BeTrue();
        again.Body.ToArray().Should().Equal(first.Body.ToArray());
        (await world.Call(ada, "tenants.list"))["items"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task A_user_owns_a_bounded_number_of_tenants()
    {
        await using var world = await TenantWorld.Start("--Tenants:OwnedMax", "2");
        var ada = await world.User("ada");
        await world.Tenant(ada, "One");
        await world.Tenant(ada, "Two");

        (await world.Code(ada, "tenants.create", body: new { name = "Three" })).Should().Be("limit_reached");
        (await world.Code(
            world.Key, "tenants.create", body: new { name = "Three", owner_user_id = ada.User!.Value.Value }))
            .Should().Be("limit_reached");
        (await world.Texts($"select name from tenant order by id")).Should().Equal("One", "Two");
    }

    [Fact]
    public async Task A_list_shows_each_caller_what_it_may_see()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        await world.Tenant(ada, "Ada's");
        await world.Tenant(bob, "Bob's");
        await world.Tenant(await world.User("ada", world.OtherApp), "Elsewhere");

        (await Names(world, ada)).Should().Equal("Ada's");
        (await Names(world, world.Key)).Should().Equal("Ada's", "Bob's");
        (await Names(world, InProcess.Owner)).Should().Equal("Ada's", "Bob's", "Elsewhere");
        (await Names(world, InProcess.Owner with { Environment = "live" })).Should().BeEmpty();
    }

    [Fact]
    public async Task A_stale_version_changes_nothing()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        await world.Call(ada, "tenants.update", new { tenant }, new { name = "Acme 2" });

        (await world.Code(ada, "tenants.update", new { tenant }, new { name = "Lost" }, ifMatch: "\"1\""))
            .Should().Be("version_conflict");
        (await world.Code(ada, "tenants.delete", new { tenant }, ifMatch: "\"1\"")).Should().Be("version_conflict");
        (await world.Call(ada, "tenants.get", new { tenant }))["name"]!.ToString().Should().Be("Acme 2");
    }

    [Fact]
    public async Task A_deleted_tenant_is_gone_for_all_and_comes_back_to_its_owner()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        await world.Join(ada, tenant, bob, "admin");

        var deleted = await world.Call(ada, "tenants.delete", new { tenant });

        deleted["deleted_at"].Should().NotBeNull();
        (await world.Code(ada, "tenants.get", new { tenant })).Should().Be("not_found");
        (await world.Code(world.Key, "workspaces.list", new { tenant })).Should().Be("not_found");
        (await Names(world, ada)).Should().BeEmpty();
        (await world.Call(ada, "tenants.list", query: new { state = "deleted" }))["items"]!.AsArray()
            .Should().ContainSingle();
        (await world.Call(bob, "tenants.list", query: new { state = "deleted" }))["items"]!.AsArray()
            .Should().BeEmpty();
        (await world.Code(bob, "tenants.restore", new { tenant })).Should().Be("permission_denied");
        (await world.Call(ada, "tenants.restore", new { tenant }))["deleted_at"].Should().BeNull();
        (await world.Code(bob, "tenants.get", new { tenant })).Should().BeNull();
        (await world.Code(ada, "tenants.restore", new { tenant })).Should().Be("tenant_not_deleted");
        (await world.Events(tenant)).Should().ContainInOrder("tenant.deleted", "tenant.restored");
    }

    [Fact]
    public async Task What_was_deleted_is_erased_when_its_grace_has_ended()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var (tenant, kept) = (await world.Tenant(ada, "Gone"), await world.Tenant(ada, "Kept"));
        await world.Workspace(ada, tenant);
        await world.Call(ada, "invitations.create", new { tenant }, new { email = "x@example.com", role = "viewer" });
        await world.Call(ada, "tenants.delete", new { tenant });

        world.Server.Clock.Advance(TimeSpan.FromDays(29));
        (await world.Service<TenantErasure>().RunOnce(TestContext.Current.CancellationToken)).Should().Be(0);
        world.Server.Clock.Advance(TimeSpan.FromDays(1));
        (await world.Code(ada, "tenants.restore", new { tenant })).Should().Be("not_found");
        await Poll.Until(
            async () => (await world.Texts($"select id from tenant")).Count == 1,
            () => world.Server.Clock.Advance(TimeSpan.FromMinutes(10)));

        (await world.Texts($"select id from tenant")).Should().Equal(kept);
        (await world.Texts($"select id from workspace")).Should().BeEmpty();
        (await world.Texts($"select tenant_id from membership")).Should().Equal(kept);
        (await world.Texts($"select id from invitation")).Should().BeEmpty();
        (await world.Events(tenant)).Should().ContainSingle(e => e == "tenant.erased");
        (await world.Texts($"select actor_kind from audit_entry where action = {"tenants.erase"}"))
            .Should().Equal("system");
    }

    [Fact]
    public async Task A_key_creates_a_tenant_for_a_user_or_for_nobody_yet()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var byKey = new { name = "Owned", owner_user_id = ada.User!.Value.Value };
        (await world.Code(world.Key, "tenants.create", body: byKey))
            .Should().Be("input_invalid", "a key names nobody whom its app has never met");
        await world.Server.Database.Transact(write => write.Run($"""
            insert into consent (environment_id, user_id, app_id, granted_at)
            values ({"sandbox"}, {ada.User}, {world.App}, {0L})
            """));

        var owned = await world.Call(
            world.Key, "tenants.create", body: byKey);
        var free = await world.Tenant(world.Key, "Free");

        owned.ContainsKey("role").Should().BeFalse();
        (await world.Call(ada, "tenants.get", new { tenant = owned["id"]!.ToString() }))["role"]!.ToString()
            .Should().Be("owner");
        var ghost = $"usr_{new string('0', 26)}";
        (await world.Code(world.Key, "tenants.create", body: new { name = "X", owner_user_id = ghost }))
            .Should().Be("input_invalid");
        (await world.Code(ada, "tenants.create", body: new { name = "X", owner_user_id = ghost }))
            .Should().Be("input_invalid");
        // The first owner comes by the key's invitation; a second one only by an owner's.
        await world.Join(world.Key, free, bob, "owner");
        (await world.Code(
            world.Key, "invitations.create", new { tenant = free }, new { email = "c@example.com", role = "owner" }))
            .Should().Be("role_too_high");
    }

    private static async Task<IEnumerable<string>> Names(TenantWorld world, Castellan.Kernel.Caller caller) =>
        (await world.Call(caller, "tenants.list"))["items"]!.AsArray().Select(t => t!["name"]!.ToString());
}
