namespace Castellan.Platform.Memory;

/// <summary>
/// Guesses cost growing waits: the first few of a subject are free, then each must wait 1 s, 2 s, 4 s and so on after
/// the one before. An attempt is counted before it is judged, so that parallel guesses pay too; a success forgets them.
/// In memory, per node. Source: OWASP ASVS 5.0 section 6.3.1.
/// </summary>
internal sealed class ProgressiveDelay(TimeProvider time)
{
    /// <summary>People mistype; scripts do not stop at five.</summary>
    private const int FreeAttempts = 5;

    private const int Subjects = 50_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private readonly RecentlyUsed<string, Attempts> subjects = new(Subjects);

    /// <summary>Changed under its own lock. <see cref="NextAt"/> is a timestamp of the clock.</summary>
    private sealed class Attempts
    {
        public int Count { get; set; }

        public long NextAt { get; set; }
    }

    /// <summary>Null: go on, the attempt is counted. Otherwise how long to wait; it was not counted.</summary>
    public TimeSpan? Begin(string subject)
    {
        var now = time.GetTimestamp();
        var attempts = subjects.Of(subject);
        lock (attempts)
        {
            if (attempts.NextAt > now) return time.GetElapsedTime(now, attempts.NextAt);
            attempts.Count++;
            var wait = attempts.Count < FreeAttempts
                ? TimeSpan.Zero
                : TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempts.Count - FreeAttempts), Longest.TotalSeconds));
            attempts.NextAt = now + (long)(wait.TotalSeconds * time.TimestampFrequency);
            return null;
        }
    }

    public void Succeed(string subject) => subjects.Forget(subject);
}
