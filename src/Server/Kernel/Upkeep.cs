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
        ["access_decision"] = ["insert", "delete"],
        ["access_policy_hit"] = ["insert", "delete"],
        ["agent_nonce"] = ["insert", "delete"],
        ["agent_run"] = ["delete"],
        ["app_key"] = ["update"],
        ["budget_hold"] = ["delete"],
        ["budget_hour"] = ["insert", "delete"],
        ["budget_lease"] = ["insert", "update", "delete"],
        ["budget_window"] = ["insert", "update", "delete"],
        ["contract_rewrite"] = ["update"],
        ["contract_rewrite_changed"] = ["delete"],
        ["delegation"] = ["delete"],
        ["idempotency"] = ["delete"],
        ["key_leak"] = ["insert", "delete"],
        ["mail"] = ["update", "delete"],
        ["node_notice"] = ["delete"],
        ["oauth_code"] = ["insert", "update", "delete"],
        ["operator_device"] = ["insert", "update", "delete"],
        ["operator_session"] = ["update"],
        ["page_session"] = ["update", "delete"],
        ["reservation"] = ["update", "delete"],
        ["session"] = ["update"],
        ["sign_in_failure"] = ["insert", "update", "delete"],
    }.ToFrozenDictionary();

    /// <summary>What a call in this scope waits for.</summary>
    public ValueTask<T> Run<T>(EnvironmentScope scope, Func<ITransaction, ValueTask<T>> work) =>
        Run(Lanes.Of(scope), work);

    public ValueTask<int> Run(EnvironmentScope scope, Sql sql) => Run(scope, transaction => transaction.Run(sql));

    /// <summary>What workers do, and what no call is charged with.</summary>
    public ValueTask<T> Run<T>(Func<ITransaction, ValueTask<T>> work) => Run(WriteLane.Background, work);

    public ValueTask<int> Run(Sql sql) => Run(transaction => transaction.Run(sql));

    /// <summary>Removes what may be many rows.</summary>
    public ValueTask<int> Prune(Sql sql) =>
        Run(WriteLane.Background, transaction => transaction.Run(sql), WriteCost.Heavy);

    private ValueTask<T> Run<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual) =>
        database.Transact(lane, transaction => work(new Watched(transaction)), cost);

    private static Sql Checked(Sql sql)
    {
        foreach (var write in UpkeepStatement.Writes(sql.SharedText))
        {
            var (verb, table) = (write.Groups["verb"].Value, write.Groups["table"].Value);
            // A table that is being filled, and that nobody reads before a Change has put it in its place.
            if (table.EndsWith("__shadow\"", StringComparison.Ordinal)) continue;
            // A column that no contract declares any longer, emptied at the end of its grace, which a Change records.
            if (write.Groups["emptied"].Success) continue;
            if (!Allowed.TryGetValue(table, out var verbs) || !verbs.Contains(verb))
                throw new InvalidOperationException($"Upkeep may not {verb} {table}: make a Change.");
        }
        return sql;
    }

    private sealed class Watched(ITransaction transaction) : ITransaction
    {
        public Raw ForUpdate => transaction.ForUpdate;

        public Raw ForKeyShare => transaction.ForKeyShare;

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
        @"(?<!\bfor\s+|\bdo\s+)\b(?<verb>insert|update|delete)\b(\s+(into|from))?\s+"
        + @"(?<table>[a-z_]+|(""\w+""\.)?""\w+"")(?<emptied>\s+set\s+""dropped_\d+_\w+""\s+=\s+null\s+where\b)?",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern { get; }
}
