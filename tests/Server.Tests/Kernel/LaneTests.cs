using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tests.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Kernel;

/// <summary>Whom a change's time is charged to, and which go first.</summary>
public sealed class LaneTests
{
    [Fact]
    public async Task An_apps_calls_are_charged_to_it_in_its_environment_whoever_makes_them()
    {
        await using var world = await TenantWorld.Start(CountedDatabase.AddTo);
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        var own = new WriteLane($"sandbox/{world.App}");

        (await LanesOf(world, () => world.Workspace(ada, tenant))).Should().Contain(own);
        (await LanesOf(world, () => world.Workspace(world.Key, tenant, "Rome"))).Should().Contain(own);
        var elsewhere = await world.User("bob", world.OtherApp);
        (await LanesOf(world, () => world.Tenant(elsewhere, "Elsewhere")))
            .Should().Contain(new WriteLane($"sandbox/{world.OtherApp}"));
    }

    [Fact]
    public async Task What_an_operator_stops_is_urgent_and_charged_to_no_app()
    {
        await using var world = await TenantWorld.Start(CountedDatabase.AddTo);

        var lanes = await LanesOf(world, () => world.Call(
            InProcess.Owner, "apps.transition", new { app = world.App.Value },
            new { state = "retired", reason = "It leaks." }));

        lanes.Should().ContainSingle(lane => lane.Urgent).Which.Charged.Should().EndWith("/Operator");
    }

    [Fact]
    public async Task What_takes_standing_away_is_urgent_and_nothing_else()
    {
        await using var server = await TestServer.Start();

        server.App.Services.GetServices<IEndpoints>().SelectMany(endpoints => endpoints.Operations())
            .Where(operation => operation.Urgent).Select(operation => operation.Name)
            .Should().BeEquivalentTo(
                "agents.kill", "agents.remove_key", "agents.rotate", "agents.suspend", "apps.transition",
                "delegations.revoke", "environments.freeze", "environments.kill", "grants.revoke", "groups.delete",
                "groups.members.remove", "keys.disable", "keys.revoke", "members.remove", "operators.suspend",
                "operators.update", "roles.delete", "runs.stop", "sessions.revoke", "sessions.revoke_all",
                "tenants.suspend", "tenants.uninstall", "users.end_impersonation", "users.sign_out", "users.suspend",
                "workspaces.remove_member");
    }

    /// <summary>The lanes of all that was written meanwhile, also by workers.</summary>
    private static async Task<List<WriteLane>> LanesOf(TenantWorld world, Func<Task> act)
    {
        var lanes = CountedDatabase.Of(world.Server).Lanes;
        lanes.Clear();
        await act();
        return [.. lanes.Select(used => used.Lane)];
    }
}
