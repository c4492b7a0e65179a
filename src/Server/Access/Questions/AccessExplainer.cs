using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Tenants.Members;

namespace Castellan.Access.Questions;

/// <summary>Says why, from the same rule that decides. Nothing is asked twice in two ways.</summary>
internal sealed class AccessExplainer(
    GrantDirectory directory, GrantJudge judge, PolicyJudge policies, PermissionCatalogue catalogue,
    MemberDirectory members, IAppPermissions apps)
{
    /// <summary>Failed grants that are told; a person reads no more.</summary>
    private const int FailedMax = 20;

    /// <summary>Of a member; who is none has been refused before.</summary>
    public async ValueTask<AccessExplanation> Explain(
        TenantScope scope, UserId user, Permission permission, ResourcePattern resource, DateTimeOffset now,
        AskedAttributes? asked = null)
    {
        var facts = await members.Find(scope, user);
        var (held, version) = await AppRoles(scope, user, permission);
        var question = new GrantQuestion(
            scope.Tenant, user, RoleAt(facts, resource.Workspace), permission, resource, Written(now), Asked: asked);
        var grants = await directory.Find(scope.Tenant);
        return Explain(grants, question, held, Basis(grants, question, held, version, holds: null));
    }

    /// <summary>Of a key in its app, in whose stead the first of its line is told.</summary>
    public async ValueTask<AccessExplanation> Explain(
        TenantScope scope, TenantKey key, Permission permission, ResourcePattern resource, DateTimeOffset now)
    {
        var question = new GrantQuestion(
            scope.Tenant, new GrantSubject(null, key.First), Role: null, permission, resource with { App = key.App },
            Written(now));
        var holds = permission.App is null && catalogue.IsHeldByKey(permission, key.Permissions);
        return await Explain(scope, question, holds);
    }

    /// <summary>Of an agent for itself.</summary>
    public async ValueTask<AccessExplanation> Explain(
        TenantScope scope, TenantAgent agent, Permission permission, ResourcePattern resource, DateTimeOffset now,
        AskedAttributes? asked = null)
    {
        var question = new GrantQuestion(
            scope.Tenant, new GrantSubject(null, Agent: agent.Id), Role: null, permission, resource, Written(now),
            Asked: asked);
        return await Explain(scope, question, agent.MayHave(permission));
    }

    private async ValueTask<AccessExplanation> Explain(TenantScope scope, GrantQuestion question, bool holds)
    {
        var version = question.Permission.App is { } app ? await apps.ContractVersion(scope.Environment, app) : null;
        var grants = await directory.Find(scope.Tenant);
        return Explain(grants, question, [], Basis(grants, question, [], version, holds));
    }

    /// <summary>To the millisecond, as it is written down.</summary>
    private static DateTimeOffset Written(DateTimeOffset now) =>
        DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());

    private DecisionBasis Basis(
        TenantGrants grants, GrantQuestion question, IReadOnlyList<HeldAppRole> held, long? version, bool? holds)
    {
        var (subject, resource) = (question.Subject, question.Resource);
        return new DecisionBasis(
            subject.User, subject.Key, subject.Agent, question.Permission.Name, resource.App, resource.Workspace,
            resource.Collection, resource.Record, grants.Revision, catalogue.BuiltInRoles, question.Now, question.Role,
            [.. held.Select(one => one.Name)], version, question.Asked?.Digest(), holds);
    }

    /// <summary>The answer, from nothing but what is given: the same for the same.</summary>
    public AccessExplanation Explain(
        TenantGrants grants, GrantQuestion question, IReadOnlyList<HeldAppRole> held, DecisionBasis basis)
    {
        if (basis is { AgentId: { } agent, Holds: false }) return Bounded(agent, question.Permission, basis);
        if (question.Permission.App is null) question = AsCalled(question);
        if (catalogue.IsByRules(question.Permission)) return ByRules(grants, question, basis);
        List<Failing> failing = [];
        var proof = (basis is { KeyId: not null, Holds: true } ? [Start(question.Subject)] : ByRole(question, held))
            ?? (judge.Find(grants, question, failing) is { } reaching ? Steps(question.Subject, reaching) : null);
        return proof is null ? Denied(grants, question, basis, failing) : Weighed(grants, question, proof, basis);
    }

    /// <summary>What policies make of what is allowed else.</summary>
    private AccessExplanation Weighed(
        TenantGrants grants, GrantQuestion question, IReadOnlyList<ProofStep> proof, DecisionBasis basis)
    {
        var found = Met(grants, question);
        return found.Refuses is null ? Allowed(basis, proof, found) : Forbidden(question, basis, found);
    }

    /// <summary>Of what is done to records: whether the subject comes as far as the rules.</summary>
    private AccessExplanation ByRules(TenantGrants grants, GrantQuestion question, DecisionBasis basis)
    {
        var stranger = basis switch
        {
            { KeyId: not null, Holds: false } => "The key does not hold it. Who manages the keys of its app gives it.",
            { AgentId: not null } when !IsKnown(grants, question) =>
                "The tenant has granted this agent nothing, so the tenant is absent to it.",
            { UserId: not null, TenantRole: null } => "The user is no member there: only public rules are asked.",
            _ => null,
        };
        if (stranger is not null)
            return new(Allowed: false, null, basis.Revision, [], null, null, [], [], basis, stranger);
        return Weighed(
            grants, question,
            [Start(question.Subject), new(ProofKind.Rules, question.Resource.Collection ?? "records")], basis);
    }

    /// <summary>Whether anything is granted to an agent through the app.</summary>
    private static bool IsKnown(TenantGrants grants, GrantQuestion question) => grants.Reaching(question.Subject).Any(
        reaching => !reaching.Grant.HasExpired(question.Now)
            && (reaching.Grant.AppId is null || question.Resource.App is null
                || reaching.Grant.AppId == question.Resource.App));

    /// <summary>For an answer that nobody will replay.</summary>
    public static DecisionBasis NoBasis(GrantQuestion question) => new(
        question.Subject.User, question.Subject.Key, question.Subject.Agent, question.Permission.Name,
        question.Resource.App, question.Resource.Workspace, question.Resource.Collection, question.Resource.Record, 0,
        "", question.Now, question.Role, [], null, null, null);

    private async ValueTask<(IReadOnlyList<HeldAppRole> Held, long? Version)> AppRoles(
        TenantScope scope, UserId user, Permission permission)
    {
        if (permission.App is not { } app) return ([], null);
        return (await apps.Held(scope, app, user), await apps.ContractVersion(scope.Environment, app));
    }

    /// <summary>The built-in role, or a role of the app, that allows it.</summary>
    private IReadOnlyList<ProofStep>? ByRole(GrantQuestion question, IReadOnlyList<HeldAppRole> held)
    {
        var (permission, start) = (question.Permission, Start(question.Subject));
        if (permission.App is null)
        {
            return question.Role is { } builtIn && RoleAccess.Allows(catalogue.Behind(permission), builtIn)
                ? [start, new ProofStep(ProofKind.BuiltInRole, Wire.Name(builtIn))]
                : null;
        }
        return held.FirstOrDefault(r => r.Permissions.Contains(permission.Name)) is { } appRole
            ? [start, new ProofStep(ProofKind.AppRole, appRole.Name)]
            : null;
    }

    private static ProofStep Start(GrantSubject subject) => new(
        subject switch
        {
            { User: not null } => ProofKind.User,
            { Key: not null } => ProofKind.Key,
            _ => ProofKind.Agent,
        },
        subject.Id);

    /// <summary>An operator has not given it to the agent, so nothing that a tenant grants counts.</summary>
    private AccessExplanation Bounded(AgentId agent, Permission permission, DecisionBasis basis) => new(
        Allowed: false, agent.Value, basis.Revision, [new(ProofKind.Agent, agent.Value)], null, null, [], [], basis,
        catalogue.Behind(permission).MayBeLent
            ? "It is not among the agent's operations: an operator can add it with agents.update."
            : "It is for people: no agent does it.");

    private static AccessExplanation Allowed(
        DecisionBasis basis, IReadOnlyList<ProofStep> proof, PolicyFindings found) =>
        new(Allowed: true, proof[^1].Id, basis.Revision, proof, null, null, [], Met(found), basis);

    private static AccessExplanation Forbidden(GrantQuestion question, DecisionBasis basis, PolicyFindings found)
    {
        var refuses = found.Refuses!.Id.Value;
        return new AccessExplanation(
            Allowed: false, refuses, basis.Revision, [Start(question.Subject), new(ProofKind.Policy, refuses)], null,
            null, [], Met(found), basis, found.Reason);
    }

    /// <summary>As the gate asks, which passes over what no policy can forbid.</summary>
    private PolicyFindings Met(TenantGrants grants, GrantQuestion question) =>
        grants.Policies.Count > 0 && catalogue.IsForbiddable(question.Permission)
            ? policies.Find(grants, question)
            : default;

    /// <summary>What a call of the operation would be: without a body where it has none.</summary>
    private GrantQuestion AsCalled(GrantQuestion question)
    {
        var operation = catalogue.Behind(question.Permission);
        return question with
        {
            AlsoDoes = operation.AlsoDoes,
            Input = operation.HasBody ? null : default(JsonElement),
        };
    }

    private static IReadOnlyList<MetPolicy> Met(PolicyFindings found) =>
        [.. found.All.Select(policy => new MetPolicy(policy.Id, policy.Name, policy.Mode, policy.SinceRevision))];

    private AccessExplanation Denied(
        TenantGrants grants, GrantQuestion question, DecisionBasis basis, List<Failing> failing)
    {
        var (permission, resource) = (question.Permission, question.Resource);
        // No grant would help where a policy refuses it to all.
        if (grants.Policies.Count > 0 && catalogue.IsForbiddable(permission)
            && PolicyJudge.FindRefusingAll(grants, question) is { } refuses)
        {
            return Forbidden(question, basis, default(PolicyFindings).With(refuses));
        }
        return new AccessExplanation(
            Allowed: false, null, basis.Revision, [],
            new MissingGrant(
                question.Subject.User, question.Subject.Key, question.Subject.Agent, permission.Name,
                permission.App ?? resource.App, resource.Workspace, resource.Collection, resource.Record),
            permission.App is null && question.Subject.User is not null
                ? RoleAccess.LeastRole(catalogue.Behind(permission))
                : null,
            failing.Count == 0 ? [] : [.. failing.Take(FailedMax).Select(Failed)], [], basis,
            failing.Count == 0 ? "Nothing gives it there." : "What gives it does not hold there and now.");
    }

    private static FailedGrant Failed(Failing failing) => failing switch
    {
        { Verdict: GrantVerdict.OtherResource, Grant: { } grant } => new FailedGrant(
            grant.Id, FailureCause.OtherResource, "It is for another part of the tenant."),
        { Verdict: GrantVerdict.Expired, Grant: { } grant } => new FailedGrant(
            grant.Id, FailureCause.Expired, $"It has expired: {Rfc3339.Format(grant.ExpiresAt!.Value)}."),
        { Grant: { } grant, Error: null } => new FailedGrant(
            grant.Id, FailureCause.ConditionFails, $"Its condition is not true: {grant.Condition}"),
        { Grant: { } grant, Error: { } error } => new FailedGrant(
            grant.Id, FailureCause.ConditionFails, $"Its condition cannot be answered: {error}"),
    };

    private static List<ProofStep> Steps(GrantSubject subject, Reaching reaching)
    {
        List<ProofStep> steps = [Start(subject)];
        if (reaching.Group is { } group) steps.Add(new(ProofKind.Group, group.Value));
        if (reaching.Grant.RoleId is { } role) steps.Add(new(ProofKind.Role, role.Value));
        steps.Add(new(ProofKind.Grant, reaching.Grant.Id.Value));
        return steps;
    }

    /// <summary>In a workspace the higher of two roles counts.</summary>
    public static TenantRole? RoleAt(MemberFacts facts, WorkspaceId? workspace)
    {
        TenantRole? there = null;
        foreach (var (id, role) in facts.Workspaces)
        {
            if (id == workspace) there = role;
        }
        return there > facts.Role || facts.Role is null ? there : facts.Role;
    }
}
