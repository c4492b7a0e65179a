using System.Text.Json;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Platform.Storage;

namespace Castellan.Audit;

/// <summary>Reads the outbox as a feed. Writing is the gate's.</summary>
internal sealed class EventStore(IDatabase database, PublicAddress address)
{
    /// <summary>
    /// Events behind a position, of the environment and of the installation; where an app itself
    /// asks, its own, of tenants that it is installed for. The head is read first: positions appear without gaps, so
    /// everything up to it is there by then.
    /// </summary>
    public async ValueTask<EventPage> After(
        EnvironmentScope scope, AppId? ofApp, long after, long limit, CancellationToken ct)
    {
        var head = await Head(ct);
        var own = ofApp is { } app
            ? Sql.Of($"""
                e.environment_id = {scope.Environment} and e.app_id = {app}
                and (e.tenant_id is null or exists (
                    select 1 from tenant_app i where i.environment_id = {scope.Environment}
                        and i.tenant_id = e.tenant_id and i.app_id = {app}))
                """)
            : Sql.Of($"(e.environment_id = {scope.Environment} or e.environment_id is null)");
        var items = await database.Many(
            $"""
            select e.position, e.id, e.at, e.environment_id, e.tenant_id, e.app_id, e.type, e.subject_kind,
                e.subject_id, e.request_id, e.data
            from event_log e
            where e.position > {after} and e.position <= {head} and {own}
            order by e.position limit {limit}
            """,
            Read, ct);
        var next = items.Count == limit ? items[^1].Position : Math.Max(head, after).ToString();
        return new EventPage(items, next);
    }

    private async ValueTask<long> Head(CancellationToken ct)
    {
        var head = await database.Many(
            $"select position from event_log order by position desc limit 1", row => row.Int64(), ct);
        return head.Count == 0 ? 0 : head[0];
    }

    private CloudEvent Read(Row row)
    {
        var position = row.Int64();
        var id = row.Id<EventKind>();
        var at = row.Time();
        var environment = row.TextOrNull();
        var (tenant, app) = (row.IdOrNull<TenantKind>(), row.IdOrNull<AppKind>());
        var (type, subject) = (row.Text(), $"{row.Text()}/{row.Text()}");
        var request = row.Id<RequestKind>();
        using var data = JsonDocument.Parse(row.Text());
        return new CloudEvent(
            id, address.At(environment ?? ""), type, subject, at, position.ToString(), request,
            data.RootElement.Clone())
        {
            Environment = environment, Tenantid = tenant, Appid = app,
        };
    }
}
