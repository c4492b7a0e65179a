using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Numbers what was committed, without gaps and in an order in which nothing appears behind a reader: events and audit
/// entries of the whole installation (<c>position</c>), and a tenant's entries among themselves. And it notes whom
/// entries concern, for many of them in one sorted run. How is the engine's: <see cref="SequenceOnSqlite"/>,
/// <see cref="SequenceOnPostgres"/>.
/// </summary>
internal sealed partial class Sequencer(IDatabase database, ILogger<Sequencer> log) : BackgroundService
{
    // Another node, or a command beside this process, may have written.
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(200);

    /// <summary>A list is not kept waiting longer, whatever the sequencer meets.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ISequence sequence =
        database.MemoryTrust is null ? new SequenceOnSqlite(database) : new SequenceOnPostgres(database);
    private readonly SemaphoreSlim wake = new(1, 1);
    private readonly SemaphoreSlim hurry = new(0, 1);
    private TaskCompletionSource? asked;
    private long committed;
    private long numbered;

    /// <summary>
    /// Says that something was committed here; other nodes' commits are found within <see cref="Idle"/>.
    /// </summary>
    public void Wake()
    {
        Interlocked.Increment(ref committed);
        Release(wake);
    }

    /// <summary>
    /// Waits until all that this process committed before is numbered and noted, so that who wrote finds it in a list;
    /// at most a second, and not for a run that fails.
    /// </summary>
    public async ValueTask CatchUp(CancellationToken ct)
    {
        if (Volatile.Read(ref numbered) == Volatile.Read(ref committed)) return;
        var run = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        run = Interlocked.CompareExchange(ref asked, run, null) ?? run;
        Release(hurry);
        Release(wake);
        try
        {
            await run.Task.WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            // The list shows what there is.
        }
    }

    public override void Dispose()
    {
        wake.Dispose();
        hurry.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // Who asks from now on may have committed behind what this run sees, and waits for the next one.
            var waiting = Interlocked.Exchange(ref asked, null);
            try
            {
                var busy = await RunToTheEnd(waiting is not null);
                waiting?.TrySetResult();
                if (busy) await hurry.WaitAsync(sequence.Pause, stoppingToken);
                if (Volatile.Read(ref asked) is null) await wake.WaitAsync(Idle, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                // The database is away or the run lost a race: what waits stays queued.
                LogFailed(log, error);
                await Task.Delay(Idle, CancellationToken.None);
            }
            finally
            {
                // Also behind a run that failed: nobody waits for what may take long.
                waiting?.TrySetResult();
            }
        }
    }

    /// <summary>True where there was something to do.</summary>
    private async ValueTask<bool> RunToTheEnd(bool asked)
    {
        var seen = Volatile.Read(ref committed);
        var any = false;
        while (true)
        {
            if (await sequence.Run(asked) is not { } done) return any;
            any |= done > 0;
            if (done < sequence.Most) break;
        }
        Volatile.Write(ref numbered, seen);
        return any;
    }

    private static void Release(SemaphoreSlim signal)
    {
        if (signal.CurrentCount > 0) return;
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else released it in the same moment.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The sequencer's run failed; it tries again")]
    private static partial void LogFailed(ILogger log, Exception error);
}

/// <summary>The sequencer's work on one engine.</summary>
internal interface ISequence
{
    /// <summary>Between two runs under load: what comes meanwhile is done together.</summary>
    TimeSpan Pause { get; }

    /// <summary>Rows of one run.</summary>
    int Most { get; }

    /// <summary>
    /// Gives how many rows it did, at most <see cref="Most"/>. Null where another node is at it: this one leaves it to
    /// that, or, where somebody <paramref name="asked"/>, follows it.
    /// </summary>
    ValueTask<int?> Run(bool asked);
}
