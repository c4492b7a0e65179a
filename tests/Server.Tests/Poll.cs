using System.Diagnostics;

namespace Castellan.Tests;

/// <summary>Waits for what another thread or process does: looks until it is there, or fails at a deadline.</summary>
internal static class Poll
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static Task Until(Func<bool> condition, Action? eachTime = null) =>
        Until(() => Task.FromResult(condition()), eachTime);

    public static async Task Until(Func<Task<bool>> condition, Action? eachTime = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Deadline) throw new TimeoutException("It did not happen in time.");
            eachTime?.Invoke();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
