using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Gives events their <c>position</c> and audit entries their leaf index and their tenant's counter, without gaps and
/// in an order in which none appears behind a reader. On SQLite the writer does so inside the transaction (the tables'
/// rowids and a subselect); on PostgreSQL this worker does after the commit, from a small queue table.
/// <para>One node at a time holds the advisory lock, taken in a statement of its own so that the next one has a
/// snapshot of everything committed before. Lock and numbers share a transaction: a node that loses its connection
/// loses both, which is the fence.</para>
/// </summary>
internal sealed partial class Sequencer(IDatabase database, ILogger<Sequencer> log) : BackgroundService
{
    private const long AdvisoryLock = 0x7365717565_6e6365; // "sequence"
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(200);
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly bool needed = database.MemoryTrust is not null;

    /// <summary>
    /// Says that something was committed here; other nodes' commits are found within <see cref="Idle"/>.
    /// </summary>
    public void Wake()
    {
        if (!needed || wake.CurrentCount > 0) return;
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
    public ValueTask<int> RunOnce() => database.Transact(async transaction =>
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
            ), audits as (
                insert into audit_position (position, entry_id, tenant_id, tenant_position)
                select (select coalesce(max(position), 0) from audit_position) + row_number() over (order by id),
                    ref_id, tenant_id,
                    case when tenant_id is not null then
                        (select coalesce(max(p.tenant_position), 0) from audit_position p
                            where p.tenant_id = taken.tenant_id)
                        + row_number() over (partition by tenant_id order by id) end
                from taken where kind = 'audit'
            )
            select count(*)::text from taken
            """,
            row => row.Text());
        return int.Parse(numbered!);
    });

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!needed) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunOnce() == Limits.SequencedPerRun) continue;
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
