namespace Castellan.Tests;

/// <summary>Waits for what another thread will have done, with a deadline instead of a sleep.</summary>
internal static class Poll
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task Until(Func<Task<bool>> holds)
    {
        var end = Environment.TickCount64 + (long)Deadline.TotalMilliseconds;
        while (!await holds())
        {
            if (Environment.TickCount64 > end) throw new TimeoutException("What was waited for did not happen.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
