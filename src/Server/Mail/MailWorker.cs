using MailKit.Net.Smtp;

namespace Castellan.Mail;

/// <summary>
/// Sends what is due. A mail is taken for a lease, sent, and marked; a sender that dies in between leaves it to come
/// due again, so a mail is sent at least once, under one Message-ID. Any number of nodes may run it.
/// </summary>
internal sealed partial class MailWorker(
    MailStore store, SmtpSender sender, MailOptions options, TimeProvider time, ILogger<MailWorker> log)
    : BackgroundService
{
    /// <summary>Mails taken at once: few, so that all are tried well within the lease.</summary>
    private const int TakenAtOnce = 8;

    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>Mails that other nodes queued, and retries that came due, are found within it.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Says that a mail was committed here.</summary>
    public void Wake()
    {
        if (wake.CurrentCount > 0) return;
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another commit woke it in the same moment.
        }
    }

    /// <summary>Tries what is due now. Gives how many mails it took.</summary>
    public async Task<int> RunOnce(CancellationToken ct)
    {
        if (options.Host is null) return 0;
        var mails = await store.Take(time.GetUtcNow(), Lease, TakenAtOnce);
        if (mails.Count == 0) return 0;
        using var connection = new SmtpClient();
        foreach (var mail in mails)
        {
            try
            {
                await sender.Send(connection, mail, ct);
                await store.Sent(mail, time.GetUtcNow());
            }
            catch (Exception error) when (error is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                await Failed(mail, error);
            }
        }
        if (connection.IsConnected) await connection.DisconnectAsync(quit: true, ct);
        return mails.Count;
    }

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var prunedAt = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (time.GetUtcNow() - prunedAt >= PruneEvery)
                {
                    prunedAt = time.GetUtcNow();
                    await store.Prune(prunedAt);
                }
                if (await RunOnce(stoppingToken) == TakenAtOnce) continue;
                await Rest(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The database is away: what is queued stays queued.
                LogRunFailed(log, error);
                await Task.Delay(Idle, time, CancellationToken.None);
            }
        }
    }

    private async Task Rest(CancellationToken ct)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var woken = wake.WaitAsync(rest.Token);
        await Task.WhenAny(woken, Task.Delay(Idle, time, rest.Token));
        await rest.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    private async Task Failed(LeasedMail mail, Exception error)
    {
        var now = time.GetUtcNow();
        var why = error.Message.Length <= 500 ? error.Message : error.Message[..500];
        if (mail.Attempt >= options.Attempts || IsFinal(error))
        {
            LogGivenUp(log, mail.Id, mail.Attempt, why);
            await store.GiveUp(mail, now, why);
            return;
        }
        LogRetried(log, mail.Id, mail.Attempt, why);
        await store.Retry(mail, now + Pause(mail.Attempt), why);
    }

    /// <summary>A reply of 5yz to an address or a message is the server's last word (RFC 5321 section 4.2.1).</summary>
    private static bool IsFinal(Exception error) => error is SmtpCommandException
    {
        StatusCode: >= SmtpStatusCode.SyntaxError,
        ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted,
    };

    private static TimeSpan Pause(long attempt)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(attempt - 1, 20));
        return pause < LongestPause ? pause : LongestPause;
    }

    [LoggerMessage(1, LogLevel.Warning, "Sending mail failed; what is queued stays queued")]
    private static partial void LogRunFailed(ILogger log, Exception error);

    [LoggerMessage(2, LogLevel.Warning, "{Mail} was not taken at attempt {Attempt} and is tried again: {Why}")]
    private static partial void LogRetried(ILogger log, MailId mail, long attempt, string why);

    [LoggerMessage(3, LogLevel.Error, "{Mail} is given up after attempt {Attempt}: {Why}")]
    private static partial void LogGivenUp(ILogger log, MailId mail, long attempt, string why);
}
