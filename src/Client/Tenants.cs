namespace Castellan.Client;

/// <summary>A customer organisation, as operators see it.</summary>
/// <param name="Id"><c>ten_...</c></param>
/// <param name="Name">Its name.</param>
/// <param name="Slug">Unique in its environment.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="DeletedAt">When it was deleted; null is not.</param>
/// <param name="SuspendedAt">Since when calls on it are refused; null where they are not.</param>
/// <param name="Version">Counts its changes from 1.</param>
/// <param name="Stop">By whom and why it is suspended.</param>
public sealed record Tenant(
    string Id, string Name, string Slug, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? DeletedAt,
    DateTimeOffset? SuspendedAt, long Version, Stop? Stop = null);

/// <summary>
/// The operations <c>tenants.*</c> of operators, in the client's environment. Reasons have 1 to 500 characters and are
/// kept in the audit log, where the tenant's own people read them. Problems: <c>stop_refused</c>.
/// </summary>
public sealed class TenantOperations
{
    private readonly Transport transport;

    internal TenantOperations(Transport transport) => this.transport = transport;

    /// <summary><c>tenants.list</c>.</summary>
    public Task<Response<PageOf<Tenant>>> List(PageRequest? page = null, CancellationToken ct = default) =>
        transport.Get(Query.Of("v1/tenants").Add(page).ToString(), ClientJson.Default.PageOfTenant, ct);

    /// <summary><c>tenants.suspend</c>: all calls on it are refused. Needs the role admin or support.</summary>
    public Task<Response<Tenant>> Suspend(string tenant, string reason, CancellationToken ct = default) =>
        Act(tenant, "suspend", reason, ct);

    /// <summary><c>tenants.reinstate</c>. Needs the role admin or support.</summary>
    public Task<Response<Tenant>> Reinstate(string tenant, string reason, CancellationToken ct = default) =>
        Act(tenant, "reinstate", reason, ct);

    private Task<Response<Tenant>> Act(string tenant, string verb, string reason, CancellationToken ct) =>
        transport.Write(
            HttpMethod.Post, $"v1/tenants/{Query.Segment(tenant)}/{verb}", new StopReason(reason),
            ClientJson.Default.StopReason, ClientJson.Default.Tenant, ct);
}
