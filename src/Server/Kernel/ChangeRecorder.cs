using System.Security.Cryptography;
using System.Text;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Writes what a Change carries: idempotent answer first (its unique key settles races between nodes), then audit
/// entries, events and usage. On SQLite the writer numbers rows here; on PostgreSQL the sequencer does after the
/// commit.
/// </summary>
internal sealed class ChangeRecorder(IDatabase database, IdempotencyStore idempotency, RecorderOptions options)
{
    private const int SaltBytes = 16;
    private readonly bool numbersHere = database.MemoryTrust is null;

    public async ValueTask Write(ITransaction transaction, Change change, Answer? answer)
    {
        var invocation = change.Invocation;
        if (invocation.IdempotencyKey is { } key)
            await idempotency.Store(transaction, invocation, key, answer, change.Now);
        if (!options.AuditAndEvents) return;
        var decision = DecisionId.New(change.Now);
        var unnumbered = new List<Sql>();
        foreach (var audit in change.Audits)
        {
            unnumbered.Add(await WriteAudit(transaction, invocation, audit, "done", decision, change.Now));
        }
        foreach (var fact in change.Events) unnumbered.Add(await WriteEvent(transaction, change, fact));
        await LeaveToSequencer(transaction, unnumbered);
        var tenant = change.Audits[0].Tenant ?? invocation.Tenant;
        await WriteUsage(transaction, change, new UsageRecord("changes", 1, tenant));
        foreach (var usage in change.Usages) await WriteUsage(transaction, change, usage);
    }

    /// <summary>An entry by itself: a denial, of which nothing else is recorded.</summary>
    public async ValueTask WriteDenial(
        ITransaction transaction, Invocation invocation, AuditRecord audit, DecisionId decision, DateTimeOffset now) =>
        await LeaveToSequencer(
            transaction, [await WriteAudit(transaction, invocation, audit, "denied", decision, now)]);

    /// <summary>Gives what the sequencer needs to know of the entry.</summary>
    private static async ValueTask<Sql> WriteAudit(
        ITransaction transaction, Invocation invocation, AuditRecord audit, string outcome, DecisionId decision,
        DateTimeOffset now)
    {
        var id = AuditId.New(now);
        var caller = invocation.Caller;
        var tenant = audit.Tenant ?? invocation.Tenant;
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        await transaction.Queue($"""
            insert into audit_entry (id, at, environment_id, tenant_id, workspace_id, app_id, actor_kind, actor_id,
                actor_display, action, outcome, target_kind, target_id, reason, request_id, decision_id, salt,
                before_digest, after_digest)
            values ({id}, {now}, {EnvironmentOf(invocation)}, {tenant}, {invocation.Workspace}, {caller.App},
                {Wire.Name(caller.Kind)}, {caller.Principal}, {caller.Display}, {invocation.Operation.Name}, {outcome},
                {audit.Target.Kind}, {audit.Target.Id}, {audit.Reason}, {invocation.Request.Id}, {decision}, {salt},
                {audit.Before.Digest(salt)}, {audit.After.Digest(salt)})
            """);
        return $"('audit', {id}, {tenant})";
    }

    // What is done to the installation itself concerns every environment, whichever one the operator looks at.
    private static string? EnvironmentOf(Invocation invocation) =>
        invocation.Operation.OnInstallation ? null : invocation.Caller.Environment;

    private static async ValueTask<Sql> WriteEvent(ITransaction transaction, Change change, EventRecord fact)
    {
        var id = EventId.New(change.Now);
        var caller = change.Caller;
        var tenant = fact.Tenant ?? change.Invocation.Tenant;
        var data = fact.Data.Json is { } json ? Encoding.UTF8.GetString(json) : "{}";
        await transaction.Queue($"""
            insert into outbox_event (id, at, environment_id, tenant_id, app_id, type, subject_kind, subject_id,
                request_id, data)
            values ({id}, {change.Now}, {caller.Environment}, {tenant}, {caller.App}, {fact.Type},
                {fact.Subject.Kind}, {fact.Subject.Id}, {change.Invocation.Request.Id}, {new Json(data)})
            """);
        return $"('event', {id}, {tenant})";
    }

    // On SQLite positions are rowids.
    private ValueTask LeaveToSequencer(ITransaction transaction, List<Sql> unnumbered)
    {
        if (numbersHere || unnumbered.Count == 0) return default;
        var rows = unnumbered[0];
        foreach (var row in unnumbered.Skip(1)) rows = $"{rows}, {row}";
        return transaction.Queue($"insert into sequence_queue (kind, ref_id, tenant_id) values {rows}");
    }

    private static ValueTask WriteUsage(ITransaction transaction, Change change, UsageRecord usage)
    {
        var caller = change.Caller;
        return transaction.Queue($"""
            insert into usage_event (id, at, environment_id, tenant_id, app_id, subject_id, meter, operation, quantity)
            values ({UsageId.New(change.Now)}, {change.Now}, {caller.Environment}, {usage.Tenant}, {caller.App},
                {caller.Principal}, {usage.Meter}, {change.Invocation.Operation.Name}, {usage.Quantity})
            """);
    }
}

/// <summary>
/// What a Change records. Never read from configuration: only the benchmark, which measures what the records cost, puts
/// another one into the container.
/// </summary>
internal sealed record RecorderOptions(bool AuditAndEvents = true);
