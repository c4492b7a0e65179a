using System.Diagnostics;

namespace Castellan.Bench;

/// <summary>How long the small writes of one app took while something else went on.</summary>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="Seconds">How long the other thing took.</param>
internal sealed record Beside(double P50, double P99, double Seconds)
{
    private const int Writers = 4;

    /// <summary>
    /// Writes with <paramref name="write"/>, one each <paramref name="every"/> and writer, as long as
    /// <paramref name="meanwhile"/> goes on.
    /// </summary>
    public static async Task<Beside> Measure(TimeSpan every, Func<Task> write, Func<Task> meanwhile)
    {
        using var end = new CancellationTokenSource();
        var writing = Enumerable.Range(0, Writers)
            .Select(_ => Task.Run(() => Repeat(every, write, end.Token))).ToList();
        var began = Stopwatch.GetTimestamp();
        await Task.Run(meanwhile);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await end.CancelAsync();
        var all = (await Task.WhenAll(writing)).SelectMany(times => times).Order().ToList();
        return new Beside(all[all.Count / 2], all[all.Count * 99 / 100], seconds);
    }

    private static async Task<List<double>> Repeat(TimeSpan every, Func<Task> write, CancellationToken end)
    {
        var times = new List<double>();
        using var timer = new PeriodicTimer(every);
        while (!end.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            await write();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
        return times;
    }
}
