using AwesomeAssertions;

namespace Castellan.Tests.Tenants;

public sealed class WorkspaceApiTests
{
    [Fact]
    public async Task A_workspace_is_made_renamed_and_deleted_with_its_members()
    {
        await using var world = await TenantWorld.Start();
        var (ada, guest) = (await world.User("ada"), await world.User("guest"));
        var tenant = await world.Tenant(ada);

        var workspace = await world.Workspace(ada, tenant);
        var path = new { tenant, workspace };
        await world.Join(ada, tenant, guest, "viewer", workspace);
        var renamed = await world.Call(ada, "workspaces.update", path, new { name = "Bonn" });
        (await world.Code(ada, "workspaces.delete", path, ifMatch: "\"1\"")).Should().Be("version_conflict");
        (await world.Code(guest, "workspaces.get", path)).Should().BeNull();
        await world.Call(ada, "workspaces.delete", path);

        renamed["name"]!.ToString().Should().Be("Bonn");
        renamed["version"]!.GetValue<long>().Should().Be(2);
        (await world.Code(ada, "workspaces.get", path)).Should().Be("not_found");
        (await world.Code(guest, "workspaces.get", path)).Should().Be("not_found");
        (await world.Call(ada, "workspaces.list", new { tenant }))["items"]!.AsArray().Should().BeEmpty();
        (await world.Texts($"select id from membership where workspace_id is not null")).Should().BeEmpty();
        (await world.Events(tenant)).Where(e => e.StartsWith("workspace.", StringComparison.Ordinal))
            .Should().Equal("workspace.created", "workspace.updated", "workspace.deleted");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\u0007b")]
    public async Task A_name_is_needed(string name)
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        (await world.Code(ada, "workspaces.create", new { tenant }, new { name })).Should().Be("input_invalid");
    }

    [Fact]
    public async Task A_tenant_has_a_bounded_number_of_workspaces()
    {
        await using var world = await TenantWorld.Start("--Tenants:WorkspacesMax", "3");
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);

        var codes = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
            () => world.Code(ada, "workspaces.create", new { tenant }, new { name = $"W{i}" }))));

        codes.Count(code => code is null).Should().Be(3);
        codes.Count(code => code == "limit_reached").Should().Be(9);
        var workspace = (await world.Call(ada, "workspaces.list", new { tenant }))["items"]![0]!["id"]!.ToString();
        await world.Call(ada, "workspaces.delete", new { tenant, workspace });
        (await world.Code(ada, "workspaces.create", new { tenant }, new { name = "Again" })).Should().BeNull();
        (await world.Code(ada, "workspaces.create", new { tenant }, new { name = "More" }))
            .Should().Be("limit_reached");
        world.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        (await world.Code(ada, "workspaces.create", new { tenant }, new { name = "More" }))
            .Should().Be("limit_reached");
    }
}
