using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Identity.Pages;

/// <summary>That a user let an app know who they are.</summary>
internal sealed record Consent(AppId AppId, string AppName, DateTimeOffset GrantedAt)
{
    public Target Target(UserId user) => new("consent", $"{user}/{AppId}");
}

/// <summary>Every statement about consents.</summary>
internal sealed class ConsentStore(IDatabase database)
{
    private static readonly Raw From = new(
        "select c.app_id, a.name, c.granted_at from consent c join app a on a.id = c.app_id");

    private static Consent Read(Row row) => new(row.Id<AppKind>(), row.Text(), row.Time());

    public ValueTask<Consent?> Find(
        EnvironmentScope scope, UserId user, AppId app, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One(
            $"{From} where c.environment_id = {scope.Environment} and c.user_id = {user} and c.app_id = {app}",
            Read, ct);

    public ValueTask<List<Consent>> List(
        EnvironmentScope scope, UserId user, string? after, long limit, CancellationToken ct) => database.Many(
            $"""
            {From} where c.environment_id = {scope.Environment} and c.user_id = {user} and c.app_id > {after ?? ""}
            order by c.app_id limit {limit}
            """,
            Read, ct);

    public ValueTask Insert(Change change, EnvironmentScope scope, UserId user, AppId app) => change.Queue($"""
        insert into consent (environment_id, user_id, app_id, granted_at)
        values ({scope.Environment}, {user}, {app}, {change.Now})
        on conflict (environment_id, user_id, app_id) do nothing
        """);

    public ValueTask Delete(Change change, EnvironmentScope scope, UserId user, AppId app) => change.Queue($"""
        delete from consent where environment_id = {scope.Environment} and user_id = {user} and app_id = {app}
        """);

    /// <summary>Part of erasing a user.</summary>
    public static ValueTask DeleteAll(Change change, EnvironmentScope scope, UserId user) => change.Queue(
        $"delete from consent where environment_id = {scope.Environment} and user_id = {user}");
}
