using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Housekeeping writes without an audit entry: leases, attempts, last-used times, token rotation, pruning. Only the
/// tables named here, each only in the ways named with it; anything else is a <see cref="Change"/>, or does not run.
/// </summary>
internal sealed class Upkeep(IDatabase database)
{
    private static readonly FrozenDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["app_key"] = ["update"],
        ["idempotency"] = ["delete"],
        ["mail"] = ["update", "delete"],
        ["oauth_code"] = ["insert", "update", "delete"],
        ["operator_session"] = ["update"],
        ["page_session"] = ["update", "delete"],
        ["session"] = ["update"],
        ["sign_in_failure"] = ["insert", "update", "delete"],
    }.ToFrozenDictionary();

    public ValueTask<T> Run<T>(Func<ITransaction, ValueTask<T>> work) =>
        database.Transact(transaction => work(new Watched(transaction)));

    public ValueTask<int> Run(Sql sql) => Run(transaction => transaction.Run(sql));

    private static Sql Checked(Sql sql)
    {
        foreach (var write in UpkeepStatement.Writes(sql.SharedText))
        {
            var (verb, table) = (write.Groups["verb"].Value, write.Groups["table"].Value);
            if (!Allowed.TryGetValue(table, out var verbs) || !verbs.Contains(verb))
                throw new InvalidOperationException($"Upkeep may not {verb} {table}: make a Change.");
        }
        return sql;
    }

    private sealed class Watched(ITransaction transaction) : ITransaction
    {
        public Raw ForUpdate => transaction.ForUpdate;

        public Raw SkipLocked => transaction.SkipLocked;

        public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct)
            where T : class => transaction.One(Checked(sql), read, ct);

        public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct) =>
            transaction.Many(Checked(sql), read, ct);

        public ValueTask<int> Run(Sql sql) => transaction.Run(Checked(sql));

        public ValueTask Queue(Sql sql) => transaction.Queue(Checked(sql));

        public ValueTask QueueTogether(IReadOnlyList<Sql> inserts) =>
            transaction.QueueTogether([.. inserts.Select(Checked)]);

        public ValueTask Require(Sql condition) => transaction.Require(Checked(condition));

        public void AfterCommit(Action action) => transaction.AfterCommit(action);
    }
}

/// <summary>What a statement writes, by its text; statements come from our own constants alone.</summary>
internal static partial class UpkeepStatement
{
    public static IEnumerable<Match> Writes(string sql) => Pattern.Matches(sql);

    // Not the lock clause "for update", nor the "do update set" of an upsert.
    [GeneratedRegex(
        @"(?<!\bfor\s+|\bdo\s+)\b(?<verb>insert|update|delete)\b(\s+(into|from))?\s+(?<table>[a-z_]+)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern { get; }
}
