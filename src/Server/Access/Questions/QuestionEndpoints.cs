using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>
/// Why somebody may, what somebody may, and who may. Who is no member of the tenant is absent, whatever is asked.
/// </summary>
internal sealed class QuestionEndpoints(
    AccessExplainer explainer, AccessReplay replay, MemberAccess access, PermissionCatalogue catalogue,
    GrantTargets targets)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/access";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<ExplainAccess, AccessExplanation>(
            "access.explain", "POST", Route + "/explain", ExplainAccess.Bind, Explain,
            AccessJson.Wire.AccessExplanation)
        {
            Summary = "Say whether a member, key or agent may do something, by what, or which grant is missing.",
            Grants = AccessCallers.Readers,
        },
        new Read<ReplayAccess, AccessExplanation>(
            "access.replay", "POST", Route + "/replay", ReplayAccess.Bind, Replay, AccessJson.Wire.AccessExplanation)
        {
            Summary = "Give a decision of then once more, from the basis that its answer told.",
            Grants = AccessCallers.Readers, Problems = [AccessErrors.ReplayUnknown],
        },
        new Read<EvaluateAccess, AccessEvaluation>(
            "access.evaluate", "POST", Route + "/evaluate", EvaluateAccess.Bind, Evaluate,
            AccessJson.Wire.AccessEvaluation)
        {
            Summary = "Say of several permissions at once which of them I have, or another member for an admin.",
            Grants = [Grant.Tenant(TenantRole.Viewer), Grant.Key, Grants.AnyOperator],
        },
        new Read<AskMatrix, ListOf<MatrixRow>>(
            "access.matrix", "POST", Route + "/matrix", AskMatrix.Bind, Matrix, AccessJson.Wire.ListOfMatrixRow)
        {
            Summary = "Say of several permissions which members have them: members down, permissions across.",
            Grants = AccessCallers.Readers,
        },
        new Read<AskAbilities, AccessAbilities>(
            "access.what_can", "GET", Route + "/members/{member}", AskAbilities.Bind, WhatCan,
            AccessJson.Wire.AccessAbilities)
        {
            Summary = "List what a member may do, by role and by grants, and what policies refuse.",
            Grants = AccessCallers.Readers,
        },
        new Read<AskHolders, AccessHolders>(
            "access.who_can", "GET", Route + "/holders/{permission}", AskHolders.Bind, WhoCan,
            AccessJson.Wire.AccessHolders)
        {
            Summary = "List who may do something somewhere in the tenant: agents, keys and members; and the policies "
                + "that can refuse it. Pages may be short.",
            Grants = AccessCallers.Readers,
        },
    ];

    private async ValueTask<AccessExplanation> Explain(Call<ExplainAccess> call)
    {
        var (subject, name, resource) = call.Input;
        var app = AppOf(call.Caller, resource.App);
        if (subject.User is { } member) await targets.RequireMember(call.Tenant, member);
        var agent = subject.Agent is { } named ? await targets.RequireAgent(call.Tenant, named) : null;
        var key = subject.Key is { } id ? await targets.RequireKey(call.Tenant, id) : null;
        // A key is asked about in its app.
        if (key is not null && app is { } asked && asked != key.App) throw new Refusal(GateProblems.NotFound);
        await targets.RequireWorkspace(call.Tenant, resource.Workspace);
        var permission = await catalogue.ResolveAsked(
            call.Environment.Environment, key?.App ?? app, name, "/permission");
        var within = resource with { App = app };
        return Told(call.Caller, subject switch
        {
            { Key: not null } => await explainer.Explain(call.Tenant, key!, permission, within, call.Now),
            { User: { } user } => await explainer.Explain(call.Tenant, user, permission, within, call.Now),
            _ => await explainer.Explain(call.Tenant, agent!, permission, within, call.Now),
        });
    }

    /// <summary>An app's key hears nothing of grants that may be in other apps alone.</summary>
    private static AccessExplanation Told(Caller caller, AccessExplanation answer) =>
        AccessCallers.OnlyApp(caller) is null ? answer : answer with
        {
            Failed = [.. answer.Failed.Where(failed => failed.Cause is not FailureCause.OtherResource)],
        };

    /// <summary>Whoever it was about may have left since.</summary>
    private async ValueTask<AccessExplanation> Replay(Call<ReplayAccess> call)
    {
        var basis = call.Input.Basis;
        // The app is that of the question, which an operator's has none of.
        _ = AppOf(call.Caller, basis.AppId);
        var permission = await catalogue.ResolveAsked(
            call.Environment.Environment, basis.AppId, basis.Permission, "/permission");
        return Told(call.Caller, await replay.Replay(call.Tenant, call.Input, permission));
    }

    private async ValueTask<AccessEvaluation> Evaluate(Call<EvaluateAccess> call)
    {
        var (named, names, resource) = call.Input;
        var app = AppOf(call.Caller, resource.App);
        var user = named ?? call.Caller.User ?? throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors = [new FieldProblem("/user_id", "required", "'user_id' is missing.", "Say whom you ask about.")],
        });
        if (call.Caller is { Kind: CallerKind.User, TenantRole: < TenantRole.Admin } && user != call.Caller.User)
            throw new Refusal(GateProblems.PermissionDenied, "About others asks an admin.");
        await targets.RequireMember(call.Tenant, user);
        await targets.RequireWorkspace(call.Tenant, resource.Workspace);
        var permissions = await catalogue.Resolve(call.Environment.Environment, app, names, "/permissions/");
        var (revision, results) = (0L, new List<EvaluatedPermission>());
        foreach (var permission in permissions)
        {
            var answer = await explainer.Explain(
                call.Tenant, user, permission, resource with { App = app }, call.Now);
            results.Add(new EvaluatedPermission(permission.Name, answer.Allowed, answer.By));
            revision = answer.Revision;
        }
        return new AccessEvaluation(user, revision, results);
    }

    private async ValueTask<ListOf<MatrixRow>> Matrix(Call<AskMatrix> call)
    {
        var (names, resource, page) = call.Input;
        var app = AppOf(call.Caller, resource.App);
        await targets.RequireWorkspace(call.Tenant, resource.Workspace);
        var permissions = await catalogue.Resolve(call.Environment.Environment, app, names, "/permissions/");
        return await access.Matrix(call, permissions, resource with { App = app }, page);
    }

    private ValueTask<AccessAbilities> WhatCan(Call<AskAbilities> call) =>
        access.Abilities(call, call.Input.Member, AppOf(call.Caller, call.Input.App));

    private async ValueTask<AccessHolders> WhoCan(Call<AskHolders> call)
    {
        var app = AppOf(call.Caller, call.Input.App);
        var permission = await catalogue.Find(call.Environment.Environment, app, call.Input.Permission);
        return await access.Holders(call, permission, call.Input.Page);
    }

    /// <summary>An app asks about itself; operators say which they mean.</summary>
    private static AppId? AppOf(Caller caller, AppId? named) =>
        caller.App is { } own && named is { } other && own != other
            ? throw new Refusal(GateProblems.NotFound)
            : caller.App ?? named;
}
