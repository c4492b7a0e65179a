using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Granting;

/// <summary>
/// What grants add to the permissions of an app that somebody has, and what policies take from them: what rules ask for
/// with <c>can()</c>.
/// </summary>
internal sealed class AppGrants(
    GrantDirectory directory, GrantJudge judge, PolicyJudge policies, AccessCounts counts)
{
    /// <summary>
    /// What reaches the caller of a call in its app; null where nothing is given or forbidden. The call rests on all of
    /// it, because nobody knows yet what a rule will ask for.
    /// </summary>
    public ValueTask<GrantedHere?> Find<TIn>(Call<TIn> call) =>
        call.Caller is { App: { } app } caller && GrantSubject.Of(caller) is { } subject
        && (caller.Kind is CallerKind.Key or CallerKind.Agent || caller.TenantRole is not null)
            ? Find(call, subject, app)
            : default;

    private async ValueTask<GrantedHere?> Find<TIn>(Call<TIn> call, GrantSubject subject, AppId app)
    {
        var tenant = call.Tenant.Tenant;
        var grants = await directory.Find(tenant);
        if (grants is { All.Count: 0, Policies.Count: 0 }) return null;
        var here = new GrantedHere(judge, policies, grants, new GrantQuestion(
            tenant, subject, call.Caller.TenantRole, default, ResourcePattern.Whole with { App = app }, call.Now,
            call.Operation, call.Request.RemoteAddress?.ToString(), Input: call.Body));
        here.WhenMet = (asked, found) =>
        {
            counts.Policies.Note(asked, found);
            call.Report(
                found.All.Where(policy => policy.Mode is PolicyMode.Report).Select(policy => policy.Id),
                grants.Revision);
        };
        if (here.Candidates.Count == 0) return grants.Policies.Count == 0 ? null : here;
        call.Rest(
            here.Candidates.Select(held => held.Reaching.Held(subject, held.Permission, grants.Revision)),
            GrantStore.IsStill(tenant, grants.Revision));
        foreach (var (reaching, _) in here.Candidates) call.GoodUntil(reaching.Grant.ExpiresAt);
        return here;
    }
}

/// <summary>What grants give one caller in one call, by what of the app's data is looked at.</summary>
internal sealed class GrantedHere
{
    private readonly GrantJudge judge;
    private readonly PolicyJudge policies;
    private readonly TenantGrants grants;
    private readonly GrantQuestion question;

    /// <summary>By grant and what it was asked of: a condition is evaluated once for both, however often.</summary>
    private readonly Dictionary<(GrantId, string, WorkspaceId?, RecordId?), bool> judged = [];

    private readonly Dictionary<ResourcePattern, PermittedHere> given = [];
    private readonly HashSet<(string, ResourcePattern)> asked = [];

    public GrantedHere(GrantJudge judge, PolicyJudge policies, TenantGrants grants, GrantQuestion question)
    {
        (this.judge, this.policies, this.grants, this.question) = (judge, policies, grants, question);
        Candidates =
        [
            .. from reaching in grants.Reaching(question.Subject)
               where !reaching.Grant.HasExpired(question.Now)
               from permission in grants.Given(reaching.Grant)
               where permission.App is { } app && app == question.Resource.App
               select (reaching, permission),
        ];
    }

    /// <summary>What might be given, on some part of the app's data.</summary>
    public IReadOnlyList<(Reaching Reaching, Permission Permission)> Candidates { get; }

    /// <summary>
    /// Hears, once for each, that a permission which somebody has was asked for and what policies say.
    /// </summary>
    public Action<GrantQuestion, PolicyFindings>? WhenMet { get; set; }

    /// <summary>
    /// What somebody has on a collection, by roles or by grants: where a workspace or a record is named, also what is
    /// for it alone.
    /// </summary>
    public PermittedHere On(
        IReadOnlyList<string> byRoles, string collection, WorkspaceId? workspace, RecordId? record)
    {
        var resource = question.Resource with { Collection = collection, Workspace = workspace, Record = record };
        if (given.TryGetValue(resource, out var known)) return known;
        var names = byRoles.ToHashSet();
        foreach (var (reaching, permission) in Candidates)
        {
            if (!names.Contains(permission.Name) && Allows(reaching.Grant, permission, resource))
                names.Add(permission.Name);
        }
        return given[resource] = new PermittedHere(
            [.. names.Where(name => !policies.Forbids(grants, Asked(name, resource)))],
            name =>
            {
                if (names.Contains(name)) Note(name, resource);
            });
    }

    private void Note(string name, ResourcePattern resource)
    {
        if (grants.Policies.Count == 0 || WhenMet is not { } met || !asked.Add((name, resource))) return;
        var about = Asked(name, resource);
        met(about, policies.Find(grants, about));
    }

    private GrantQuestion Asked(string name, ResourcePattern resource) => question with
    {
        Permission = new Permission(name, resource.App),
        Resource = resource,
    };

    /// <summary>
    /// A condition that speaks of the permission is evaluated for each; others once, because the rest is the same.
    /// </summary>
    private bool Allows(AccessGrant grant, Permission permission, ResourcePattern resource)
    {
        var about = question with { Permission = permission, Resource = resource };
        if (grant.Condition is not { } condition || condition.Contains("permission", StringComparison.Ordinal))
            return judge.Judge(grants, grant, about) is GrantVerdict.Allows;
        var key = (grant.Id, resource.Collection!, resource.Workspace, resource.Record);
        if (judged.TryGetValue(key, out var known)) return known;
        return judged[key] = judge.Judge(grants, grant, about) is GrantVerdict.Allows;
    }
}

/// <summary>
/// The names that somebody has on a part of an app's data and that no policy forbids there; and whom to tell that a
/// rule asks for one, so that policies which are met are known.
/// </summary>
internal sealed record PermittedHere(IReadOnlyList<string> Names, Action<string> Note);
