using Castellan.Tests.Budgets.Interleavings;

namespace Castellan.Tests.Budgets;

/// <summary>Some thousands of the schedules of which <c>bench budgets</c> runs a million.</summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    private const int Count = 4_000;

    [Fact]
    [Trait("Engine", "sqlite")]
    public async Task No_schedule_with_crashes_overshoots_or_holds_for_good()
    {
        var seed = SeededNumbers.Seed(output);
        await using var database = new SteppedDatabase();
        long steps = 0;
        for (var i = 0; i < Count; i++)
        {
            steps += Interleaving.Run(database, seed + i);
            if (i % 50 == 0) database.Clear();
        }
        TestNotes.Write($"interleavings of budgets: {Count}, {steps} steps, from seed {seed}");
    }
}
