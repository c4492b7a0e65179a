using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests;

/// <summary>The server's own database with something around it: every statement passes <see cref="Seen"/>.</summary>
internal abstract class SurroundedDatabase(IDatabase inner) : IDatabase
{
    public string EngineName => inner.EngineName;

    public TimeSpan? MemoryTrust => inner.MemoryTrust;

    protected IDatabase Inner => inner;

    public virtual ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class => inner.One(Seen(sql), read, ct);

    public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
        inner.Many(Seen(sql), read, ct);

    public virtual ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual) =>
        inner.Transact(lane, transaction => work(new Surrounded(transaction, this)), cost);

    public ValueTask<IListening> Listen(Identifier channel, CancellationToken ct) => inner.Listen(channel, ct);

    public ValueTask RunScript(string script, CancellationToken ct) => inner.RunScript(script, ct);

    public ValueTask<T> WithMigrationLock<T>(Func<ValueTask<T>> work, CancellationToken ct) =>
        inner.WithMigrationLock(work, ct);

    public virtual ValueTask<bool> IsReady(CancellationToken ct) => inner.IsReady(ct);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>Puts one into the container, around what is there.</summary>
    protected static void AddTo(IServiceCollection services, Func<IDatabase, IDatabase> around)
    {
        var own = services.Last(service => service.ServiceType == typeof(IDatabase));
        services.Remove(own);
        services.AddSingleton(around((IDatabase)own.ImplementationInstance!));
    }

    /// <summary>Looks at a statement on its way, and gives the one that is run.</summary>
    protected abstract Sql Seen(Sql statement);

    private sealed class Surrounded(ITransaction transaction, SurroundedDatabase around) : ITransaction
    {
        public Raw ForUpdate => transaction.ForUpdate;

        public Raw ForKeyShare => transaction.ForKeyShare;

        public Raw SkipLocked => transaction.SkipLocked;

        public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
            where T : class => transaction.One(around.Seen(sql), read, ct);

        public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
            transaction.Many(around.Seen(sql), read, ct);

        public ValueTask<int> Run(Sql sql) => transaction.Run(around.Seen(sql));

        public ValueTask Queue(Sql sql) => transaction.Queue(around.Seen(sql));

        public ValueTask QueueTogether(IReadOnlyList<Sql> inserts) =>
            transaction.QueueTogether([.. inserts.Select(around.Seen)]);

        public ValueTask Require(Sql condition) => transaction.Require(condition);

        public void AfterCommit(Action action) => transaction.AfterCommit(action);
    }
}
