using System.Security.Cryptography;
using System.Text;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Identity;

/// <summary>
/// Slows guessing down: after <see cref="Free"/> failures for an address the next attempt waits 1, 2, 4 ... 30 seconds.
/// It never locks: refused attempts do not lengthen the wait, and a person whose network address has signed in before
/// is counted apart, so that a stranger who guesses cannot keep the person out. Failures are stored, so all nodes count
/// alike; attempts under way count as failures on their node, so that many at once gain nothing.
/// </summary>
internal sealed class SignInThrottle(
    SignInFailureStore store, SessionStore sessions, Secrets secrets, TimeProvider time)
{
    /// <summary>Failures that cost nothing: people mistype.</summary>
    public const int Free = 3;

    private const int AliasBytes = 8;

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);
    private readonly byte[] key = secrets.KeyFor("sign-in-failure");
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> underWay = [];

    /// <summary>Begins an attempt, or refuses it before any hash is made.</summary>
    public async ValueTask<SignInAttempt> Begin(EnvironmentScope scope, string emailKey, string? ip)
    {
        var (attempt, wait) = await Enter(scope, emailKey);
        if (wait > TimeSpan.Zero && ip is not null && await sessions.IsFamiliar(scope, emailKey, ip, time.GetUtcNow()))
        {
            attempt.Dispose();
            (attempt, wait) = await Enter(scope, $"{emailKey} {ip}");
        }
        if (wait <= TimeSpan.Zero) return attempt;
        attempt.Dispose();
        throw new Refusal(GateProblems.SignInDelayed.With() with { RetryAfter = wait });
    }

    /// <summary>A proven person starts anew.</summary>
    public ValueTask Forget(Change change, EnvironmentScope scope, string emailKey) =>
        change.Queue(SignInFailureStore.Forget(scope, Subject(emailKey)));

    /// <summary>A name for an address that no user has: the same each time, and not the address.</summary>
    public string Alias(string emailKey) => Convert.ToHexStringLower(Subject(emailKey).AsSpan(0, AliasBytes));

    private async ValueTask<(SignInAttempt Attempt, TimeSpan Wait)> Enter(EnvironmentScope scope, string name)
    {
        var counted = $"{scope.Environment} {name}";
        int others;
        lock (gate)
        {
            others = underWay.GetValueOrDefault(counted);
            underWay[counted] = others + 1;
        }
        var subject = Subject(name);
        var attempt = new SignInAttempt(store, scope, subject, () => Leave(counted));
        try
        {
            var now = time.GetUtcNow();
            var past = await store.Find(scope, subject, now);
            attempt.HadFailures = past is not null;
            var last = others > 0 || past is null ? now : past.LastAt;
            return (attempt, last + Wait((past?.Count ?? 0) + others) - now);
        }
        catch
        {
            attempt.Dispose();
            throw;
        }
    }

    private static TimeSpan Wait(long failures) => failures < Free
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(WaitMax.TotalSeconds, Math.Pow(2, Math.Min(failures - Free, 10))));

    private void Leave(string counted)
    {
        lock (gate)
        {
            if (underWay[counted] == 1) underWay.Remove(counted);
            else underWay[counted]--;
        }
    }

    // People type passwords into the wrong field: what they typed is never stored.
    private byte[] Subject(string name) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(name));
}

/// <summary>An attempt under way; say how it ended, then dispose.</summary>
internal sealed class SignInAttempt(SignInFailureStore store, EnvironmentScope scope, byte[] subject, Action leave)
    : IDisposable
{
    public bool HadFailures { get; set; }

    public ValueTask Failed() => store.Add(scope, subject);

    public ValueTask Succeeded() => HadFailures ? store.Remove(scope, subject) : default;

    public void Dispose() => leave();
}

/// <summary>Every statement about failed sign-ins: housekeeping, outside of any Change.</summary>
internal sealed class SignInFailureStore(IDatabase database, Upkeep upkeep, TimeProvider time)
{
    /// <summary>Failures are forgotten after an hour of quiet.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    public ValueTask<Failures?> Find(EnvironmentScope scope, byte[] subject, DateTimeOffset now) => database.One(
        $"""
        select failures, last_at from sign_in_failure
        where environment_id = {scope.Environment} and subject = {subject} and last_at > {now - Kept}
        """,
        row => new Failures(row.Int64(), row.Time()));

    public async ValueTask Add(EnvironmentScope scope, byte[] subject)
    {
        var now = time.GetUtcNow();
        await upkeep.Run(scope, async transaction =>
        {
            await transaction.Queue($"delete from sign_in_failure where last_at <= {now - Kept}");
            return await transaction.Run($"""
                insert into sign_in_failure (environment_id, subject, failures, last_at)
                values ({scope.Environment}, {subject}, {1L}, {now})
                on conflict (environment_id, subject) do update
                    set failures = sign_in_failure.failures + 1, last_at = excluded.last_at
                """);
        });
    }

    public async ValueTask Remove(EnvironmentScope scope, byte[] subject) =>
        await upkeep.Run(scope, Forget(scope, subject));

    public static Sql Forget(EnvironmentScope scope, byte[] subject) =>
        $"delete from sign_in_failure where environment_id = {scope.Environment} and subject = {subject}";
}

internal sealed record Failures(long Count, DateTimeOffset LastAt);
