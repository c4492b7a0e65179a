using AwesomeAssertions;
using Castellan.Tests.Isolation;
using Castellan.Tests.Kernel;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Access;

/// <summary>
/// What a grant let in is done only while it is in force, and what needs no grant does not pay for grants.
/// </summary>
public sealed class GrantStandingTests
{
    [Theory]
    [InlineData("grant")]
    [InlineData("group")]
    [InlineData("role")]
    public async Task A_call_whose_grant_ends_while_its_body_comes_writes_nothing(string ended)
    {
        await using var world = await HostileWorld.Start();
        var tenant = await world.NewTenant();
        var vera = world.Vera.Caller.User!.Value.Value;
        var group = await world.NewGroup(tenant);
        var role = (await world.CallAs(world.Ada, "roles.create", new { tenant },
            new { name = "Renamer", permissions = new[] { "tenants.update" } }))["id"]!.ToString();
        var member = (await world.CallAs(
            world.Ada, "groups.members.add", new { tenant, group }, new { user_id = vera }))["member_id"]!.ToString();
        var grant = (await world.CallAs(world.Ada, "grants.create", new { tenant },
            new { group_id = group, role_id = role }))["id"]!.ToString();

        using var slow = await SlowRequest.Begin(
            world.Server.Address, $"PATCH /v1/tenants/{tenant}", world.Vera.Bearer!, """{"name":"Late"}""");
        await (ended switch
        {
            "grant" => world.CallAs(world.Ada, "grants.revoke", new { tenant, grant }),
            "group" => world.CallAs(world.Ada, "groups.members.remove", new { tenant, group, member }),
            _ => world.CallAs(
                world.Ada, "roles.update", new { tenant, role }, new { permissions = Array.Empty<string>() }),
        });

        (await slow.Finish()).Should().Contain("\"code\":\"permission_denied\"");
        (await world.CallAs(world.Ada, "tenants.get", new { tenant }))["name"]!.ToString().Should().NotBe("Late");
    }

    [Fact]
    public async Task A_call_goes_on_where_another_grant_ends_meanwhile()
    {
        await using var world = await HostileWorld.Start();
        var tenant = await world.NewTenant();
        var grant = await world.NewGrant(tenant);
        await world.CallAs(world.Ada, "grants.create", new { tenant },
            new { user_id = world.Vera.Caller.User!.Value.Value, permission = "tenants.update" });

        using var slow = await SlowRequest.Begin(
            world.Server.Address, $"PATCH /v1/tenants/{tenant}", world.Vera.Bearer!, """{"name":"Late"}""");
        await world.CallAs(world.Ada, "grants.revoke", new { tenant, grant });

        (await slow.Finish()).Should().Contain("\"name\":\"Late\"");
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task A_write_that_waited_for_a_lock_asks_again_whether_its_grant_is_in_force()
    {
        await using var world = await AccessWorld.Start();
        var grant = await world.Grant(world.Vera, "tenants.update");
        var held = await HeldLock.OnTenant(world.Tenants.Server.Database, world.Tenant);

        var late = world.Code(world.Vera, "tenants.update", body: new { name = "Late" });
        await held.UntilWaiting(1);
        await held.Release(
            $"update access_grant set until_revision = {9L} where id = {grant}",
            $"""
            insert into access_revision (tenant_id, revision, environment_id, operation, actor, created_at)
            values ({world.Tenant}, {9L}, {"sandbox"}, {"grants.revoke"}, {"another node"}, {1L})
            """);

        (await late).Should().Be("permission_denied");
        (await world.Texts($"select name from tenant where id = {world.Tenant}")).Should().Equal("Acme");
    }

    [Fact]
    [Trait("Engine", "sqlite")]
    public async Task A_tenant_without_grants_and_policies_asks_the_database_once()
    {
        await using var world = await TenantWorld.Start(CountedDatabase.AddTo);
        var (owner, vera) = (await world.User("owner"), await world.User("vera"));
        var tenant = await world.Tenant(owner);
        await world.Join(owner, tenant, vera, "viewer");
        var database = CountedDatabase.Of(world.Server);

        for (var i = 0; i < 3; i++)
        {
            await world.Code(owner, "invitations.list", new { tenant });
            (await world.Code(vera, "invitations.list", new { tenant })).Should().Be("permission_denied");
        }
        database.ReadsOf("access_").Should().Be(1, "memory knows that nothing is granted or forbidden");
    }
}
