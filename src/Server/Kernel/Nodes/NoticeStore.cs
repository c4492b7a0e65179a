using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel.Nodes;

/// <summary>
/// Every statement about notices; PostgreSQL only. A row bears the id of its transaction, and a node asks for what its
/// last snapshot did not see: transactions commit in another order than they are numbered, and by snapshots none is
/// passed over, nor does one wait for another. Source: PostgreSQL 15 manual, section 9.27, "Transaction ID and Snapshot
/// Information Functions".
/// </summary>
internal sealed class NoticeStore(IDatabase database)
{
    /// <summary>What nodes listen on.</summary>
    public static readonly Identifier Channel = new("castellan_notices");

    /// <summary>Notices of one topic in one Change; more of them say that everything of it was changed.</summary>
    private const int MostOfTopic = 64;

    private static readonly Raw ServerTime = new("(extract(epoch from clock_timestamp()) * 1000)::bigint");

    /// <summary>To be written with the Change.</summary>
    public static Sql Record(IEnumerable<Notice> notices)
    {
        Sql? rows = null;
        foreach (var topic in notices.GroupBy(notice => notice.Topic))
        {
            var keys = topic.Select(notice => notice.Key).ToList();
            if (keys.Count > MostOfTopic || keys.Contains("")) keys = [""];
            foreach (var key in keys)
                rows = rows is null ? Sql.Of($"({topic.Key}, {key})") : $"{rows}, ({topic.Key}, {key})";
        }
        return $"insert into node_notice (topic, key) values {rows}";
    }

    /// <summary>What was committed since; all that it is asked with and answers is the database's own time.</summary>
    public static async ValueTask<News> Since(IListening listening, Revision? last, CancellationToken ct)
    {
        var since = last?.Snapshot;
        var rows = await listening.Many(
            $"""
            select s.at, s.started, s.snapshot, n.topic, n.key
            from (select {ServerTime} as at,
                    (extract(epoch from pg_postmaster_start_time()) * 1000)::bigint as started,
                    pg_current_snapshot()::text as snapshot) s
                left join lateral (
                    select topic, key from node_notice
                    where xact >= pg_snapshot_xmin({since}::pg_snapshot)::text::bigint
                        and not pg_visible_in_snapshot(xact::text::xid8, {since}::pg_snapshot)
                    limit {Limits.NoticesAtOnce + 1L}) n on true
            """,
            row => (Revision: new Revision(row.Int64(), row.Int64(), row.Text()),
                Topic: row.TextOrNull(), Key: row.TextOrNull()),
            ct);
        return new News(rows[0].Revision,
            [.. rows.Where(row => row.Topic is not null).Select(row => new Notice(row.Topic!, row.Key!))]);
    }

    /// <summary>Tells all nodes to look now, and not at their next turn.</summary>
    public ValueTask<string?> Speak(CancellationToken ct) => database.One(
        $"select pg_notify({Channel.Name}, '')::text", row => row.Text(), ct);

    public static Sql Prune(int most) => $"""
        delete from node_notice where (xact, topic, key) in (
            select xact, topic, key from node_notice where at < {ServerTime} - {Revision.KeptMs} limit {(long)most})
        """;
}

/// <summary>
/// How far a node has heard: the database's snapshot, when it was taken by the database's clock, and when that database
/// was started. Milliseconds.
/// </summary>
internal sealed record Revision(long At, long Started, string Snapshot)
{
    /// <summary>Notices are kept so long: far longer than nodes go without asking.</summary>
    public const long KeptMs = 10 * 60 * 1000;

    /// <summary>
    /// Between two questions; the rest is for a Change that is under way. A process that stood still for longer has
    /// lost what was removed meanwhile.
    /// </summary>
    private const long GapMs = KeptMs / 2;

    /// <summary>
    /// Whether nothing is missing since. Another start is another database, or one that took over and may have lost the
    /// last transactions; its numbers say nothing about the ones before.
    /// </summary>
    public bool Follows(Revision earlier) =>
        Started == earlier.Started && At >= earlier.At && At - earlier.At <= GapMs;
}

internal sealed record News(Revision Revision, IReadOnlyList<Notice> Notices)
{
    /// <summary>Whether it is all that was changed since.</summary>
    public bool Continues(Revision? last) =>
        last is not null && Revision.Follows(last) && Notices.Count <= Limits.NoticesAtOnce;
}
