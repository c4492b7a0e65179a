using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Tenants;

public sealed class InvitationApiTests
{
    [Fact]
    public async Task An_invitation_reaches_its_address_and_makes_a_member_once()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);

        var invitation = await Invite(world, ada, tenant, "Bob@Example.com", "admin");
        var token = await world.MailedToken("bob@example.com");
        var accepted = await world.Call(bob, "invitations.accept", body: new { token });

        invitation["state"]!.ToString().Should().Be("pending");
        invitation["tenant_name"]!.ToString().Should().Be("Acme");
        invitation.ToJsonString().Should().NotContain("cas_in_");
        accepted["role"]!.ToString().Should().Be("admin");
        accepted["tenant_id"]!.ToString().Should().Be(tenant);
        (await world.Call(bob, "tenants.get", new { tenant }))["role"]!.ToString().Should().Be("admin");
        (await world.Code(bob, "invitations.accept", body: new { token })).Should().Be("invitation_closed");
        (await world.Actions(tenant)).Should().Equal("tenants.create", "invitations.create", "invitations.accept");
        (await world.Events(tenant)).Where(e => e.StartsWith("invitation.", StringComparison.Ordinal))
            .Should().Equal("invitation.created", "invitation.accepted");
        (await world.Texts($"select data from outbox_event where type like {"invitation.%"}"))
            .Should().NotContain(data => data.Contains('@') || data.Contains("cas_in_"));
    }

    [Fact]
    public async Task The_link_leads_to_the_app_where_it_has_an_origin()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);

        await Invite(world, ada, tenant, "bob@example.com");
        (await world.MailedText("bob@example.com"))
            .Should().Contain("http://127.0.0.1:7300/sandbox/invite?token=cas_in_")
            .And.Contain("in Portal").And.Contain("\"Acme\"");
        await world.Call(
            InProcess.Owner, "apps.settings.update", new { app = world.App.Value, environment = "sandbox" },
            new { origins = new[] { "https://portal.example.com" } });
        world.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await Invite(world, ada, tenant, "cyd@example.com");
        (await world.MailedText("cyd@example.com")).Should().Contain("https://portal.example.com/invite?token=cas_in_");
    }

    [Fact]
    public async Task An_admin_cancels_no_owners_invitation_and_a_place_is_taken_once()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob, cyd) = (await world.User("ada"), await world.User("bob"), await world.User("cyd"));
        var tenant = await world.Tenant(ada);
        var workspace = await world.Workspace(ada, tenant);
        await world.Join(ada, tenant, bob, "admin");
        var offered = (await Invite(world, ada, tenant, "dan@example.com", "owner"))["id"]!.ToString();
        var placed = await world.Call(ada, "invitations.create", new { tenant },
            new { email = "cyd@example.com", role = "member", workspace_id = workspace });
        await world.Join(ada, tenant, cyd);
        await world.Call(ada, "members.add", new { tenant, workspace },
            new { user_id = cyd.User!.Value.Value, role = "viewer" });

        (await world.Code(bob, "invitations.cancel", new { tenant, invitation = offered }))
            .Should().Be("role_too_high");
        (await world.Code(cyd, "invitations.accept", body: new { invitation_id = placed["id"]!.ToString() }))
            .Should().Be("already_member");
        (await world.Code(ada, "invitations.cancel", new { tenant, invitation = offered })).Should().BeNull();
    }

    [Fact]
    public async Task Only_the_verified_owner_of_the_address_accepts()
    {
        await using var world = await TenantWorld.Start();
        var (ada, eve) = (await world.User("ada"), await world.User("eve"));
        var bob = await world.User("bob", verified: false);
        var tenant = await world.Tenant(ada);
        var id = (await Invite(world, ada, tenant, "bob@example.com"))["id"]!.ToString();
        var token = await world.MailedToken("bob@example.com");

        (await world.Code(eve, "invitations.accept", body: new { token })).Should().Be("invitation_for_another");
        (await world.Code(eve, "invitations.accept", body: new { invitation_id = id })).Should().Be("not_found");
        (await world.Code(bob, "invitations.accept", body: new { token })).Should().Be("address_unverified");
        (await world.Code(bob, "invitations.accept", body: new { invitation_id = id })).Should().Be("not_found");
        (await Mine(world, bob)).Should().BeEmpty();
        (await world.Code(eve, "invitations.accept", body: new { token = token[..^1] + "!" })).Should().Be("not_found");
        (await world.Code(world.Key, "invitations.accept", body: new { token })).Should().Be("permission_denied");
        (await world.Code(Caller.Nobody, "invitations.accept", body: new { token })).Should().Be("credential_required");
        (await world.Code(eve, "invitations.accept", body: new { })).Should().Be("input_invalid");
        (await world.Texts($"select id from membership")).Should().ContainSingle();
    }

    [Fact]
    public async Task My_invitations_are_those_of_tenants_that_the_app_may_see()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        await Invite(world, ada, tenant, "bob@example.com");
        var token = await world.MailedToken("bob@example.com");
        var there = await world.User("bob", world.OtherApp);

        (await Mine(world, bob)).Single()!["tenant_id"]!.ToString().Should().Be(tenant);
        (await Mine(world, there)).Should().BeEmpty();
        (await Mine(world, await world.User("eve"))).Should().BeEmpty();
        (await world.Code(there, "invitations.accept", body: new { token })).Should().Be("not_found");
        await world.Call(ada, "tenants.delete", new { tenant });
        (await Mine(world, bob)).Should().BeEmpty();
        (await world.Code(bob, "invitations.accept", body: new { token })).Should().Be("not_found");
    }

    [Fact]
    public async Task An_invitation_ends_by_time_by_cancelling_and_by_a_new_one()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);

        await Invite(world, ada, tenant, "bob@example.com");
        var first = await world.MailedToken("bob@example.com");
        world.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = (await Invite(world, ada, tenant, "bob@example.com"))["id"]!.ToString();
        (await world.Code(bob, "invitations.accept", body: new { token = first })).Should().Be("invitation_closed");
        (await Mine(world, bob)).Should().ContainSingle();

        await world.Call(ada, "invitations.cancel", new { tenant, invitation = second });
        (await world.Code(ada, "invitations.cancel", new { tenant, invitation = second }))
            .Should().Be("invitation_closed");
        (await world.Code(bob, "invitations.accept", body: new { invitation_id = second }))
            .Should().Be("invitation_closed");

        world.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        var third = (await Invite(world, ada, tenant, "bob@example.com"))["id"]!.ToString();
        world.Server.Clock.Advance(TimeSpan.FromDays(7));
        (await world.Code(bob, "invitations.accept", body: new { invitation_id = third }))
            .Should().Be("invitation_closed");
        (await Mine(world, bob)).Should().BeEmpty();
        (await world.Call(ada, "invitations.list", new { tenant }))["items"]!.AsArray()
            .Select(i => i!["state"]!.ToString()).Should().Equal("cancelled", "cancelled", "expired");
        (await world.Call(ada, "invitations.list", new { tenant }, query: new { state = "expired" }))
            ["items"]!.AsArray().Should().ContainSingle();
        (await world.Events(tenant)).Count(e => e == "invitation.cancelled").Should().Be(2);
    }

    [Fact]
    public async Task A_member_is_not_invited_again()
    {
        await using var world = await TenantWorld.Start();
        var (ada, guest) = (await world.User("ada"), await world.User("guest"));
        var tenant = await world.Tenant(ada);
        var workspace = await world.Workspace(ada, tenant);
        await world.Join(ada, tenant, guest, "viewer", workspace);
        var foreign = await world.Workspace(ada, await world.Tenant(ada, "Other"));

        (await Refused("ada@example.com", "viewer")).Should().Be("already_member");
        (await Refused("ADA@example.com", "viewer", workspace)).Should().Be("already_member");
        (await Refused("guest@example.com", "viewer", workspace)).Should().Be("already_member");
        (await Refused("guest@example.com", "member")).Should().BeNull("a guest may become a member of the tenant");
        (await Refused("x@example.com", "viewer", foreign)).Should().Be("not_found");
        (await Refused("x@example.com", "owner", workspace)).Should().Be("input_invalid");
        (await Refused("not an address", "viewer")).Should().Be("input_invalid");
        (await Refused("x@example.com", "king")).Should().Be("input_invalid");

        Task<string?> Refused(string email, string role, string? workspaceId = null) => world.Code(
            ada, "invitations.create", new { tenant }, new { email, role, workspace_id = workspaceId });
    }

    [Fact]
    public async Task Invitations_are_bounded_open_and_by_day()
    {
        await using var world = await TenantWorld.Start(
            "--Tenants:InvitationsMax", "2", "--Tenants:InvitationsPerDay", "4");
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);

        (await Code("a")).Should().BeNull();
        (await Code("b")).Should().BeNull();
        (await Code("c")).Should().Be("limit_reached");
        (await Code("a")).Should().BeNull("a repeated one takes the place of the first");
        (await Code("a")).Should().BeNull();
        (await Code("a")).Should().Be("limit_reached");
        world.Server.Clock.Advance(TimeSpan.FromDays(1));
        (await Code("a")).Should().BeNull();

        Task<string?> Code(string name) => world.Code(
            ada, "invitations.create", new { tenant }, new { email = $"{name}@example.com", role = "member" });
    }

    [Fact]
    public async Task Of_two_who_accept_at_once_one_succeeds_and_of_two_invitations_at_once_one_stays()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        for (var round = 0; round < 5; round++)
        {
            var tenant = await world.Tenant(ada, $"Acme {round}");
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
                () => Invite(world, ada, tenant, "bob@example.com"))));
            var open = (await world.Call(ada, "invitations.list", new { tenant }, query: new { state = "pending" }))
                ["items"]!.AsArray();
            var id = open.Should().ContainSingle().Subject!["id"]!.ToString();

            var codes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
                () => world.Code(bob, "invitations.accept", body: new { invitation_id = id }))));

            codes.Count(code => code is null).Should().Be(1);
            codes.Count(code => code == "invitation_closed").Should().Be(3);
            (await world.Events(tenant)).Count(e => e == "invitation.accepted").Should().Be(1);
        }
    }

    private static Task<JsonObject> Invite(
        TenantWorld world, Caller caller, string tenant, string email, string role = "member") =>
        world.Call(caller, "invitations.create", new { tenant }, new { email, role });

    private static async Task<JsonArray> Mine(TenantWorld world, Caller caller) =>
        (await world.Call(caller, "invitations.mine"))["items"]!.AsArray();
}
