using AwesomeAssertions;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Isolation;

/// <summary>
/// Every operation, by every class of credential, with ids of every other tenant, workspace, app and environment.
/// <c>dotnet run build.cs -- isolation</c> runs the long form: it gives the number of calls in
/// <c>CASTELLAN_ISOLATION_CALLS</c>, and a file for the result.
/// </summary>
public sealed class MatrixTests(ITestOutputHelper output)
{
    private const long CallsOfShortRun = 3_000;
    private const long CallsUntilDefectIsFound = 20_000;

    [Fact]
    public async Task Nobody_reads_or_changes_what_is_beyond_reach()
    {
        var wanted = Environment.GetEnvironmentVariable("CASTELLAN_ISOLATION_CALLS") is { } given
            ? long.Parse(given)
            : CallsOfShortRun;
        var seed = SeededNumbers.Seed(output);
        await using var world = await HostileWorld.Start(adjust: null, Unlimited.Settings);
        var matrix = await MatrixWalk.Prepare(world, seed, round: wanted > 100_000 ? 5_000 : 500);

        await matrix.Run(wanted);

        matrix.Findings.Should().BeEmpty();
        // What is open to everybody is beyond nobody's reach; the other walks ask it.
        matrix.Operations.Should().Contain(world.Operations
            .Where(o => !o.Hosted && !o.Grants.Any(grant => grant.Kind is CallerKind.Nobody)).Select(o => o.Name));
        Report($"{TestDatabase.Engine}, seed {seed}: {matrix.Summary}; leaks: 0.");
    }

    [Theory]
    [InlineData("planted.forgets_tenant")]
    [InlineData("planted.tells_foreign")]
    [InlineData("planted.reads_and_writes")]
    public async Task Planted_defect_is_found(string name)
    {
        await using var world = await HostileWorld.Start(
            services => services.AddSingleton<IEndpoints, Planted>(), Unlimited.Settings);
        var matrix = await MatrixWalk.Prepare(world, SeededNumbers.Seed(output), round: 100, only: name);

        await matrix.Run(CallsUntilDefectIsFound);

        matrix.Findings.Should().NotBeEmpty();
        output.WriteLine($"Found by call {matrix.Calls}: {matrix.Findings[0]}");
    }

    private void Report(string line)
    {
        output.WriteLine(line);
        TestNotes.Write($"isolation matrix: {line}");
        if (Environment.GetEnvironmentVariable("CASTELLAN_ISOLATION_RESULT") is { Length: > 0 } file)
            File.AppendAllText(file, line + "\n");
    }
}
