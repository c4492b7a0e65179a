using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;
using StoredRow = Castellan.Platform.Storage.Row;

namespace Castellan.Tests.Records.Hostile;

/// <summary>The server's own database, which changes statements as a mistake in one of them would.</summary>
internal sealed class DefectiveDatabase(IDatabase inner, Func<string, string> defect) : IDatabase
{
    public string EngineName => inner.EngineName;

    public TimeSpan? MemoryTrust => inner.MemoryTrust;

    /// <summary>Puts one into the container, around what is there.</summary>
    public static void AddTo(IServiceCollection services, Func<string, string> defect)
    {
        var own = services.Last(service => service.ServiceType == typeof(IDatabase));
        services.Remove(own);
        services.AddSingleton<IDatabase>(new DefectiveDatabase((IDatabase)own.ImplementationInstance!, defect));
    }

    public ValueTask<T?> One<T>(Sql sql, Func<StoredRow, T> read, CancellationToken ct = default)
        where T : class => inner.One(Changed(sql), read, ct);

    public ValueTask<List<T>> Many<T>(Sql sql, Func<StoredRow, T> read, CancellationToken ct = default) =>
        inner.Many(Changed(sql), read, ct);

    public ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual) =>
        inner.Transact(lane, transaction => work(new Transaction(transaction, Changed)), cost);

    public ValueTask RunScript(string script, CancellationToken ct) => inner.RunScript(script, ct);

    public ValueTask<T> WithMigrationLock<T>(Func<ValueTask<T>> work, CancellationToken ct) =>
        inner.WithMigrationLock(work, ct);

    public ValueTask<bool> IsReady(CancellationToken ct) => inner.IsReady(ct);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Sql Changed(Sql statement)
    {
        var text = statement.ToString();
        return defect(text) == text ? statement : ChangedSql.Of(statement, defect);
    }

    private sealed class Transaction(ITransaction inner, Func<Sql, Sql> changed) : ITransaction
    {
        public Raw ForUpdate => inner.ForUpdate;

        public Raw ForKeyShare => inner.ForKeyShare;

        public Raw SkipLocked => inner.SkipLocked;

        public ValueTask<T?> One<T>(Sql sql, Func<StoredRow, T> read, CancellationToken ct = default)
            where T : class => inner.One(changed(sql), read, ct);

        public ValueTask<List<T>> Many<T>(Sql sql, Func<StoredRow, T> read, CancellationToken ct = default) =>
            inner.Many(changed(sql), read, ct);

        public ValueTask<int> Run(Sql sql) => inner.Run(changed(sql));

        public ValueTask Queue(Sql sql) => inner.Queue(changed(sql));

        public ValueTask QueueTogether(IReadOnlyList<Sql> inserts) => inner.QueueTogether(inserts);

        public ValueTask Require(Sql condition) => inner.Require(condition);

        public void AfterCommit(Action action) => inner.AfterCommit(action);
    }
}
