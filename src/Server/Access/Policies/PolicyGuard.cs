using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Kernel;

namespace Castellan.Access.Policies;

/// <summary>
/// Policies for the single acts of a call that does several: what a policy forbids to be done alone is not done by way
/// of many.
/// </summary>
internal sealed class PolicyGuard(
    GrantDirectory directory, PolicyJudge judge, Func<OperationTable> operations, AccessCounts counts)
{
    /// <summary>Null where nothing is forbidden, or nobody whom a tenant forbids something calls.</summary>
    public ValueTask<GuardedActs?> Find<TIn>(Call<TIn> call) =>
        GrantSubject.Of(call.Caller) is { } subject ? Find(call, subject) : default;

    private async ValueTask<GuardedActs?> Find<TIn>(Call<TIn> call, GrantSubject subject)
    {
        var grants = await directory.Find(call.Tenant.Tenant);
        return grants.Policies.Count == 0
            ? null
            : new GuardedActs(judge, grants, operations().ByName, counts.Policies, new GrantQuestion(
                call.Tenant.Tenant, subject, call.Caller.TenantRole, default,
                new(call.Caller.App, call.Tenant.Workspace, null, null), call.Now, null,
                call.Request.RemoteAddress?.ToString()));
    }
}

/// <summary>Asks for each act of one call.</summary>
internal sealed class GuardedActs(
    PolicyJudge judge, TenantGrants grants, IReadOnlyDictionary<string, Operation> operations, PolicyLog log,
    GrantQuestion question)
{
    /// <summary>Refuses an act that would be <paramref name="operation"/> by itself; null where nothing does.</summary>
    public Problem? Refusal(string operation, string collection, RecordId? record, JsonElement input)
    {
        var (act, found) = Judge(operation, collection, record, input);
        log.Note(act, found);
        return found.Refuses is null
            ? null
            : GateProblems.PermissionDenied.With(found.Reason) with { Fix = PolicyFindings.Fix };
    }

    /// <summary>Why such an act would be refused, for who only asks.</summary>
    public string? WhyNot(string operation, string collection, RecordId? record, JsonElement input) =>
        Judge(operation, collection, record, input).Found is { Refuses: not null } found ? found.Reason : null;

    private (GrantQuestion Act, PolicyFindings Found) Judge(
        string operation, string collection, RecordId? record, JsonElement input)
    {
        var act = question with
        {
            Permission = new Permission(operation, null),
            Operation = operation,
            AlsoDoes = operations[operation].AlsoDoes,
            Resource = question.Resource with { Collection = collection, Record = record },
            Input = input,
        };
        return (act, judge.Find(grants, act));
    }
}
