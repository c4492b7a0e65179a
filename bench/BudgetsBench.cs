using System.Diagnostics;
using System.Globalization;
using Castellan.Tests.Budgets.Interleavings;

namespace Castellan.Bench;

/// <summary>
/// Schedules of what budgets do, with crashes: each is determined by its number, so that one that fails can be run
/// again: the first in which a cap is passed, something stays held, or something settled is lost ends the run with its
/// number. Each core has a database of its own.
/// </summary>
internal static class BudgetsBench
{
    private const int ClearedEvery = 50;

    public static async Task<string> Run(int count)
    {
        var began = Stopwatch.GetTimestamp();
        var threads = Environment.ProcessorCount;
        long steps = 0;
        var runs = Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () => Interlocked.Add(ref steps, Part(thread, threads, count)), TaskCreationOptions.LongRunning)).ToList();
        await Task.WhenAll(runs);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"""
            | interleavings without a finding | steps | seconds |
            |---|---|---|
            | {count:n0} | {steps:n0} | {seconds:n0} |
            """);
    }

    private static long Part(int first, int every, int count)
    {
        var database = new SteppedDatabase();
        long steps = 0;
        for (var i = first; i < count; i += every)
        {
            steps += Interleaving.Run(database, i);
            if (i / every % ClearedEvery == 0) database.Clear();
        }
        return steps;
    }
}
