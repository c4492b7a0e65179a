using System.Collections.Concurrent;
using System.Threading.Channels;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Denials of callers who are known become audit entries, in the caller's own scope and never in the target's: the
/// first few of each caller, operation and minute one by one, then one entry with their number. Others are counted in
/// metrics.
/// </summary>
internal sealed partial class Denials(
    IDatabase database, ChangeRecorder recorder, Sequencer sequencer, TimeProvider time, ILogger<Denials> log)
    : BackgroundService
{
    /// <summary>Denials of one caller, operation and minute that are written one by one.</summary>
    private const int WrittenEach = 5;

    private const int Waiting = 2_000;
    private readonly ConcurrentDictionary<(string Principal, string Operation, long Minute), Counter> counters = new();
    private readonly Channel<Denial> channel = Channel.CreateBounded<Denial>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private sealed record Denial(Invocation Invocation, ProblemType Problem, DecisionId Decision, int Count);

    private sealed class Counter(Denial last)
    {
        private int total;

        public Denial Last { get; } = last;

        public int Total => Volatile.Read(ref total);

        public int Increment() => Interlocked.Increment(ref total);
    }

    public void Record(Invocation invocation, ProblemType problem, DecisionId decision)
    {
        var denial = new Denial(invocation, problem, decision, 1);
        var minute = invocation.Now.ToUnixTimeSeconds() / 60;
        var counter = counters.GetOrAdd(
            (invocation.Caller.Principal, invocation.Operation.Name, minute), static (_, d) => new Counter(d), denial);
        if (counter.Increment() <= WrittenEach) channel.Writer.TryWrite(denial);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(20), time);
        var aggregating = Aggregate(timer, stoppingToken);
        try
        {
            await foreach (var denial in channel.Reader.ReadAllAsync(stoppingToken)) await Write(denial);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what is already queued is still written.
            while (channel.Reader.TryRead(out var denial)) await Write(denial);
        }
        await aggregating;
    }

    private async Task Aggregate(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
                await WriteAggregates(time.GetUtcNow().ToUnixTimeSeconds() / 60);
        }
        catch (OperationCanceledException)
        {
            await WriteAggregates(long.MaxValue);
        }
    }

    private async Task WriteAggregates(long before)
    {
        foreach (var (key, counter) in counters)
        {
            if (key.Minute >= before || !counters.TryRemove(key, out _)) continue;
            if (counter.Total > WrittenEach) await Write(counter.Last with { Count = counter.Total - WrittenEach });
        }
    }

    private async Task Write(Denial denial)
    {
        try
        {
            await database.Transact(WriteLane.Background, async transaction =>
            {
                var caller = denial.Invocation.Caller;
                var code = denial.Problem.Code;
                var by = denial.Invocation.Decision?.Policy is { } policy ? $" by {policy}" : "";
                var reason = denial.Count == 1 ? $"{code}{by}" : $"{code}{by}, {denial.Count} more times";
                var own = new Invocation(
                    caller, denial.Invocation.Operation, denial.Invocation.Request, denial.Invocation.Now, default);
                var target = new Target("operation", own.Operation.Name)
                {
                    User = caller.Impersonation is null ? null : caller.User,
                };
                var record = new AuditRecord(target, Snapshot.None, Snapshot.None, reason, null);
                await recorder.WriteDenial(transaction, own, record, denial.Decision, denial.Invocation.Now);
                return true;
            });
            sequencer.Wake();
        }
        catch (Exception error)
        {
            // The log must not fail with the disk: the denial itself was answered.
            LogLost(log, denial.Invocation.Operation.Name, error);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A denial of {Operation} could not be written to the audit log")]
    private static partial void LogLost(ILogger log, string operation, Exception error);
}
