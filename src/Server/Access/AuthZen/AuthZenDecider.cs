using Castellan.Access.Granting;
using Castellan.Access.Names;
using Castellan.Access.Permissions;
using Castellan.Access.Questions;
using Castellan.Access.Simulation;
using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Access.AuthZen;

/// <summary>
/// What the words of the standard mean here, and the answer. The tenant is what the gate has found, from the header or
/// from the key; nothing in a body changes it. Whatever is told about subject, action, resource and context is an
/// attribute of the one question, which conditions of grants may look at.
/// </summary>
internal sealed class AuthZenDecider(
    AccessExplainer explainer, PermissionCatalogue catalogue, NameDirectory names, MemberDirectory members,
    IUserStanding users, GrantTargets targets)
{
    public async ValueTask<AuthZenDecision> Decide(Asker asker, AskedAttributes asked)
    {
        if (asked.Subject.Type == Subjects.Agent && AgentId.TryParse(asked.Subject.Id, out var agent))
            return await DecideAgent(asker, agent, asked);
        var user = await Subject(asker, asked.Subject);
        await RequireMayAsk(asker, user);
        if (user is not { } known) return AuthZenDecision.Unknown(AuthZenReason.UnknownSubject);
        if (await Resource(asker, asked.Resource) is not { } resource)
            return AuthZenDecision.Unknown(AuthZenReason.UnknownResource);
        return await Permission(asker, asked) is { } permission
            ? await Decide(asker, known, permission, resource, asked)
            : AuthZenDecision.Unknown(AuthZenReason.UnknownAction);
    }

    /// <summary>An agent for itself, whom no app can name.</summary>
    private async ValueTask<AuthZenDecision> DecideAgent(Asker asker, AgentId id, AskedAttributes asked)
    {
        await RequireMayAsk(asker, null);
        if (await targets.FindAgent(asker.Scope, id) is not { } agent)
            return AuthZenDecision.Unknown(AuthZenReason.UnknownSubject);
        if (!agent.IsGood(asker.Now)) return AuthZenDecision.Unknown(AuthZenReason.SuspendedSubject);
        if (await Resource(asker, asked.Resource) is not { } resource)
            return AuthZenDecision.Unknown(AuthZenReason.UnknownResource);
        if (await Permission(asker, asked) is not { } permission)
            return AuthZenDecision.Unknown(AuthZenReason.UnknownAction);
        var answer = await explainer.Explain(asker.Scope, agent, permission, resource, asker.Now, asked);
        return Answered(answer, new AuthZenContext(Reason(answer)) { AgentId = id });
    }

    private static AuthZenDecision Answered(AccessExplanation answer, AuthZenContext context) => new(
        answer.Allowed, context with
        {
            Permission = answer.Basis.Permission,
            Revision = answer.Revision,
            Basis = answer.Basis,
            DeterminedBy = answer.Proof.Count > 0 ? answer.Proof : null,
        });

    /// <summary>By the rule that explains, which is the one that guards every operation.</summary>
    public async ValueTask<AuthZenDecision> Decide(
        Asker asker, UserId user, Permission permission, ResourcePattern resource, AskedAttributes asked)
    {
        // Who asks here lets somebody in by the answer, and no call comes that would be refused.
        if (!await users.IsActive(new EnvironmentScope(asker.Scope.Environment, asker.App), user))
            return AuthZenDecision.Unknown(AuthZenReason.SuspendedSubject);
        var answer = await explainer.Explain(asker.Scope, user, permission, resource, asker.Now, asked);
        return Answered(answer, new AuthZenContext(Reason(answer))
        {
            UserId = user,
            Counted = new Decided(
                asker.Scope.Tenant, user, permission, resource.App, resource.Workspace,
                CountedCollection(permission, resource), answer.Allowed),
        });
    }

    private static AuthZenReason Reason(AccessExplanation answer) => answer switch
    {
        { Allowed: true } => AuthZenReason.Allowed,
        { Policies.Count: > 0, By: not null } => AuthZenReason.Forbidden,
        _ => AuthZenReason.NotGranted,
    };

    /// <summary>The member whom a subject stands for: by the id of a user, or by what the app calls somebody.</summary>
    public async ValueTask<UserId?> Subject(Asker asker, AskedEntity subject)
    {
        UserId? user = subject.Type == Subjects.User && UserId.TryParse(subject.Id, out var id) ? id
            : asker.App is { } app ? (await names.Find(asker.Scope.Tenant)).Subject(app, subject.Type, subject.Id)
            : null;
        return user is { } found && (await members.Find(asker.Scope, found)).Members.Count > 0 ? found : null;
    }

    /// <summary>A part of the tenant; null where it has no such part.</summary>
    public async ValueTask<ResourcePattern?> Resource(Asker asker, AskedEntity resource)
    {
        var within = ResourcePattern.Whole with { App = asker.App, Workspace = asker.Scope.Workspace };
        if (resource.Type == Resources.Tenant) return resource.Id == asker.Scope.Tenant.Value ? within : null;
        if (resource.Type == Resources.Workspace)
        {
            return WorkspaceId.TryParse(resource.Id, out var id) && await targets.HasWorkspace(asker.Scope, id)
                ? within with { Workspace = id }
                : null;
        }
        return within with
        {
            // Longer than any collection's name, it is none.
            Collection = resource.Type.Length <= ResourcePattern.CollectionMax ? resource.Type : null,
            Record = resource.Type.Length <= ResourcePattern.CollectionMax
                && RecordId.TryParse(resource.Id, out var record) ? record : null,
        };
    }

    /// <summary>
    /// The permission that an action means on a type: <c>type.action</c>, else the action's own name. Permissions are
    /// in small letters, so capitals are taken for them. Operations of the server are about a tenant or a workspace.
    /// </summary>
    public async ValueTask<Permission?> Permission(Asker asker, AskedAttributes asked)
    {
        var (type, action) = (asked.Resource.Type.ToLowerInvariant(), asked.Action.ToLowerInvariant());
        if (IsOfTenant(asked.Resource.Type) && catalogue.FindGrantable(action) is { } operation) return operation;
        if (asker.App is not { } app) return null;
        var environment = asker.Scope.Environment;
        if (await catalogue.FindOfApp(environment, app, $"{type}.{action}") is { } ofType) return ofType;
        return IsOfTenant(asked.Resource.Type) || !action.Contains('.', StringComparison.Ordinal)
            || action.StartsWith($"{type}.", StringComparison.Ordinal)
            ? await catalogue.FindOfApp(environment, app, action)
            : null;
    }

    /// <summary>What actions on a type may be called so that they mean something, in order.</summary>
    public async ValueTask<IReadOnlyList<string>> Actions(Asker asker, string type)
    {
        var prefix = $"{type.ToLowerInvariant()}.";
        IEnumerable<string> ofApp = asker.App is { } app ? await catalogue.OfApp(asker.Scope.Environment, app) : [];
        var actions = IsOfTenant(type)
            ? ofApp.Concat(catalogue.Grantable.Select(operation => operation.Name))
            : ofApp.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)
                || !name.Contains('.', StringComparison.Ordinal));
        return
        [
            .. actions.Select(name => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name)
                .Distinct().Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Users ask about themselves, and admins of the tenant as a whole about others. It is asked before anything is
    /// said of the subject.
    /// </summary>
    public async ValueTask RequireMayAsk(Asker asker, UserId? about)
    {
        if (asker.Caller is not { Kind: CallerKind.User, User: { } self } || about == self) return;
        if ((await members.Find(asker.Scope, self)).Role >= TenantRole.Admin) return;
        throw new Refusal(GateProblems.PermissionDenied, "About others asks an admin.");
    }

    /// <summary>Types may be any text; those counted are as few as permissions are.</summary>
    private static string? CountedCollection(Permission permission, ResourcePattern resource) =>
        resource.Collection is { } type && permission.Name.StartsWith($"{type}.", StringComparison.Ordinal)
            ? type
            : null;

    private static bool IsOfTenant(string type) => type is Resources.Tenant or Resources.Workspace;
}

/// <summary>Who asks, about which tenant, and as which app.</summary>
internal sealed record Asker(Caller Caller, TenantScope Scope, DateTimeOffset Now)
{
    public AppId? App => Caller.App;

    public static Asker Of<TIn>(Call<TIn> call) => new(call.Caller, call.Tenant, call.Now);
}
