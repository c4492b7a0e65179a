using AwesomeAssertions;

namespace Castellan.Tests.Access;

public sealed class GroupApiTests
{
    [Fact]
    public async Task A_group_is_made_filled_read_emptied_and_deleted()
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Vera, world.Ben);
        var member = world.Members[world.Vera];

        (await world.Call(world.Admin, "groups.get", new { group }))["name"]!.ToString().Should().Be("Sales");
        (await world.Call(world.Admin, "groups.list"))["items"]!.AsArray().Should().ContainSingle();
        var first = await world.Call(world.Admin, "groups.members.list", new { group }, query: new { limit = 1 });
        var rest = await world.Call(world.Admin, "groups.members.list", new { group },
            query: new { limit = 1, cursor = first["next_cursor"]!.ToString() });
        first["items"]!.AsArray().Concat(rest["items"]!.AsArray()).Select(m => m!["member_id"]!.ToString())
            .Should().BeEquivalentTo(member, world.Members[world.Ben]);
        (await world.Code(world.Admin, "groups.members.add", new { group },
            new { user_id = world.Vera.User!.Value.Value })).Should().Be("already_in_group");

        foreach (var operation in new[] { "groups.members.remove", "groups.delete" })
        {
            (await world.Code(world.Admin, operation, new { group, member }, ifMatch: "\"7\""))
                .Should().Be("version_conflict");
        }
        await world.Call(world.Admin, "groups.members.remove", new { group, member });
        (await world.Code(world.Admin, "groups.members.remove", new { group, member })).Should().Be("not_found");
        await world.Join(group, world.Vera);
        await world.Call(world.Admin, "groups.delete", new { group });
        (await world.Code(world.Admin, "groups.members.list", new { group })).Should().Be("not_found");
        (await world.Tenants.Events(world.Tenant)).Should().EndWith(
        [
            "group.created", "group.member_added", "group.member_added", "group.member_removed",
            "group.member_added", "group.deleted",
        ]);
    }

    [Fact]
    public async Task Only_members_of_the_tenant_are_in_its_groups()
    {
        await using var world = await AccessWorld.Start();
        var (group, workspace) = (await world.Group("Sales"), await world.Workspace());
        var (stranger, guest) = (await world.Tenants.User("stranger"), await world.Tenants.User("guest"));
        await world.Tenants.Join(world.Owner, world.Tenant, guest, "viewer", workspace);

        foreach (var who in new[] { stranger, guest })
        {
            (await world.Code(
                world.Admin, "groups.members.add", new { group }, new { user_id = who.User!.Value.Value }))
                .Should().Be("not_found");
        }
    }

    [Fact]
    public async Task Names_and_numbers_are_bounded()
    {
        await using var world = await AccessWorld.Start("--Access:GroupsMax", "2", "--Access:GroupMembersMax", "1");
        var group = await world.Group("Sales", world.Vera);

        (await world.Code(world.Admin, "groups.create", body: new { name = "sales" })).Should().Be("access_name_taken");
        (await world.Code(world.Admin, "groups.members.add", new { group },
            new { user_id = world.Ben.User!.Value.Value })).Should().Be("access_limit_reached");
        await world.Group("More");
        (await world.Code(world.Admin, "groups.create", body: new { name = "Third" }))
            .Should().Be("access_limit_reached");
    }
}
