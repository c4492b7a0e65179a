using Castellan.Platform.Storage;

namespace Castellan.Kernel.Nodes;

/// <summary>
/// Hears what other nodes have changed, and forgets it: at once when one speaks, four times a second in any case. How
/// sure the node may be is measured from before each question is sent, so that neither a slow answer nor a process that
/// stood still makes it surer than it is. A lost connection is opened again, and what was remembered before is then
/// loaded anew.
/// </summary>
internal sealed partial class NodeListener(
    IDatabase database, Notices notices, TimeProvider time, ILogger<NodeListener> log) : BackgroundService
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (notices.Hearing is null) return;
        var told = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var listening = await database.Listen(NoticeStore.Channel, stoppingToken);
                var heard = await Hear(listening, last: null, stoppingToken);
                if (told) LogFound(log);
                told = false;
                while (true)
                {
                    await listening.Wait(Often, stoppingToken);
                    heard = await Hear(listening, heard, stoppingToken);
                }
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Said once: until it is found again, memory is trusted for moments, and else the database is asked.
                if (!told) LogLost(log, error);
                told = true;
                await Task.Delay(Again, CancellationToken.None);
            }
        }
    }

    private async ValueTask<Revision> Hear(IListening listening, Revision? last, CancellationToken ct)
    {
        var asOf = time.GetTimestamp();
        var news = await NoticeStore.Since(listening, last, ct);
        var isAll = news.Continues(last);
        foreach (var notice in news.Notices) isAll &= notices.Forget(notice);
        if (isAll) notices.Hearing!.Confirm(asOf);
        else notices.Hearing!.Begin(asOf);
        return news.Revision;
    }

    [LoggerMessage(1, LogLevel.Warning, "Other nodes are not heard; memory is trusted for moments only")]
    private static partial void LogLost(ILogger log, Exception error);

    [LoggerMessage(2, LogLevel.Warning, "Other nodes are heard again")]
    private static partial void LogFound(ILogger log);
}

/// <summary>
/// Tells other nodes that there is something to hear, after the commit and for many Changes at once: PostgreSQL lets
/// only one transaction that notifies commit at a time. What is not told is heard at the next turn.
/// </summary>
internal sealed partial class NodeSpeaker(Notices notices, NoticeStore store, ILogger<NodeSpeaker> log)
    : BackgroundService
{
    /// <summary>Between two: everybody listens to each.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (notices.Hearing is null) return;
        try
        {
            while (true)
            {
                await notices.UntilSpoken(stoppingToken);
                await Speak(stoppingToken);
                await Task.Delay(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async ValueTask Speak(CancellationToken ct)
    {
        try
        {
            await store.Speak(ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(log, error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Other nodes could not be told to look; they do at their next turn")]
    private static partial void LogFailed(ILogger log, Exception error);
}

/// <summary>Removes notices that every node has heard.</summary>
internal sealed partial class NoticePruning(
    Notices notices, Upkeep upkeep, TimeProvider time, ILogger<NoticePruning> log)
    : PeriodicWorker(TimeSpan.FromMinutes(1), time)
{
    private const int Piece = 1000;

    protected override async ValueTask Round(CancellationToken ct)
    {
        if (notices.Hearing is null) return;
        while (await upkeep.Prune(NoticeStore.Prune(Piece)) == Piece) ct.ThrowIfCancellationRequested();
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    [LoggerMessage(1, LogLevel.Warning, "Notices that were heard could not be removed")]
    private static partial void LogFailed(ILogger log, Exception error);
}
