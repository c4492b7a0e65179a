using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Numbers what was committed, without gaps and in an order in which nothing appears behind a reader: events and audit
/// entries of the whole installation (<c>position</c>), and a tenant's entries among themselves. And it notes whom
/// entries concern, for many of them in one sorted run.
/// <para>On SQLite the one writer gives positions inside the transaction (they are rowids), and this worker follows a
/// moment later with the rest. On PostgreSQL ids are not commit order, so it does everything after the commit, from a
/// small queue table. One node at a time holds the advisory lock, taken in a statement of its own so that the next one
/// has a snapshot of everything committed before. Lock and numbers share a transaction: a node that loses its
/// connection loses both, which is the fence.</para>
/// </summary>
internal sealed partial class Sequencer(IDatabase database, ILogger<Sequencer> log) : BackgroundService
{
    // Another node, or a command beside this process, may have written.
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Between two runs under load: what comes meanwhile is numbered together. Feeds wait for positions on PostgreSQL;
    /// on SQLite only lists by tenant, actor and target wait.
    /// </summary>
    private readonly TimeSpan pause = TimeSpan.FromMilliseconds(database.MemoryTrust is null ? 500 : 50);
    private readonly int most = database.MemoryTrust is null ? Limits.NotedPerRun : Limits.SequencedPerRun;
    private readonly SemaphoreSlim wake = new(1, 1);

    /// <summary>
    /// Says that something was committed here; other nodes' commits are found within <see cref="Idle"/>.
    /// </summary>
    public void Wake()
    {
        if (wake.CurrentCount > 0) return;
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another commit woke it in the same moment.
        }
    }

    /// <summary>Numbers what waits, if no other node does. Gives how many.</summary>
    public ValueTask<int> RunOnce() =>
        database.Transact<int>(database.MemoryTrust is null ? Sequencing.BehindHead : Sequencing.Queued);

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var numbered = await RunOnce();
                if (numbered == most) continue;
                if (numbered > 0) await Task.Delay(pause, stoppingToken);
                await wake.WaitAsync(Idle, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                // The database is away or the run lost a race: what waits stays queued.
                LogFailed(log, error);
                await Task.Delay(Idle, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The sequencer's run failed; it tries again")]
    private static partial void LogFailed(ILogger log, Exception error);
}

/// <summary>The statements of the sequencer; they differ because only PostgreSQL has concurrent writers.</summary>
internal static class Sequencing
{
    private const long AdvisoryLock = 0x7365717565_6e6365; // "sequence"

    /// <summary>SQLite: from the mark on, up to the bound.</summary>
    public static async ValueTask<int> BehindHead(ITransaction transaction)
    {
        var ends = await transaction.Many(
            $"""
            select m.position, (select coalesce(max(e.position), 0) from audit_entry e) from sequence_mark m
            """,
            row => (Mark: row.Int64(), Head: row.Int64()));
        var (mark, head) = ends[0];
        var end = Math.Min(head, mark + Limits.NotedPerRun);
        if (end == mark) return 0;
        await transaction.Queue($"""
            insert into audit_tenant (tenant_id, tenant_position, position)
            select e.tenant_id,
                (select coalesce(max(t.tenant_position), 0) from audit_tenant t where t.tenant_id = e.tenant_id)
                    + row_number() over (partition by e.tenant_id order by e.position),
                e.position
            from audit_entry e where e.position > {mark} and e.position <= {end} and e.tenant_id is not null
            """);
        await transaction.Queue($"""
            insert into audit_subject (subject_id, position)
            select actor_id, position from audit_entry where position > {mark} and position <= {end}
            union select target_id, position from audit_entry where position > {mark} and position <= {end}
            union select tenant_id, position from audit_entry
                where position > {mark} and position <= {end} and tenant_id is not null
            order by 1, 2
            """);
        await transaction.Queue($"update sequence_mark set position = {end}");
        return (int)(end - mark);
    }

    /// <summary>PostgreSQL: what waits in the queue, unless another node is at it.</summary>
    public static async ValueTask<int> Queued(ITransaction transaction)
    {
        var taken = await transaction.One(
            $"select pg_try_advisory_xact_lock({AdvisoryLock})::text", row => row.Text());
        if (taken != "true") return 0;
        var numbered = await transaction.One(
            $"""
            with taken as (
                delete from sequence_queue
                where id in (select id from sequence_queue order by id limit {(long)Limits.SequencedPerRun})
                returning id, kind, ref_id, tenant_id
            ), events as (
                insert into event_position (position, event_id)
                select (select coalesce(max(position), 0) from event_position) + row_number() over (order by id), ref_id
                from taken where kind = 'event'
            ), entries as (
                select (select coalesce(max(position), 0) from audit_position) + row_number() over (order by id)
                    as position, ref_id, tenant_id
                from taken where kind = 'audit'
            ), positions as (
                insert into audit_position (position, entry_id) select position, ref_id from entries
            ), tenants as (
                insert into audit_tenant (tenant_id, tenant_position, position)
                select n.tenant_id,
                    (select coalesce(max(t.tenant_position), 0) from audit_tenant t where t.tenant_id = n.tenant_id)
                        + row_number() over (partition by n.tenant_id order by n.position),
                    n.position
                from entries n where n.tenant_id is not null
            ), subjects as (
                insert into audit_subject (subject_id, position)
                select e.actor_id, n.position from entries n join audit_entry e on e.id = n.ref_id
                union select e.target_id, n.position from entries n join audit_entry e on e.id = n.ref_id
                union select n.tenant_id, n.position from entries n where n.tenant_id is not null
            )
            select count(*)::text from taken
            """,
            row => row.Text());
        return int.Parse(numbered!);
    }
}
