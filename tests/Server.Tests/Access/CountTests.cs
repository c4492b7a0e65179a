using System.Globalization;
using AwesomeAssertions;
using Castellan.Access;
using Castellan.Access.Policies;
using Castellan.Access.Simulation;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Access;

/// <summary>What is counted in memory, and what of it is written down.</summary>
public sealed class CountTests
{
    [Fact]
    public void A_tenant_that_floods_leaves_room_for_others()
    {
        var (counts, flooding, other) = (
            new DecisionLog(), TenantId.New(DateTimeOffset.UnixEpoch), TenantId.New(DateTimeOffset.UnixEpoch));
        for (var i = 0; i < 50_000; i++) counts.Note(Decision(flooding, i));
        for (var i = 0; i < 1_000; i++) counts.Note(Decision(other, i));
        counts.Note(Decision(flooding, 0));
        counts.Note(Decision(flooding, 49_999));

        var counted = counts.Drain();

        counted.Count(one => one.One.Tenant == other).Should().Be(1_000);
        counted.Count(one => one.One.Tenant == flooding).Should().Be(10_000, "it has half of all");
        counted.Where(one => one.One == Decision(flooding, 0)).Should().ContainSingle().Which.Times.Should().Be(2);
        counts.Drain().Should().BeEmpty();
        counts.Note(Decision(flooding, 49_999));
        counts.Drain().Should().ContainSingle("it has its room again");
    }

    [Fact]
    public async Task Of_whoever_has_left_nothing_is_written_down()
    {
        await using var world = await AccessWorld.Start();
        var policy = (await world.Call(world.Admin, "policies.create",
            body: new { name = "Trial", permissions = new[] { "members.list" } }))["id"]!.ToString();
        foreach (var caller in new[] { world.Vera, world.Ben, world.Tenants.Key })
            await world.Code(caller, "members.list");

        await world.Call(world.Vera, "members.leave");
        await Written(world);

        var hits = await world.Call(world.Admin, "policies.hits", new { policy });
        hits["items"]!.AsArray().Select(hit => hit!["subject_id"]!.ToString())
            .Should().BeEquivalentTo(world.Ben.User!.Value.Value, world.Tenants.Key.Key!.Value.Value);
        var decided = await world.Texts(Sql.Of($"select distinct user_id from access_decision"));
        decided.Should().Contain(world.Ben.User!.Value.Value).And.NotContain(world.Vera.User!.Value.Value);
    }

    private static Decided Decision(TenantId tenant, int number) => new(
        tenant, new UserId("usr_00000000000000000000000000"),
        new Permission(number.ToString(CultureInfo.InvariantCulture), null), null, null, null, Allowed: true);

    private static async Task Written(AccessWorld world)
    {
        var services = world.Tenants.Server.App.Services;
        var (counts, now) = (services.GetRequiredService<AccessCounts>(), world.Tenants.Server.Clock.GetUtcNow());
        await services.GetRequiredService<DecisionStore>().Add(counts.Decisions.Drain(), now);
        await services.GetRequiredService<PolicyHitStore>().Add(counts.Policies.Drain(), now);
    }
}
