using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Questions;

/// <summary>
/// Gives a decision of then once more, by the grants, roles and groups of its revision, at its time, for who the
/// subject was. What is not kept by revision, which is built-in roles and what an app declares, must be what it was;
/// where it is not, that is said instead of an answer.
/// </summary>
internal sealed class AccessReplay(
    GrantStore store, IDatabase database, AccessExplainer explainer, PermissionCatalogue catalogue,
    IAppPermissions apps)
{
    public async ValueTask<AccessExplanation> Replay(TenantScope scope, ReplayAccess input, Permission permission)
    {
        var basis = input.Basis;
        // Whoever, and whatever, it was about may have gone since.
        if (!await HasKnown(scope, basis.Subject)
            || (basis.WorkspaceId is { } workspace && !await store.HasKnown(scope, workspace)))
        {
            throw new Refusal(GateProblems.NotFound);
        }
        if (basis.BuiltInRoles != catalogue.BuiltInRoles)
        {
            throw Unknown($"The built-in roles were of version {basis.BuiltInRoles}; here they are of version "
                + $"{catalogue.BuiltInRoles}.");
        }
        if (basis.AskedDigest != input.Asked?.Digest())
            throw Unknown("What is sent as 'asked' is not what was told about the question.");
        var held = await AppRoles(scope, permission, basis);
        if (basis.Revision > await store.Revision(scope.Tenant))
            throw Unknown($"The tenant's grants have no revision {basis.Revision}.");
        var grants = await GrantDirectory.Load(store, scope.Tenant, database, basis.Revision);
        var question = new GrantQuestion(
            scope.Tenant, basis.Subject, basis.TenantRole, permission, input.Resource, basis.DecidedAt,
            Asked: input.Asked);
        return explainer.Explain(grants, question, held, basis);
    }

    private ValueTask<bool> HasKnown(TenantScope scope, GrantSubject subject) => subject switch
    {
        { User: { } user } => store.HasKnown(scope, user),
        { Key: { } key } => store.HasKnown(scope, key),
        _ => store.HasKnown(scope, subject.Agent!.Value),
    };

    private async ValueTask<IReadOnlyList<HeldAppRole>> AppRoles(
        TenantScope scope, Permission permission, DecisionBasis basis)
    {
        if (permission.App is not { } app) return [];
        var version = await apps.ContractVersion(scope.Environment, app);
        if (version != basis.ContractVersion)
        {
            throw Unknown(
                $"The app's contract was of version {basis.ContractVersion}; in force is version {version}.");
        }
        var declared = await apps.Roles(scope.Environment, app);
        return [.. basis.AppRoles.Select(name => declared.FirstOrDefault(role => role.Name == name)
            ?? throw Unknown($"The contract declares no role '{name}'."))];
    }

    private static Refusal Unknown(string why) => new(AccessErrors.ReplayUnknown, why);
}
