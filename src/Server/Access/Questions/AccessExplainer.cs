using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Access.Questions;

/// <summary>Says why, from the same rule that decides. Nothing is asked twice in two ways.</summary>
internal sealed class AccessExplainer(
    GrantDirectory directory, GrantJudge judge, PermissionCatalogue catalogue, MemberDirectory members,
    IAppPermissions apps)
{
    /// <summary>Failed grants that are told; a person reads no more.</summary>
    private const int FailedMax = 20;

    /// <summary>Of a member; who is none has been refused before.</summary>
    public async ValueTask<AccessExplanation> Explain(
        TenantScope scope, UserId user, Permission permission, ResourcePattern resource, DateTimeOffset now,
        AskedAttributes? asked = null)
    {
        var facts = await members.Find(scope, user);
        var role = RoleAt(facts, resource.Workspace);
        var grants = await directory.Find(scope.Tenant);
        var question = new GrantQuestion(scope.Tenant, user, role, permission, resource, now, Asked: asked);
        if (await ByRole(scope, user, role, permission) is { } proof) return Allowed(grants, proof);
        return judge.Find(grants, question) is { } reaching
            ? Allowed(grants, Steps(user, reaching))
            : Denied(grants, question);
    }

    /// <summary>The built-in role, or a role of the app, that allows it.</summary>
    private async ValueTask<IReadOnlyList<ProofStep>?> ByRole(
        TenantScope scope, UserId user, TenantRole? role, Permission permission)
    {
        var start = new ProofStep(ProofKind.User, user.Value);
        if (permission.App is not { } app)
        {
            return role is { } builtIn && RoleAccess.Allows(catalogue.Behind(permission), builtIn)
                ? [start, new ProofStep(ProofKind.BuiltInRole, Wire.Name(builtIn))]
                : null;
        }
        var held = await apps.Held(scope, app, user);
        return held.FirstOrDefault(r => r.Permissions.Contains(permission.Name)) is { } appRole
            ? [start, new ProofStep(ProofKind.AppRole, appRole.Name)]
            : null;
    }

    private static AccessExplanation Allowed(TenantGrants grants, IReadOnlyList<ProofStep> proof) =>
        new(Allowed: true, proof[^1].Id, grants.Revision, proof, null, null, []);

    private AccessExplanation Denied(TenantGrants grants, GrantQuestion question)
    {
        var (permission, resource) = (question.Permission, question.Resource);
        var failed = grants.Reaching(question.User)
            .Select(reaching => Failure(grants, reaching.Grant, question)).OfType<FailedGrant>().Take(FailedMax);
        return new AccessExplanation(
            Allowed: false, null, grants.Revision, [],
            new MissingGrant(
                question.User, permission.Name, permission.App ?? resource.App, resource.Workspace,
                resource.Collection, resource.Record),
            permission.App is null ? RoleAccess.LeastRole(catalogue.Behind(permission)) : null, [.. failed]);
    }

    private FailedGrant? Failure(TenantGrants grants, AccessGrant grant, GrantQuestion question) =>
        judge.Judge(grants, grant, question) switch
        {
            GrantVerdict.OtherResource => new FailedGrant(
                grant.Id, FailureCause.OtherResource, "It is for another part of the tenant."),
            GrantVerdict.Expired => new FailedGrant(
                grant.Id, FailureCause.Expired, $"It has expired: {Platform.Rfc3339.Format(grant.ExpiresAt!.Value)}."),
            GrantVerdict.ConditionFails => new FailedGrant(
                grant.Id, FailureCause.ConditionFails, judge.WhyNot(grants, grant, question)),
            _ => null,
        };

    private static List<ProofStep> Steps(UserId user, Reaching reaching)
    {
        List<ProofStep> steps = [new(ProofKind.User, user.Value)];
        if (reaching.Group is { } group) steps.Add(new(ProofKind.Group, group.Value));
        if (reaching.Grant.RoleId is { } role) steps.Add(new(ProofKind.Role, role.Value));
        steps.Add(new(ProofKind.Grant, reaching.Grant.Id.Value));
        return steps;
    }

    /// <summary>In a workspace the higher of two roles counts.</summary>
    private static TenantRole? RoleAt(MemberFacts facts, WorkspaceId? workspace)
    {
        var there = facts.Workspaces.Where(w => w.Id == workspace).Select(w => (TenantRole?)w.Role).FirstOrDefault();
        return there > facts.Role || facts.Role is null ? there : facts.Role;
    }
}
