using System.Collections.Concurrent;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Castellan.Tests.Kernel.RateLimits;

/// <summary>What one of several nodes has of limits: its memory, and a connection to the Redis of all.</summary>
internal sealed class SharingNode : IAsyncDisposable
{
    public const string Prefix = "{castellan:limits:test}:";
    private readonly Log log = new();

    private SharingNode(
        RateLimitOptions options, RedisServer server, TimeProvider clock, string prefix, string? script,
        TimeSpan? bound)
    {
        // Far above what an answer takes, so that a busy machine does not look like a Redis that is away.
        Redis = new RedisConnection(
            RedisConnection.Read(server.Address)!, bound ?? TimeSpan.FromSeconds(20), clock, log);
        var cells = new SharedCells(Redis, prefix) { Script = script ?? ChargeScript.Text };
        Limiter = new RateLimiter(options, clock, cells);
    }

    public RedisConnection Redis { get; }

    public RateLimiter Limiter { get; }

    /// <summary>What it has logged.</summary>
    public IReadOnlyCollection<string> Said => log.Lines;

    public static async Task<SharingNode> Start(
        RateLimitOptions options, RedisServer server, TimeProvider clock, string prefix = Prefix,
        string? script = null, TimeSpan? bound = null)
    {
        var node = new SharingNode(options, server, clock, prefix, script, bound);
        await node.Redis.StartAsync(CancellationToken.None);
        return node;
    }

    /// <summary>Asks Redis for something else.</summary>
    public async Task<RedisResult> Ask(string script, params RedisValue[] values) =>
        await Redis.Run(script, [], values) ?? throw new TimeoutException("Redis did not answer.");

    public ValueTask DisposeAsync() => Redis.DisposeAsync();

    private sealed class Log : ILogger<RedisConnection>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));
    }
}
