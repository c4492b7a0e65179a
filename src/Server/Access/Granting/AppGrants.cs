using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Granting;

/// <summary>What grants add to a user's permissions of an app: what rules ask for with <c>can()</c>.</summary>
internal sealed class AppGrants(GrantDirectory directory, GrantJudge judge)
{
    /// <summary>
    /// What reaches the caller of a call in its app; null where nothing does. The call rests on all of it, because
    /// nobody knows yet what a rule will ask for.
    /// </summary>
    public ValueTask<GrantedHere?> Find<TIn>(Call<TIn> call) =>
        call.Caller is { Kind: CallerKind.User, User: { } user, App: { } app, TenantRole: not null }
            ? Find(call, user, app)
            : default;

    private async ValueTask<GrantedHere?> Find<TIn>(Call<TIn> call, UserId user, AppId app)
    {
        var tenant = call.Tenant.Tenant;
        var grants = await directory.Find(tenant);
        if (grants.All.Count == 0) return null;
        var here = new GrantedHere(judge, grants, new GrantQuestion(
            tenant, user, call.Caller.TenantRole, default, ResourcePattern.Whole with { App = app }, call.Now,
            call.Operation, call.Request.RemoteAddress?.ToString()));
        if (here.Candidates.Count == 0) return null;
        call.Rest(
            here.Candidates.Select(held => held.Reaching.Held(user, held.Permission, grants.Revision)),
            GrantStore.IsStill(tenant, grants.Revision));
        return here;
    }
}

/// <summary>What grants give one caller in one call, by what of the app's data is looked at.</summary>
internal sealed class GrantedHere
{
    private readonly GrantJudge judge;
    private readonly TenantGrants grants;
    private readonly GrantQuestion question;

    /// <summary>By grant and what it was asked of: a condition is evaluated once for both, however often.</summary>
    private readonly Dictionary<(GrantId, string, WorkspaceId?, RecordId?), bool> judged = [];

    private readonly Dictionary<(string, WorkspaceId?, RecordId?), IReadOnlyList<string>> given = [];

    public GrantedHere(GrantJudge judge, TenantGrants grants, GrantQuestion question)
    {
        (this.judge, this.grants, this.question) = (judge, grants, question);
        Candidates =
        [
            .. from reaching in grants.Reaching(question.User)
               where !reaching.Grant.HasExpired(question.Now)
               from permission in grants.Given(reaching.Grant)
               where permission.App is { } app && app == question.Resource.App
               select (reaching, permission),
        ];
    }

    /// <summary>What might be given, on some part of the app's data.</summary>
    public IReadOnlyList<(Reaching Reaching, Permission Permission)> Candidates { get; }

    /// <summary>
    /// The names that are given on a collection: where a workspace or a record is named, also those for it alone.
    /// </summary>
    public IReadOnlyList<string> On(string collection, WorkspaceId? workspace, RecordId? record)
    {
        if (given.TryGetValue((collection, workspace, record), out var known)) return known;
        var resource = question.Resource with { Collection = collection, Workspace = workspace, Record = record };
        var names = new HashSet<string>();
        foreach (var (reaching, permission) in Candidates)
        {
            if (!names.Contains(permission.Name) && Allows(reaching.Grant, permission, resource))
                names.Add(permission.Name);
        }
        return given[(collection, workspace, record)] = [.. names];
    }

    /// <summary>
    /// A condition that speaks of the permission is evaluated for each; others once, because the rest is the same.
    /// </summary>
    private bool Allows(AccessGrant grant, Permission permission, ResourcePattern resource)
    {
        var asked = question with { Permission = permission, Resource = resource };
        if (grant.Condition is not { } condition || condition.Contains("permission", StringComparison.Ordinal))
            return judge.Judge(grants, grant, asked) is GrantVerdict.Allows;
        var key = (grant.Id, resource.Collection!, resource.Workspace, resource.Record);
        if (judged.TryGetValue(key, out var known)) return known;
        return judged[key] = judge.Judge(grants, grant, asked) is GrantVerdict.Allows;
    }
}
