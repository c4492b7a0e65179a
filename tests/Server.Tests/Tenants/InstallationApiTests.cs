using AwesomeAssertions;

namespace Castellan.Tests.Tenants;

public sealed class InstallationApiTests
{
    [Fact]
    public async Task A_tenants_admin_lets_another_app_in_and_out()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        var path = new { tenant, app = world.OtherApp.Value };
        var there = await world.User("ada", world.OtherApp);

        (await world.Code(there, "tenants.get", new { tenant })).Should().Be("not_found");
        var installed = await world.Call(ada, "tenants.install", path);
        var again = await world.Call(ada, "tenants.install", path);
        (await world.Code(there, "tenants.get", new { tenant })).Should().BeNull();
        await world.Call(there, "tenants.uninstall", path);

        installed["app_name"]!.ToString().Should().Be("Billing");
        again.ToJsonString().Should().Be(installed.ToJsonString());
        (await world.Code(there, "tenants.get", new { tenant })).Should().Be("not_found");
        (await world.Code(ada, "tenants.uninstall", path)).Should().Be("not_found");
        (await world.Events(tenant)).Count(e => e == "tenant.installed").Should().Be(2);
        (await world.Events(tenant)).Count(e => e == "tenant.uninstalled").Should().Be(1);
    }

    [Fact]
    public async Task Only_an_operator_removes_the_last_app()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        var path = new { tenant, app = world.App.Value };

        (await world.Code(ada, "tenants.uninstall", path)).Should().Be("last_installation");
        (await world.Code(InProcess.Owner, "tenants.uninstall", path)).Should().BeNull();
        (await world.Code(ada, "tenants.get", new { tenant })).Should().Be("not_found");
        (await world.Code(world.Key, "tenants.get", new { tenant })).Should().Be("not_found");
        (await world.Code(InProcess.Owner, "tenants.install", path)).Should().BeNull();
        (await world.Code(ada, "tenants.get", new { tenant })).Should().BeNull();
    }

    [Fact]
    public async Task An_app_that_cannot_be_used_here_is_as_absent_as_one_that_does_not_exist()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        await world.Call(InProcess.Owner, "apps.transition", new { app = world.OtherApp.Value },
            new { state = "retired", reason = "It is replaced." });
        var live = InProcess.Owner with { Environment = "live" };
        var other = await world.Tenant(live, "Live");

        (await world.Code(ada, "tenants.install", new { tenant, app = world.OtherApp.Value })).Should().Be("not_found");
        (await world.Code(ada, "tenants.install", new { tenant, app = $"app_{new string('0', 26)}" }))
            .Should().Be("not_found");
        (await world.Code(live, "tenants.install", new { tenant = other, app = world.App.Value }))
            .Should().Be("not_found");
        (await world.Code(world.Key, "tenants.install", new { tenant, app = world.App.Value }))
            .Should().Be("permission_denied");
    }
}
