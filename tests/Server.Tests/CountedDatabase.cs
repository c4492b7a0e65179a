using System.Collections.Concurrent;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests;

/// <summary>Counts what the database was asked outside of transactions, and can hold it up.</summary>
internal sealed class CountedDatabase(IDatabase inner) : SurroundedDatabase(inner)
{
    private readonly ConcurrentQueue<string> reads = new();
    private int readinessAsked;

    public int ReadinessAsked => readinessAsked;

    /// <summary>Runs in the place of the question whether the database is ready.</summary>
    public Func<Task> BeforeReady { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs before a question for one row, by its text.</summary>
    public Func<string, Task> BeforeOne { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs before a transaction, by its cost; what it throws comes in the transaction's place.</summary>
    public Action<WriteCost> BeforeTransact { get; set; } = _ => { };

    /// <summary>In which lanes transactions came, and at what cost.</summary>
    public ConcurrentQueue<(WriteLane Lane, WriteCost Cost)> Lanes { get; } = [];

    public static void AddTo(IServiceCollection services) => AddTo(services, inner => new CountedDatabase(inner));

    public static CountedDatabase Of(TestServer server) => (CountedDatabase)server.Database;

    public int ReadsOf(string table) => reads.Count(text => text.Contains(table, StringComparison.Ordinal));

    public override async ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class
    {
        await BeforeOne(sql.SharedText);
        return await base.One(sql, read, ct);
    }

    public override ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual)
    {
        Lanes.Enqueue((lane, cost));
        BeforeTransact(cost);
        return Inner.Transact(lane, work, cost);
    }

    public override async ValueTask<bool> IsReady(CancellationToken ct)
    {
        Interlocked.Increment(ref readinessAsked);
        await BeforeReady();
        return await base.IsReady(ct);
    }

    protected override Sql Seen(Sql statement)
    {
        reads.Enqueue(statement.SharedText);
        return statement;
    }
}
