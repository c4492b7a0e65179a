using AwesomeAssertions;

namespace Castellan.Tests.Access;

public sealed class RoleApiTests
{
    [Fact]
    public async Task A_role_is_made_read_changed_and_deleted()
    {
        await using var world = await AccessWorld.Start();
        var made = await world.Call(world.Admin, "roles.create", body: new
        {
            name = "Support", description = "First line", permissions = new[] { "members.list", "invitations.list" },
        });
        var role = made["id"]!.ToString();

        made["permissions"]!.AsArray().Select(p => p!.ToString()).Should().Equal("invitations.list", "members.list");
        (await world.Call(world.Admin, "roles.get", new { role })).ToJsonString().Should().Be(made.ToJsonString());
        (await world.Code(world.Admin, "roles.update", new { role }, new { name = "X" }, ifMatch: "\"9\""))
            .Should().Be("version_conflict");
        var changed = await world.Call(world.Admin, "roles.update", new { role }, new { name = "Helpers" });
        changed["permissions"]!.AsArray().Should().HaveCount(2, "what is not sent stays");
        changed["version"]!.GetValue<long>().Should().Be(2);
        (await world.Call(world.Admin, "roles.list"))["items"]!.AsArray().Should().ContainSingle();

        (await world.Code(world.Admin, "roles.delete", new { role }, ifMatch: "\"1\"")).Should().Be("version_conflict");
        await world.Call(world.Admin, "roles.delete", new { role });
        (await world.Code(world.Admin, "roles.get", new { role })).Should().Be("not_found");
        (await world.Tenants.Events(world.Tenant)).Should().EndWith(["role.created", "role.updated", "role.deleted"]);
    }

    [Theory]
    [InlineData("Support")]
    [InlineData("SUPPORT")]
    [InlineData("Admin")]
    public async Task A_name_is_taken_once_and_built_in_names_always(string name)
    {
        await using var world = await AccessWorld.Start();
        await world.Role("support");
        var other = await world.Role("Other");

        (await world.Code(world.Admin, "roles.create", body: new { name })).Should().Be("access_name_taken");
        (await world.Code(world.Admin, "roles.update", new { role = other }, new { name }))
            .Should().Be("access_name_taken");
        await world.Call(world.Admin, "roles.update", new { role = other }, new { name = "OTHER" });
    }

    [Fact]
    public async Task The_name_of_a_deleted_role_is_free_again()
    {
        await using var world = await AccessWorld.Start();
        await world.Call(world.Admin, "roles.delete", new { role = await world.Role("Support") });
        await world.Role("Support");
    }

    [Fact]
    public async Task A_tenant_has_a_bounded_number_of_roles()
    {
        await using var world = await AccessWorld.Start("--Access:RolesMax", "2");
        await world.Role("One");
        await world.Role("Two");
        (await world.Code(world.Admin, "roles.create", body: new { name = "Three" }))
            .Should().Be("access_limit_reached");
    }

    [Fact]
    public async Task Each_permission_that_is_none_is_named()
    {
        await using var world = await AccessWorld.Start();
        var problem = await world.Problem(world.Admin, "roles.create", body: new
        {
            name = "Bad", permissions = new[] { "members.list", "memberslist", "tenants.delete" },
        });

        problem!.Errors.Select(e => (e.Pointer, e.Code)).Should().Equal(
            ("/permissions/1", "unknown_permission"), ("/permissions/2", "not_grantable"));
        problem.Errors[0].Fix.Should().Be("Did you mean 'members.list'?");
    }
}
