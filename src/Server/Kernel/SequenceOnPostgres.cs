using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Ids are not commit order, so everything happens after the commit, from a small queue table. One node at a time holds
/// the advisory lock, taken in a statement of its own so that the next one has a snapshot of everything committed
/// before. Lock and numbers share a transaction: a node that loses its connection loses both, which is the fence.
/// </summary>
internal sealed class SequenceOnPostgres(IDatabase database) : ISequence
{
    public const long AdvisoryLock = 0x7365717565_6e6365; // "sequence"

    /// <summary>Feeds wait for positions, and nothing else shows them.</summary>
    public TimeSpan Pause { get; } = TimeSpan.FromMilliseconds(50);

    public int Most => Limits.SequencedPerRun;

    public ValueTask<int?> Run(bool asked) => database.Transact<int?>(WriteLane.Background, async transaction =>
    {
        var taken = await transaction.One(
            asked
                ? Sql.Of($"select 'true' from pg_advisory_xact_lock({AdvisoryLock})")
                : Sql.Of($"select pg_try_advisory_xact_lock({AdvisoryLock})::text"),
            row => row.Text());
        if (taken != "true") return null;
        // The ids as an array: the queue is then read by its key in both places, however stale the statistics of a
        // table are whose rows stay for moments.
        var numbered = await transaction.One(
            $"""
            with taken as (
                delete from sequence_queue
                where id = any (array(select id from sequence_queue order by id limit {(long)Most}))
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
            ), lasts as (
                select t.tenant_id, (
                    select coalesce(max(a.tenant_position), 0) from audit_tenant a where a.tenant_id = t.tenant_id
                ) as tenant_position
                from (select distinct tenant_id from entries where tenant_id is not null) t
            ), tenants as (
                insert into audit_tenant (tenant_id, tenant_position, position)
                select n.tenant_id,
                    l.tenant_position + row_number() over (partition by n.tenant_id order by n.position), n.position
                from entries n join lasts l on l.tenant_id = n.tenant_id
            ), subjects as (
                insert into audit_subject (subject_id, position)
                select distinct s.id, n.position
                from entries n join audit_entry e on e.id = n.ref_id
                    cross join lateral (values (e.actor_id), (e.target_id), (n.tenant_id), (e.for_user_id),
                        (e.run_id)) s (id)
                where s.id is not null
            )
            select count(*)::text from taken
            """,
            row => row.Text());
        return int.Parse(numbered!);
    });
}
