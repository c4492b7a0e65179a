using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Tenants;

/// <summary>Deleting an identity beside what makes it a member: whichever is first, no tenant keeps a ghost.</summary>
[Trait("Engine", "postgres")]
public sealed class DeletionRaceTests
{
    [Fact]
    public async Task Who_accepts_first_is_a_member_whom_the_deletion_sees()
    {
        await using var world = await TenantWorld.Start();
        var bob = await world.User("bob");
        var tenant = (await world.Call(world.Key, "tenants.create", body: new { name = "Acme" }))["id"]!.ToString();
        var offered = await Invite(world, world.Key, tenant, "owner");

        var held = await HeldLock.OnTenant(world.Server.Database, tenant);
        var accepting = world.Code(bob, "invitations.accept", body: new { invitation_id = offered });
        await held.UntilWaiting(1);
        var deleting = Delete(world, bob);
        await held.UntilWaiting(2);
        await held.Release();

        (await accepting).Should().BeNull();
        (await deleting).Should().Be("last_owner");
        (await Ghosts(world)).Should().BeEmpty();
        (await world.Texts($"select role from membership")).Should().Equal("owner");
    }

    [Theory]
    [InlineData("invitations.accept")]
    [InlineData("tenants.create")]
    [InlineData("members.add")]
    public async Task Who_is_being_deleted_joins_nothing(string how)
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var (first, second) = (await world.Tenant(ada), await world.Tenant(ada, "Other"));
        await world.Join(ada, first, bob);
        var workspace = await world.Workspace(ada, first);
        var offered = await Invite(world, ada, second, "member");

        var held = await HeldLock.OnTenant(world.Server.Database, first);
        var deleting = Delete(world, bob);
        await held.UntilWaiting(1);
        var joining = how switch
        {
            "invitations.accept" => world.Code(bob, how, body: new { invitation_id = offered }),
            "tenants.create" => world.Code(bob, how, body: new { name = "Bob's" }),
            _ => world.Code(ada, how, new { tenant = first, workspace },
                new { user_id = bob.User!.Value.Value, role = "viewer" }),
        };
        await held.UntilWaiting(2);
        await held.Release();

        (await deleting).Should().BeNull();
        (await joining).Should().Be(how == "members.add" ? "not_found" : "credential_invalid");
        (await Ghosts(world)).Should().BeEmpty();
        (await world.Texts($"select name from tenant order by name")).Should().Equal("Acme", "Other");
    }

    [Fact]
    public async Task Who_becomes_the_last_owner_while_the_deletion_waits_is_not_deleted()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        await world.Join(ada, tenant, bob);

        var held = await HeldLock.OnTenant(world.Server.Database, tenant);
        var deleting = Delete(world, bob);
        await held.UntilWaiting(1);
        await held.Release(
            Sql.Of($"update membership set role = 'owner' where user_id = {bob.User}"),
            Sql.Of($"delete from membership where user_id = {ada.User}"));

        (await deleting).Should().Be("last_owner");
        (await Ghosts(world)).Should().BeEmpty();
        (await world.Texts($"select role from membership")).Should().Equal("owner");
    }

    private static Task<string?> Delete(TenantWorld world, Caller user) =>
        world.Code(user with { App = null }, "me.delete");

    private static async Task<string> Invite(TenantWorld world, Caller by, string tenant, string role) =>
        (await world.Call(by, "invitations.create", new { tenant }, new { email = "bob@example.com", role }))["id"]!
            .ToString();

    /// <summary>Memberships of users who are gone.</summary>
    private static Task<List<string>> Ghosts(TenantWorld world) => world.Texts(
        $"""
        select m.id from membership m join user_account u on u.id = m.user_id where u.deleted_at is not null
        """);
}
