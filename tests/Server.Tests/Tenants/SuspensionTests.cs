using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Tenants;

public sealed class SuspensionTests
{
    [Fact]
    public async Task A_suspended_tenant_is_refused_to_its_people_and_apps_and_is_there_for_operators()
    {
        await using var world = await TenantWorld.Start();
        var (ada, stranger) = (await world.User("ada"), await world.User("sam"));
        var tenant = await world.Tenant(ada);
        var beside = await world.Tenant(ada, "Beside");

        await Suspend(world, tenant);

        (await world.Code(ada, "tenants.get", new { tenant })).Should().Be("tenant_suspended");
        (await world.Code(world.Key, "members.list", new { tenant })).Should().Be("tenant_suspended");
        (await world.Code(ada, "tenants.delete", new { tenant })).Should().Be("tenant_suspended");
        (await world.Code(stranger, "tenants.get", new { tenant })).Should().Be("not_found");
        (await world.Code(ada, "tenants.get", new { tenant = beside })).Should().BeNull();
        (await world.Call(InProcess.Owner, "tenants.get", new { tenant }))["stop"]!["reason"]!.ToString()
            .Should().Be("unpaid since May");
        var mine = (await world.Call(ada, "tenants.list"))["items"]!.AsArray();
        mine.Single(t => t!["id"]!.ToString() == tenant)!["suspended_at"].Should().NotBeNull();
        mine.ToJsonString().Should().NotContain("unpaid");
        (await world.Actions(tenant)).Should().Contain("tenants.suspend");
        (await world.Events(tenant)).Should().Contain("tenant.suspended");
        (await world.Texts($"select data from outbox_event where type = {"tenant.suspended"}")).Single()
            .Should().NotContain("unpaid");
        (await world.Texts(
            $"select reason from audit_entry where tenant_id = {tenant} and action = {"tenants.suspend"}"))
            .Should().Equal("unpaid since May");
    }

    [Fact]
    public async Task Nobody_joins_a_suspended_tenant()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        var invited = await world.Call(
            ada, "invitations.create", new { tenant }, new { email = bob.Display, role = "member" });
        var accept = new { invitation_id = invited["id"]!.ToString() };
        await Suspend(world, tenant);

        (await world.Code(bob, "invitations.accept", body: accept)).Should().Be("tenant_suspended");
        await world.Call(InProcess.Owner, "tenants.reinstate", new { tenant }, new { reason = "paid" });
        (await world.Code(bob, "invitations.accept", body: accept)).Should().BeNull();
    }

    [Theory]
    [InlineData("Admin", null)]
    [InlineData("Support", null)]
    [InlineData("Auditor", "permission_denied")]
    [InlineData("Billing", "permission_denied")]
    public async Task Admins_and_support_suspend_and_reinstate(string role, string? code)
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        var by = Caller.OfOperator(
            OperatorId.New(world.Server.Clock.GetUtcNow()), Enum.Parse<OperatorRole>(role), "sandbox", "x@example.com");

        (await world.Code(by, "tenants.suspend", new { tenant }, new { reason = "a test" })).Should().Be(code);
        (await world.Code(by, "tenants.suspend", new { tenant }, new { reason = "a test" }))
            .Should().Be(code ?? "stop_refused");
        (await world.Code(by, "tenants.reinstate", new { tenant }, new { reason = "a test" })).Should().Be(code);
        (await world.Code(by, "tenants.reinstate", new { tenant }, new { reason = "a test" }))
            .Should().Be(code ?? "stop_refused");
        (await world.Code(ada, "tenants.suspend", new { tenant }, new { reason = "a test" }))
            .Should().Be("permission_denied");
        (await world.Code(by, "tenants.update", new { tenant }, new { name = "Renamed" }))
            .Should().Be(role == "Admin" ? null : "permission_denied");
    }

    [Fact]
    public async Task Who_suspends_twice_hears_why_it_is_suspended_and_what_ends_it()
    {
        await using var world = await TenantWorld.Start();
        var tenant = await world.Tenant(await world.User("ada"));
        await Suspend(world, tenant);
        async Task<Problem> Refused(string operation) => (await world.Server.InProcess.Invoke(
            InProcess.Owner, operation, new { tenant }, new { reason = "again" })).Problem!;

        var twice = await Refused("tenants.suspend");
        twice.Detail.Should().StartWith("The tenant is suspended, since ").And.EndWith(": unpaid since May");
        twice.Fix.Should().Contain("tenants.reinstate");
        await world.Call(InProcess.Owner, "tenants.reinstate", new { tenant }, new { reason = "paid" });
        (await Refused("tenants.reinstate")).Detail.Should().StartWith("The tenant is active");
    }

    private static Task<JsonObject> Suspend(TenantWorld world, string tenant) =>
        world.Call(InProcess.Owner, "tenants.suspend", new { tenant }, new { reason = "unpaid since May" });
}
