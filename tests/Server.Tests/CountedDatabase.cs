using System.Collections.Concurrent;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests;

/// <summary>
/// The server's own database, with a count of what it was asked outside of transactions, where it can be held up.
/// </summary>
internal sealed class CountedDatabase(IDatabase inner) : IDatabase
{
    private readonly ConcurrentQueue<string> reads = new();
    private int readinessAsked;

    public string EngineName => inner.EngineName;

    public TimeSpan? MemoryTrust => inner.MemoryTrust;

    public int ReadinessAsked => readinessAsked;

    /// <summary>Runs in the place of the question whether the database is ready.</summary>
    public Func<Task> BeforeReady { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs before a question for one row, by its text.</summary>
    public Func<string, Task> BeforeOne { get; set; } = _ => Task.CompletedTask;

    /// <summary>Puts one into the container, around what is there.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var own = services.Last(service => service.ServiceType == typeof(IDatabase));
        services.Remove(own);
        services.AddSingleton<IDatabase>(new CountedDatabase((IDatabase)own.ImplementationInstance!));
    }

    public static CountedDatabase Of(TestServer server) => (CountedDatabase)server.Database;

    public int ReadsOf(string table) => reads.Count(text => text.Contains(table, StringComparison.Ordinal));

    public async ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class
    {
        reads.Enqueue(sql.SharedText);
        await BeforeOne(sql.SharedText);
        return await inner.One(sql, read, ct);
    }

    public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
    {
        reads.Enqueue(sql.SharedText);
        return inner.Many(sql, read, ct);
    }

    /// <summary>In which lanes transactions came, and at what cost.</summary>
    public ConcurrentQueue<(WriteLane Lane, WriteCost Cost)> Lanes { get; } = [];

    public ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual)
    {
        Lanes.Enqueue((lane, cost));
        return inner.Transact(lane, work, cost);
    }

    public ValueTask RunScript(string script, CancellationToken ct) => inner.RunScript(script, ct);

    public ValueTask<T> WithMigrationLock<T>(Func<ValueTask<T>> work, CancellationToken ct) =>
        inner.WithMigrationLock(work, ct);

    public async ValueTask<bool> IsReady(CancellationToken ct)
    {
        Interlocked.Increment(ref readinessAsked);
        await BeforeReady();
        return await inner.IsReady(ct);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
