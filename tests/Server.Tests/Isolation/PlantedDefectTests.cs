using AwesomeAssertions;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Isolation;

/// <summary>Shows that the walk bites: it finds every planted defect, and nothing in the operation beside it.</summary>
public sealed class PlantedDefectTests
{
    [Fact]
    public async Task Every_planted_defect_is_found_and_an_honest_operation_is_not_blamed()
    {
        await using var world = await HostileWorld.Start(services => services.AddSingleton<IEndpoints, Planted>());
        var walk = new Walk(world);
        var strangers = await Strangers.Find(world);
        var callers = await CallerWalk.Prepare(world);
        string[] walked = [.. Planted.Defects.Keys, "me.get"];
        foreach (var operation in world.Operations.Where(o => walked.Contains(o.Name)))
        {
            await InputWalk.Forms(walk, operation);
            await InputWalk.Ids(walk, operation, strangers);
            await callers.Of(walk, operation);
            await RepeatWalk.Of(walk, operation);
            await RepeatWalk.OddTexts(walk, operation);
        }

        foreach (var (operation, finding) in Planted.Defects)
            walk.Findings.Should().Contain(f => f.StartsWith(operation) && f.Contains(finding), operation);
        walk.Findings.Should().NotContain(f => f.StartsWith("me.get"));
    }
}
