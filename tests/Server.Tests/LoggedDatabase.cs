using System.Collections.Concurrent;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests;

/// <summary>
/// The server's own database, which keeps one statement of each text that names a table, with its values, also from
/// within transactions.
/// </summary>
internal sealed class LoggedDatabase(IDatabase inner, string about) : IDatabase
{
    private readonly ConcurrentDictionary<string, Sql> statements = new();

    public string EngineName => inner.EngineName;

    public TimeSpan? MemoryTrust => inner.MemoryTrust;

    public IReadOnlyCollection<Sql> Statements => [.. statements.Values];

    /// <summary>For questions of a test, which are not to be kept.</summary>
    public IDatabase Unlogged => inner;

    /// <summary>Puts one into the container, around what is there.</summary>
    public static Action<IServiceCollection> About(string text) => services =>
    {
        var own = services.Last(service => service.ServiceType == typeof(IDatabase));
        services.Remove(own);
        services.AddSingleton<IDatabase>(new LoggedDatabase((IDatabase)own.ImplementationInstance!, text));
    };

    public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class => inner.One(Log(sql), read, ct);

    public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
        inner.Many(Log(sql), read, ct);

    public ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual) =>
        inner.Transact(lane, transaction => work(new Logged(transaction, this)), cost);

    public ValueTask RunScript(string script, CancellationToken ct) => inner.RunScript(script, ct);

    public ValueTask<T> WithMigrationLock<T>(Func<ValueTask<T>> work, CancellationToken ct) =>
        inner.WithMigrationLock(work, ct);

    public ValueTask<bool> IsReady(CancellationToken ct) => inner.IsReady(ct);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Sql Log(Sql sql)
    {
        var text = sql.ToString();
        if (text.Contains(about, StringComparison.Ordinal) && !statements.ContainsKey(text))
            statements.TryAdd(text, ChangedSql.Of(sql, same => same));
        return sql;
    }

    private sealed class Logged(ITransaction transaction, LoggedDatabase log) : ITransaction
    {
        public Raw ForUpdate => transaction.ForUpdate;

        public Raw ForKeyShare => transaction.ForKeyShare;

        public Raw SkipLocked => transaction.SkipLocked;

        public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
            where T : class => transaction.One(log.Log(sql), read, ct);

        public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
            transaction.Many(log.Log(sql), read, ct);

        public ValueTask<int> Run(Sql sql) => transaction.Run(log.Log(sql));

        public ValueTask Queue(Sql sql) => transaction.Queue(log.Log(sql));

        public ValueTask QueueTogether(IReadOnlyList<Sql> inserts)
        {
            foreach (var insert in inserts) log.Log(insert);
            return transaction.QueueTogether(inserts);
        }

        public ValueTask Require(Sql condition) => transaction.Require(condition);

        public void AfterCommit(Action action) => transaction.AfterCommit(action);
    }
}
