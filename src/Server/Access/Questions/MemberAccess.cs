using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>
/// What members of a tenant may, one by one or by what they may; and which keys and agents may by a grant.
/// </summary>
internal sealed class MemberAccess(
    HolderStore store, GrantDirectory directory, PermissionCatalogue catalogue, AccessExplainer explainer,
    IAppPermissions apps, GrantTargets targets, Cursors cursors)
{
    /// <summary>Members, and others, that one page looks at, however few of them may.</summary>
    private const int LookedAt = 200;

    public async ValueTask<AccessAbilities> Abilities<TIn>(Call<TIn> call, MemberId id, AppId? app)
    {
        var scope = call.Tenant;
        var member = await store.Find(scope, id, call.Aborted) ?? throw new Refusal(GateProblems.NotFound);
        var grants = await directory.Find(scope.Tenant);
        var prohibitions = new Prohibitions(grants, catalogue);
        return new AccessAbilities(
            member.Id, member.User, member.Role, grants.Revision,
            [
                .. catalogue.Grantable.Where(operation => RoleAccess.Allows(operation, member.Role))
                    .Select(operation => operation.Name)
                    .Where(name => !prohibitions.Refuses(new Permission(name, null), ResourcePattern.Whole)),
            ],
            app is { } asked ? await AppRoles(scope, asked, member.User, prohibitions) : [],
            [
                .. grants.Reaching(member.User)
                    .Where(reaching => !reaching.Grant.HasExpired(call.Now) && IsFor(call.Caller, reaching.Grant))
                    .Select(reaching => HeldByGrant.Of(reaching, Left(grants, reaching.Grant, prohibitions))),
            ],
            RefusingPolicy.Of(prohibitions.All, AccessCallers.OnlyApp(call.Caller)));
    }

    /// <summary>To an app's key, what is another app's alone is absent, as from grants.list.</summary>
    private static bool IsFor(Caller caller, AccessGrant grant) =>
        AccessCallers.OnlyApp(caller) is not { } only || grant.AppId is null || grant.AppId == only;

    /// <summary>What a grant gives and no policy refuses on all of its part.</summary>
    private static IEnumerable<Permission> Left(TenantGrants grants, AccessGrant grant, Prohibitions prohibitions) =>
        grants.Given(grant).Where(permission => !prohibitions.Refuses(permission, grant.Resource));

    private async ValueTask<IReadOnlyList<HeldAppRole>> AppRoles(
        TenantScope scope, AppId app, UserId user, Prohibitions prohibitions) =>
    [
        .. (await apps.Held(scope, app, user)).Select(role => role with
        {
            Permissions =
            [
                .. role.Permissions.Where(
                    name => !prohibitions.Refuses(new Permission(name, app), ResourcePattern.Whole)),
            ],
        }),
    ];

    /// <summary>Each answer is that of <c>access.explain</c>.</summary>
    public ValueTask<ListOf<MatrixRow>> Matrix<TIn>(
        Call<TIn> call, IReadOnlyList<Permission> permissions, ResourcePattern resource, Page page) => cursors.Page(
        call.Operation, call.Tenant, page,
        [
            .. permissions.Select(permission => permission.Name), resource.App?.Value, resource.Workspace?.Value,
            resource.Collection, resource.Record?.Value,
        ],
        async (after, limit) =>
        {
            var rows = new List<MatrixRow>();
            foreach (var member in await store.List(call.Tenant, after, limit, call.Aborted))
                rows.Add(await Row(call, member, permissions, resource));
            return rows;
        },
        row => row.MemberId.Value);

    private async ValueTask<MatrixRow> Row<TIn>(
        Call<TIn> call, AskedMember member, IReadOnlyList<Permission> permissions, ResourcePattern resource)
    {
        var results = new List<EvaluatedPermission>(permissions.Count);
        foreach (var permission in permissions)
        {
            var answer = await explainer.Explain(call.Tenant, member.User, permission, resource, call.Now);
            results.Add(new EvaluatedPermission(permission.Name, answer.Allowed, answer.By));
        }
        return new MatrixRow(member.Id, member.User, member.Role, results);
    }

    public async ValueTask<AccessHolders> Holders<TIn>(Call<TIn> call, Permission permission, Page page)
    {
        var scope = call.Tenant;
        var place = cursors.Open(call.Operation, scope, page, [permission.Name, permission.App?.Value]);
        var grants = await directory.Find(scope.Tenant);
        var prohibitions = new Prohibitions(grants, catalogue);
        var forbidden = RefusingPolicy.Of(prohibitions.About(permission), AccessCallers.OnlyApp(call.Caller));
        if (prohibitions.Refuses(permission, ResourcePattern.Whole)) return new AccessHolders([], forbidden, null);
        var (found, last, others) = (new List<AccessHolder>(), "", 0);
        // Their ids come before those of members.
        foreach (var other in Granted(grants, permission, place.After ?? ""))
        {
            if (others++ == LookedAt || found.Count == page.Limit)
                return new AccessHolders(found, forbidden, cursors.Close(place, last));
            if (await OtherHolder(call, grants, other, permission) is { } holder) found.Add(holder);
            last = other.Id;
        }
        var looked = await store.List(scope, place.After, LookedAt + 1, call.Aborted);
        for (var i = 0; i < looked.Count; i++)
        {
            if (i == LookedAt || found.Count == page.Limit)
                return new AccessHolders(found, forbidden, cursors.Close(place, last));
            if (await Holder(call, grants, looked[i], permission) is { } holder) found.Add(holder);
            last = looked[i].Id.Value;
        }
        return new AccessHolders(found, forbidden, null);
    }

    /// <summary>Keys and agents to whom a grant gives it, behind one of them.</summary>
    private static IEnumerable<GrantSubject> Granted(TenantGrants grants, Permission permission, string after) => grants
        .All.Where(grant => grant.Subject is { User: null } && grants.Gives(grant, permission))
        .Select(grant => grant.Subject!.Value).Distinct()
        .Where(subject => string.CompareOrdinal(subject.Id, after) > 0)
        .OrderBy(subject => subject.Id, StringComparer.Ordinal);

    /// <summary>A key that is good, or an agent that is and may have it at all.</summary>
    private async ValueTask<AccessHolder?> OtherHolder<TIn>(
        Call<TIn> call, TenantGrants grants, GrantSubject subject, Permission permission)
    {
        var held = Held(call, grants, subject, permission);
        if (held.Count == 0) return null;
        var isLive = subject.Key is { } key
            ? await store.IsLive(call.Tenant, key, AccessCallers.OnlyApp(call.Caller))
            : await targets.FindAgent(call.Tenant, subject.Agent!.Value) is { } agent
                && agent.MayHave(permission);
        return isLive
            ? new AccessHolder(null, null, subject.Key, subject.Agent, Role: null, AppRoles: [], held)
            : null;
    }

    /// <summary>What gives it on a part where no policy refuses it to all.</summary>
    private IReadOnlyList<HeldByGrant> Held<TIn>(
        Call<TIn> call, TenantGrants grants, GrantSubject subject, Permission permission)
    {
        var prohibitions = new Prohibitions(grants, catalogue);
        return
        [
            .. grants.Reaching(subject)
                .Where(held => grants.Gives(held.Grant, permission) && IsFor(call.Caller, held.Grant)
                    && !held.Grant.HasExpired(call.Now) && !prohibitions.Refuses(permission, held.Grant.Resource))
                .Select(held => HeldByGrant.Of(held, [permission])),
        ];
    }

    /// <summary>A member whom something gives it on a part where no policy refuses it to all.</summary>
    private async ValueTask<AccessHolder?> Holder<TIn>(
        Call<TIn> call, TenantGrants grants, AskedMember member, Permission permission)
    {
        var byRole = permission.App is null && RoleAccess.Allows(catalogue.Behind(permission), member.Role);
        var appRoles = permission.App is { } app ? await apps.Held(call.Tenant, app, member.User) : [];
        var holder = new AccessHolder(
            member.Id, member.User, KeyId: null, AgentId: null, byRole ? member.Role : null,
            [.. appRoles.Where(role => role.Permissions.Contains(permission.Name)).Select(role => role.Name)],
            Held(call, grants, member.User, permission));
        return holder is { Role: null, AppRoles.Count: 0, Grants.Count: 0 } ? null : holder;
    }
}
