using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Tenants;

/// <summary>An invitation is as good as its inviter's right is now.</summary>
public sealed class InvitationLapseTests
{
    [Theory]
    [InlineData("demoted")]
    [InlineData("removed")]
    [InlineData("suspended")]
    [InlineData("deleted")]
    public async Task An_inviter_who_may_no_longer_invite_lets_nobody_in(string how)
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob, cyd) = (await world.User("ada"), await world.User("bob"), await world.User("cyd"));
        var tenant = await world.Tenant(ada);
        var member = await world.Join(ada, tenant, bob, "admin");
        var offered = await Invite(world, bob, tenant, "member");
        var token = await world.MailedToken("cyd@example.com");

        await (how switch
        {
            "demoted" => world.Call(ada, "members.update", new { tenant, member }, new { role = "member" }),
            "removed" => world.Call(ada, "members.remove", new { tenant, member }),
            "suspended" => world.Call(InProcess.Owner, "users.suspend", OfUser(bob), Reason),
            _ => world.Call(bob with { App = null }, "me.delete"),
        });

        await IsLapsed(world, tenant, cyd, offered);
        var refused = await world.Server.InProcess.Invoke(cyd, "invitations.accept", body: new { token });
        refused.Problem!.Detail.Should().Contain("lapsed");
        refused.Problem.Fix.Should().Contain("new invitation");
        (await world.Texts($"select id from membership where user_id = {cyd.User}")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_right_that_comes_back_brings_the_invitation_back()
    {
        await using var world = await TenantWorld.Start();
        var (ada, cyd) = (await world.User("ada"), await world.User("cyd"));
        var tenant = await world.Tenant(ada);
        var offered = await Invite(world, ada, tenant, "owner");

        await world.Call(InProcess.Owner, "users.suspend", OfUser(ada), Reason);
        await IsLapsed(world, tenant, cyd, offered);
        await world.Call(InProcess.Owner, "users.restore", OfUser(ada), Reason);

        (await Accept(world, cyd, offered)).Should().BeNull();
    }

    [Fact]
    public async Task A_lower_role_still_carries_the_lower_offer()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var (cyd, dan) = (await world.User("cyd"), await world.User("dan"));
        var tenant = await world.Tenant(ada);
        var member = await world.Join(ada, tenant, bob, "owner");
        var high = await Invite(world, bob, tenant, "owner");
        var low = await Invite(world, bob, tenant, "admin", "dan@example.com");

        await world.Call(ada, "members.update", new { tenant, member }, new { role = "admin" });

        await IsLapsed(world, tenant, cyd, high);
        (await Accept(world, dan, low)).Should().BeNull();
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("uninstalled")]
    [InlineData("retired")]
    public async Task A_key_that_may_no_longer_invite_lets_nobody_in(string how)
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        await world.Call(InProcess.Owner, "tenants.install", new { tenant, app = world.OtherApp.Value });
        var offered = await Invite(world, world.Key, tenant, "member");
        var (app, key) = (world.App.Value, world.Key.Key!.Value.Value);

        await (how switch
        {
            "revoked" => world.Call(
                InProcess.Owner, "keys.revoke", new { app, environment = "sandbox", key }, new { reason = "a test" }),
            "uninstalled" => world.Call(InProcess.Owner, "tenants.uninstall", new { tenant, app }),
            _ => world.Call(
                InProcess.Owner, "apps.transition", new { app }, new { state = "retired", reason = "a test" }),
        });

        await IsLapsed(world, tenant, await world.User("cyd", world.OtherApp), offered);
    }

    [Fact]
    public async Task A_keys_offer_of_ownership_lapses_with_the_first_owner()
    {
        await using var world = await TenantWorld.Start();
        var (cyd, dan) = (await world.User("cyd"), await world.User("dan"));
        var tenant = (await world.Call(world.Key, "tenants.create", body: new { name = "Acme" }))["id"]!.ToString();
        var first = await Invite(world, world.Key, tenant, "owner", "dan@example.com");
        var second = await Invite(world, world.Key, tenant, "owner");

        (await Accept(world, dan, first)).Should().BeNull();

        await IsLapsed(world, tenant, cyd, second);
    }

    [Theory]
    [InlineData("operators.update")]
    [InlineData("operators.suspend")]
    public async Task An_operator_who_may_no_longer_invite_lets_nobody_in(string how)
    {
        await using var world = await TenantWorld.Start();
        var (ada, cyd) = (await world.User("ada"), await world.User("cyd"));
        var tenant = await world.Tenant(ada);
        var staff = Caller.OfOperator(
            OperatorId.New(world.Server.Clock.GetUtcNow()), OperatorRole.Admin, "sandbox", "staff@example.org");
        var offered = await Invite(world, staff, tenant, "owner");

        await world.Call(InProcess.Owner, how, new { @operator = staff.Operator!.Value.Value },
            how == "operators.update" ? new { role = "support" } : Reason);

        await IsLapsed(world, tenant, cyd, offered);
    }

    [Fact]
    public async Task What_has_lapsed_is_replaced_and_cancelled_as_what_is_pending()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob, cyd) = (await world.User("ada"), await world.User("bob"), await world.User("cyd"));
        var tenant = await world.Tenant(ada);
        var member = await world.Join(ada, tenant, bob, "admin");
        await Invite(world, bob, tenant, "member");
        var other = await Invite(world, bob, tenant, "member", "dan@example.com");
        await world.Call(ada, "members.update", new { tenant, member }, new { role = "viewer" });

        var again = await Invite(world, ada, tenant, "viewer");
        await world.Call(ada, "invitations.cancel", new { tenant, invitation = other });

        (await world.Call(ada, "invitations.list", new { tenant }))["items"]!.AsArray()
            .Select(i => i!["state"]!.ToString()).Should().Equal("accepted", "cancelled", "cancelled", "pending");
        (await Accept(world, cyd, again)).Should().BeNull();
    }

    private static object Reason { get; } = new { reason = "a test" };

    private static object OfUser(Caller user) => new { user = user.User!.Value.Value };

    private static async Task<string> Invite(
        TenantWorld world, Caller by, string tenant, string role, string email = "cyd@example.com") =>
        (await world.Call(by, "invitations.create", new { tenant }, new { email, role }))["id"]!.ToString();

    private static Task<string?> Accept(TenantWorld world, Caller user, string invitation) =>
        world.Code(user, "invitations.accept", body: new { invitation_id = invitation });

    /// <summary>Refused, and shown so to both sides.</summary>
    private static async Task IsLapsed(TenantWorld world, string tenant, Caller invited, string invitation)
    {
        (await Accept(world, invited, invitation)).Should().Be("invitation_closed");
        (await world.Call(invited, "invitations.mine"))["items"]!.AsArray().Should().BeEmpty();
        foreach (var (state, shown) in new[] { ("lapsed", 1), ("pending", 0) })
        {
            var listed = await world.Call(InProcess.Owner, "invitations.list", new { tenant }, query: new { state });
            listed["items"]!.AsArray().Count(i => i!["id"]!.ToString() == invitation).Should().Be(shown);
        }
    }
}
