using System.Text;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Writes what a Change carries: idempotent answer (its unique key settles races between nodes), audit entries,
/// events, usage, and what other nodes have to forget. On SQLite the writer numbers rows here; on PostgreSQL the
/// sequencer does after the commit.
/// </summary>
internal sealed class ChangeRecorder(IDatabase database, RecorderOptions options)
{
    private const int SaltBytes = 16;
    private readonly bool numbersHere = database.MemoryTrust is null;

    /// <param name="transaction">Of the Change.</param>
    /// <param name="change">What is recorded.</param>
    /// <param name="key">What a repeat is known by; null where none is.</param>
    /// <param name="answer">What a repeat gets.</param>
    public ValueTask Write(ITransaction transaction, Change change, IdempotencyKey? key, Answer? answer)
    {
        var records = new List<Sql>(8);
        if (key is not null) records.Add(IdempotencyStore.Record(change.Invocation, key, answer, change.Now));
        if (options.AuditAndEvents) Records(change, records);
        // On SQLite there is nobody else.
        if (!numbersHere && change.Notices.Count > 0) records.Add(NoticeStore.Record(change.Notices));
        return transaction.QueueTogether(records);
    }

    /// <summary>An entry by itself: a denial, of which nothing else is recorded.</summary>
    public ValueTask WriteDenial(
        ITransaction transaction, Invocation invocation, AuditRecord audit, DecisionId decision, DateTimeOffset now) =>
        WriteAlone(transaction, invocation, audit, "denied", (decision, now));

    /// <summary>An entry by itself: a read that is kept.</summary>
    public ValueTask WriteRead(
        ITransaction transaction, Invocation invocation, AuditRecord audit, DateTimeOffset now) =>
        WriteAlone(transaction, invocation, audit, "done", (DecisionId.New(now), now));

    private ValueTask WriteAlone(
        ITransaction transaction, Invocation invocation, AuditRecord audit, string outcome,
        (DecisionId Id, DateTimeOffset At) decision)
    {
        var id = AuditId.New(decision.At);
        var author = Author.Of(invocation.Caller);
        var records = new List<Sql> { Entry(id, invocation, author, audit, outcome, decision) };
        if (!numbersHere) records.Add(Unnumbered($"('audit', {id}, {audit.Tenant ?? invocation.Tenant})"));
        return transaction.QueueTogether(records);
    }

    private void Records(Change change, List<Sql> records)
    {
        var invocation = change.Invocation;
        var decision = DecisionId.New(change.Now);
        // What the sequencer needs to know; on SQLite positions are rowids.
        Sql? unnumbered = null;
        foreach (var audit in change.Audits)
        {
            var id = AuditId.New(change.Now);
            records.Add(Entry(id, invocation, change.Author, audit, "done", (decision, change.Now)));
            Leave($"('audit', {id}, {audit.Tenant ?? invocation.Tenant})");
        }
        foreach (var fact in change.Events)
        {
            var id = EventId.New(change.Now);
            records.Add(Event(id, change, fact));
            Leave($"('event', {id}, {fact.Tenant ?? invocation.Tenant})");
        }
        if (unnumbered is not null) records.Add(Unnumbered(unnumbered));
        records.Add(Usage(change, new UsageRecord("changes", 1, change.Audits[0].Tenant ?? invocation.Tenant)));
        foreach (var usage in change.Usages) records.Add(Usage(change, usage));

        void Leave(Sql row)
        {
            if (!numbersHere) unnumbered = unnumbered is null ? row : $"{unnumbered}, {row}";
        }
    }

    private static Sql Entry(
        AuditId id, Invocation invocation, Author author, AuditRecord audit, string outcome,
        (DecisionId Id, DateTimeOffset At) decision)
    {
        var (target, role) = (audit.Target, audit.Target.Role is { } given ? Wire.Name(given) : null);
        var salt = RandomBytes.Get(SaltBytes);
        return $"""
            insert into audit_entry (id, at, environment_id, tenant_id, workspace_id, app_id, actor_kind, actor_id,
                actor_display, for_user_id, act_chain, run_id, action, outcome, target_kind, target_id, target_user_id,
                target_role, reason, request_id, decision_id, salt, before_digest, after_digest)
            values ({id}, {decision.At}, {EnvironmentOf(invocation)}, {audit.Tenant ?? invocation.Tenant},
                {invocation.Workspace}, {invocation.Caller.App}, {Wire.Name(author.Kind)}, {author.Id},
                {author.Stored}, {author.For}, {Chain(author)}, {author.Run}, {invocation.Operation.Name},
                {outcome}, {target.Kind}, {target.Id}, {target.User}, {role}, {audit.Reason}, {invocation.Request.Id},
                {decision.Id}, {salt}, {audit.Before.Digest(salt)}, {audit.After.Digest(salt)})
            """;
    }

    /// <summary>The agents that handed on what this one acts by, the last one first.</summary>
    private static string? Chain(Author author) =>
        author.Lent is { HandedOnBy: { Count: > 0 } agents } ? string.Join(' ', agents) : null;

    // What is done to the installation itself concerns every environment, whichever one the operator looks at.
    private static string? EnvironmentOf(Invocation invocation) =>
        invocation.Operation.OnInstallation ? null : invocation.Caller.Environment;

    private static Sql Event(EventId id, Change change, EventRecord fact)
    {
        var caller = change.Caller;
        var data = fact.Data.Json is { } json ? Encoding.UTF8.GetString(json) : "{}";
        return $"""
            insert into outbox_event (id, at, environment_id, tenant_id, app_id, type, subject_kind, subject_id,
                request_id, data)
            values ({id}, {change.Now}, {EnvironmentOf(change.Invocation)}, {fact.Tenant ?? change.Invocation.Tenant},
                {caller.App}, {fact.Type}, {fact.Subject.Kind}, {fact.Subject.Id}, {change.Invocation.Request.Id},
                {new Json(data)})
            """;
    }

    private static Sql Unnumbered(Sql rows) => $"insert into sequence_queue (kind, ref_id, tenant_id) values {rows}";

    private static Sql Usage(Change change, UsageRecord usage)
    {
        var caller = change.Caller;
        return $"""
            insert into usage_event (id, at, environment_id, tenant_id, app_id, subject_id, meter, operation, quantity)
            values ({UsageId.New(change.Now)}, {change.Now}, {EnvironmentOf(change.Invocation)}, {usage.Tenant},
                {caller.App}, {caller.Actor}, {usage.Meter}, {change.Invocation.Operation.Name}, {usage.Quantity})
            """;
    }
}

/// <summary>
/// What a Change records. Never read from configuration: only the benchmark, which measures what the records cost, puts
/// another one into the container.
/// </summary>
internal sealed record RecorderOptions(bool AuditAndEvents = true);
