using Castellan.Access.Permissions;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Simulation;

/// <summary>Every statement about decisions that were counted.</summary>
internal sealed class DecisionStore(IDatabase database, Upkeep upkeep)
{
    /// <summary>Of whoever has left meanwhile, nothing is kept.</summary>
    public ValueTask Add(IReadOnlyList<(Decided Decided, int Times)> counted, DateTimeOffset now)
    {
        var day = DailyCounts.Day(now);
        return DailyCounts.Add(upkeep, counted, (decided, times) => Added(decided, times, day));
    }

    /// <summary>What was decided in the tenant since a day, whichever way, that decided most often first.</summary>
    public ValueTask<List<Recorded>> List(
        TenantScope scope, AppId? only, DateTimeOffset since, int limit, CancellationToken ct)
    {
        var ofApp = only is { } app ? Sql.Of($"and d.app_id = {app}") : null;
        return database.Many(
            $"""
            select d.user_id, d.permission, d.permission_app_id, d.app_id, d.workspace_id, d.collection,
                cast(sum(d.times) as bigint)
            from access_decision d where d.tenant_id = {scope.Tenant} and d.day >= {DailyCounts.Day(since)} {ofApp}
            group by d.user_id, d.permission, d.permission_app_id, d.app_id, d.workspace_id, d.collection
            order by 7 desc, 1, 2, 3, 4, 5, 6 limit {(long)limit}
            """,
            Read, ct);
    }

    public ValueTask<int> Prune(DateTimeOffset before) =>
        upkeep.Prune($"delete from access_decision where day < {DailyCounts.Day(before)}");

    public ValueTask DeleteOf(Change change, TenantScope scope, UserId user) =>
        change.Queue($"delete from access_decision where tenant_id = {scope.Tenant} and user_id = {user}");

    public ValueTask Erase(Change change, TenantScope scope) =>
        change.Queue($"delete from access_decision where tenant_id = {scope.Tenant}");

    private static Sql Added(Decided decided, long times, string day) => $"""
        insert into access_decision (tenant_id, day, user_id, permission, permission_app_id, app_id, workspace_id,
            collection, allowed, times)
        select {decided.Tenant}, {day}, {decided.User}, {decided.Permission.Name},
            {decided.Permission.App?.Value ?? ""}, {decided.App?.Value ?? ""}, {decided.Workspace?.Value ?? ""},
            {decided.Collection ?? ""}, {decided.Allowed}, {times}
        where {DailyCounts.IsMember(decided.Tenant, decided.User)}
        on conflict (tenant_id, day, user_id, permission, permission_app_id, app_id, workspace_id, collection, allowed)
        do update set times = access_decision.times + excluded.times
        """;

    private static Recorded Read(Row row)
    {
        var user = row.Id<UserKind>();
        var permission = new Permission(row.Text(), App(row.Text()));
        var (app, workspace, collection) = (App(row.Text()), row.Text(), row.Text());
        var resource = new ResourcePattern(
            app, workspace.Length == 0 ? null : new WorkspaceId(workspace),
            collection.Length == 0 ? null : collection, null);
        return new Recorded(user, permission, resource, row.Int64());
    }

    private static AppId? App(string stored) => stored.Length == 0 ? null : new AppId(stored);
}

/// <summary>A question that was decided, and how often.</summary>
internal sealed record Recorded(UserId User, Permission Permission, ResourcePattern Resource, long Times);
