using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Access.Simulation;
using Castellan.Kernel;

namespace Castellan.Access;

/// <summary>
/// Step 5: an agent stops at what was not lent to it, whatever its user may do, and for itself at its operations. Then
/// built-in roles, from the declaration alone; then what the tenant has granted to whom that does not allow it, from
/// memory: a call that a grant let in rests on it. Last what the tenant forbids. What depends on the call's body is
/// decided once that is read.
/// </summary>
internal sealed class GrantAccess(
    RoleAccess roles, GrantDirectory directory, GrantJudge judge, PolicyJudge policies, GrantConditions conditions,
    AccessCounts counts)
    : IAccess
{
    public ValueTask<Decision> Decide(Invocation invocation)
    {
        if (invocation.Caller is { Agent: not null } agent && !MayAtAll(agent, invocation.Operation))
        {
            return new(agent.Lent is null
                ? NotOfAgent(agent, invocation.Operation)
                : NotLent(agent, invocation.Operation));
        }
        var decision = roles.Decide(invocation);
        if (invocation.Tenant is not { } tenant || GrantSubject.Of(invocation.Caller) is not { } subject
            || !Concerns(invocation.Operation, decision))
        {
            return new(decision);
        }
        var known = directory.Find(tenant);
        return known.IsCompletedSuccessfully
            ? new(Decide(invocation, (tenant, subject), decision, known.Result))
            : DecideOnceKnown(invocation, (tenant, subject), decision, known);
    }

    /// <summary>Whether anything that a tenant gives away or forbids can make another decision of it.</summary>
    private static bool Concerns(Operation operation, Decision byRole) =>
        byRole.Outcome is DecisionOutcome.Allow
            ? PermissionCatalogue.IsForbiddable(operation)
            : PermissionCatalogue.IsGrantable(operation);

    /// <summary>Outside of tenants an agent, for itself, does what is declared for agents.</summary>
    private static bool MayAtAll(Caller agent, Operation operation) =>
        (agent.Lent is null && !operation.NamesTenant) || agent.Holds(operation.Name);

    private static Decision NotOfAgent(Caller agent, Operation operation) =>
        new(DecisionOutcome.Deny, $"{operation.Name} is not among what {agent.Display} may be granted at all.")
        {
            Fix = operation.MayBeLent
                ? $"An operator can add {operation.Name} to the agent's operations with agents.update."
                : "Ask a person to do it: no agent does.",
        };

    /// <summary>What the agent has, and what would let it do more.</summary>
    private static Decision NotLent(Caller agent, Operation operation)
    {
        var has = agent.Permissions.Count == 0 ? "nothing" : string.Join(", ", agent.Permissions);
        return operation.MayBeLent
            ? new Decision(DecisionOutcome.Deny,
                $"{operation.Name} was not lent to {agent.Display}, which has {has} of the user's. "
                + "The user can lend it with delegations.create.")
            {
                Fix = $"Ask the user to lend {operation.Name} to the agent.",
            }
            : new Decision(DecisionOutcome.Deny, $"{operation.Name} is for people: no agent does it for a user.")
            {
                Fix = "Ask a person to do it.",
            };
    }

    private async ValueTask<Decision> DecideOnceKnown(
        Invocation invocation, (TenantId, GrantSubject) about, Decision byRole, ValueTask<TenantGrants> grants) =>
        Decide(invocation, about, byRole, await grants);

    private Decision Decide(
        Invocation invocation, (TenantId Tenant, GrantSubject Subject) about, Decision byRole, TenantGrants grants)
    {
        if (grants is { All.Count: 0, Policies.Count: 0 }) return Counted(invocation, byRole);
        var (caller, operation) = (invocation.Caller, invocation.Operation);
        invocation.KeepsBody = operation is { HasBody: true, InTenantOfHeader: true } && grants.LookAtInput(conditions);
        var question = new GrantQuestion(
            about.Tenant, about.Subject, caller.TenantRole, new Permission(operation.Name, null),
            ResourceOf(invocation), invocation.Now, operation.Name, invocation.Request.RemoteAddress?.ToString(),
            Input: operation.HasBody ? null : default(JsonElement))
        {
            AlsoDoes = operation.AlsoDoes,
        };
        var (decision, found) = Weigh(invocation, question, byRole, grants);
        if (!DependsOnInput(grants, question, decision)) return Counted(invocation, decision, question, found);
        // What is allowed already is only weighed against policies.
        var weighed = decision.Outcome is DecisionOutcome.Allow ? decision : byRole;
        invocation.OnceRead = body => DecideOnceRead(
            invocation, question with { Input = Bound(operation, body) }, weighed, grants);
        return decision with { Outcome = DecisionOutcome.Allow };
    }

    /// <summary>
    /// Whether the body can turn it: a refusal by a grant that looks at it, what is let in by a policy that does.
    /// </summary>
    private bool DependsOnInput(TenantGrants grants, GrantQuestion question, Decision decision)
    {
        if (question.Input is not null || !grants.LookAtInput(conditions)) return false;
        if (decision.Outcome is not DecisionOutcome.Allow)
            return decision.Policy is null && judge.MayFind(grants, question);
        foreach (var policy in grants.About(question.Permission, question.AlsoDoes))
        {
            if (policy.When is { } condition && conditions.LooksAtInput(condition)) return true;
        }
        return false;
    }

    private void DecideOnceRead(Invocation invocation, GrantQuestion question, Decision byRole, TenantGrants grants)
    {
        var (decision, found) = Weigh(invocation, question, byRole, grants);
        invocation.Decision = Counted(invocation, decision, question, found);
        if (decision.Outcome is not DecisionOutcome.Allow)
            throw new Refusal(decision.Problem);
    }

    /// <summary>The body as its operation takes it: records as they come, others as they are bound.</summary>
    private static JsonElement Bound(Operation operation, JsonElement body) =>
        operation.InTenantOfHeader ? body : BoundBody.Of(body);

    private (Decision Decision, PolicyFindings Found) Weigh(
        Invocation invocation, GrantQuestion question, Decision byRole, TenantGrants grants)
    {
        var decision = byRole.Outcome is DecisionOutcome.Allow
            ? byRole
            : FindGrant(invocation, question, byRole, grants);
        if (decision.Outcome is not DecisionOutcome.Allow || grants.Policies.Count == 0
            || !PermissionCatalogue.IsForbiddable(invocation.Operation))
        {
            return (decision, default);
        }
        var found = policies.Find(grants, question);
        return (Judged(decision, found, grants.Revision), found);
    }

    /// <summary>What policies make of what is allowed.</summary>
    private static Decision Judged(Decision allowed, PolicyFindings found, long revision)
    {
        if (found.Refuses is { } refuses)
        {
            return new Decision(DecisionOutcome.Deny, found.Reason)
            {
                By = refuses.Id.Value, Policy = refuses.Id, Revision = revision, Fix = PolicyFindings.Fix,
            };
        }
        if (found.Met is null) return allowed;
        PolicyId[] reported =
            [.. found.All.Where(policy => policy.Mode is PolicyMode.Report).Select(policy => policy.Id)];
        return reported.Length == 0 ? allowed : allowed with { Reported = reported, Revision = revision };
    }

    private Decision FindGrant(Invocation invocation, GrantQuestion question, Decision denied, TenantGrants grants)
    {
        if (judge.Find(grants, question) is not { } reaching)
        {
            return grants.Giving(question.Subject, question.Permission).IsEmpty ? denied : denied with
            {
                Reason = $"{denied.Reason} What was granted of it is for another part of the tenant, has expired, or "
                    + "has a condition that is not true.",
                Fix = "Ask an admin what access.explain says of it.",
            };
        }
        invocation.Caller = invocation.Caller with { ByGrant = true };
        invocation.GoodUntil(reaching.Grant.ExpiresAt);
        invocation.Rest(
            [reaching.Held(question.Subject, question.Permission, grants.Revision)],
            GrantStore.IsStill(question.Tenant, grants.Revision));
        return new Decision(DecisionOutcome.Allow, "")
        {
            By = reaching.Grant.Id.Value,
            Revision = grants.Revision,
        };
    }

    /// <summary>What the call names. Operations on data name a collection and a record in their path.</summary>
    private static ResourcePattern ResourceOf(Invocation invocation)
    {
        var (app, workspace) = (invocation.Caller.App, invocation.Workspace);
        if (!invocation.Operation.InTenantOfHeader) return new ResourcePattern(app, workspace, null, null);
        RecordId? record = RecordId.TryParse(invocation.Request.Path("record"), out var named) ? named : null;
        return new ResourcePattern(app, workspace, invocation.Request.Path("collection"), record);
    }

    /// <summary>Counts which policies were met, and what is decided about a member.</summary>
    private Decision Counted(
        Invocation invocation, Decision decision, GrantQuestion? question = null, PolicyFindings found = default)
    {
        if (question is not null) counts.Policies.Note(question, found);
        if (invocation.Caller is { Kind: CallerKind.User, TenantRole: not null, User: { } user })
        {
            counts.Decisions.Note(new Decided(
                invocation.Tenant!.Value, user, new Permission(invocation.Operation.Name, null), invocation.Caller.App,
                invocation.Workspace, KnownCollection(invocation), decision.Outcome is DecisionOutcome.Allow));
        }
        return decision;
    }

    /// <summary>Callers may write anything into a path; those counted are as few as there are.</summary>
    private static string? KnownCollection(Invocation invocation) =>
        invocation.Found is IKnowsCollections known && invocation.Request.Path("collection") is { } named
        && known.HasCollection(named) ? named : null;
}

/// <summary>What decisions are counted for.</summary>
internal sealed record AccessCounts(DecisionLog Decisions, PolicyLog Policies);
