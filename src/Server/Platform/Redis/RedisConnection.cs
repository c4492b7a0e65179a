using StackExchange.Redis;

namespace Castellan.Platform.Redis;

/// <summary>
/// One connection to a Redis that may be away. Nobody waits for it longer than <paramref name="bound"/>; after a
/// question without an answer nobody asks for a second, and then one does for all. It is opened at the start and again
/// whenever it is lost, in the background, and the server starts without it.
/// </summary>
internal sealed partial class RedisConnection(
    ConfigurationOptions options, TimeSpan bound, TimeProvider time, ILogger<RedisConnection> log)
    : IHostedService, IAsyncDisposable
{
    /// <summary>Between two questions to a Redis that is away.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>At the start, so that the first calls find it as a rule.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(1);

    private readonly Lock opener = new();
    private Task<ConnectionMultiplexer>? opening;

    /// <summary>When the last question had no answer, as the clock counts; 0 where it had one.</summary>
    private long lostAt;

    /// <summary>The options that a connection string says, made fit for this; null where it cannot be read.</summary>
    public static ConfigurationOptions? Read(string connection)
    {
        try
        {
            var options = ConfigurationOptions.Parse(connection);
            if (options.EndPoints.Count == 0) return null;
            options.AbortOnConnectFail = false;
            // A question that waits for a connection would be asked when its asker has long gone.
            options.BacklogPolicy = BacklogPolicy.FailFast;
            options.ReconnectRetryPolicy = new LinearRetry((int)Pause.TotalMilliseconds);
            options.ClientName ??= "castellan";
            return options;
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// What the script answers, or null where it did not in time; what it was to do may have been done all the same.
    /// </summary>
    public async ValueTask<RedisResult?> Run(string script, RedisKey[] keys, RedisValue[] values)
    {
        var lost = Volatile.Read(ref lostAt);
        if (lost != 0 && !MayProbe(lost)) return null;
        try
        {
            var answer = await Evaluate(script, keys, values).WaitAsync(bound, CancellationToken.None);
            if (lost != 0) Found();
            return answer;
        }
        catch (Exception error)
        {
            // Whatever it was, whoever asks has declared what to do without an answer.
            Lost(error);
            return null;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Open().WaitAsync(StartMax, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Lost(error);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Task<ConnectionMultiplexer>? last;
        lock (opener) (last, opening) = (opening, null);
        if (last is not { IsCompletedSuccessfully: true }) return;
        var connection = await last;
        await connection.DisposeAsync();
    }

    private async Task<RedisResult> Evaluate(string script, RedisKey[] keys, RedisValue[] values)
    {
        var connection = await Open();
        return await connection.GetDatabase().ScriptEvaluateAsync(script, keys, values);
    }

    private Task<ConnectionMultiplexer> Open()
    {
        if (Volatile.Read(ref opening) is { IsFaulted: false } current) return current;
        lock (opener)
        {
            if (opening is null or { IsFaulted: true }) opening = ConnectionMultiplexer.ConnectAsync(options);
            return opening;
        }
    }

    /// <summary>True for one of all who ask after the pause; the others wait for another.</summary>
    private bool MayProbe(long lost) => time.GetElapsedTime(lost) >= Pause
        && Interlocked.CompareExchange(ref lostAt, time.GetTimestamp(), lost) == lost;

    private void Lost(Exception error)
    {
        if (Interlocked.Exchange(ref lostAt, time.GetTimestamp()) == 0) LogLost(log, error);
    }

    private void Found()
    {
        if (Interlocked.Exchange(ref lostAt, 0) != 0) LogFound(log);
    }

    [LoggerMessage(1, LogLevel.Warning, "Redis does not answer; what nodes share there is not shared until it does")]
    private static partial void LogLost(ILogger log, Exception error);

    [LoggerMessage(2, LogLevel.Warning, "Redis answers again")]
    private static partial void LogFound(ILogger log);
}
