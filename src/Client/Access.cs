namespace Castellan.Client;

/// <summary>A permission or a role of a tenant, given to a member, a group, a key or an agent there.</summary>
/// <param name="Id"><c>grt_...</c></param>
/// <param name="TenantId">The tenant that gives it.</param>
/// <param name="UserId">The member; null where it is somebody else's.</param>
/// <param name="GroupId">The group; null where it is somebody else's.</param>
/// <param name="KeyId">The first key of a line of rotated ones; null where it is somebody else's.</param>
/// <param name="AgentId">The agent, for itself; null where it is somebody else's.</param>
/// <param name="Permission">What may be done; null where a role is given.</param>
/// <param name="RoleId">The role of the tenant; null where a permission is given.</param>
/// <param name="AppId">The app through which alone it holds; null is all.</param>
/// <param name="WorkspaceId">The workspace in which alone it holds; null is all.</param>
/// <param name="Collection">The collection of the app on which alone it holds; null is all.</param>
/// <param name="RecordId">The record on which alone it holds; null is all.</param>
/// <param name="Condition">In CEL; null is none.</param>
/// <param name="Reason">Why it was given.</param>
/// <param name="CreatedBy">Who gave it.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ExpiresAt">When it ends by itself; null is never.</param>
/// <param name="EndedAt">When it was revoked, or ended with whom or what it names; null is not.</param>
public sealed record AccessGrant(
    string Id, string TenantId, string? UserId, string? GroupId, string? KeyId, string? AgentId, string? Permission,
    string? RoleId, string? AppId, string? WorkspaceId, string? Collection, string? RecordId, string? Condition,
    string? Reason, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? EndedAt);

/// <summary>A part of a tenant; what is null is not narrowed.</summary>
/// <param name="AppId">Calls through this app.</param>
/// <param name="WorkspaceId">Calls that name this workspace.</param>
/// <param name="Collection">A collection of the app; for what the app declares only.</param>
/// <param name="RecordId">One record of the collection.</param>
public sealed record AccessPart(
    string? AppId = null, string? WorkspaceId = null, string? Collection = null, string? RecordId = null);

/// <summary>A grant to make: to one of user, group, key and agent, of one of permission and role.</summary>
public sealed record NewAccessGrant
{
    /// <summary>A member of the tenant.</summary>
    public string? UserId { get; init; }

    /// <summary>A group of the tenant.</summary>
    public string? GroupId { get; init; }

    /// <summary>A secret key of an app that the tenant has.</summary>
    public string? KeyId { get; init; }

    /// <summary>An agent of the environment, for itself.</summary>
    public string? AgentId { get; init; }

    /// <summary>An operation, or what an app declares.</summary>
    public string? Permission { get; init; }

    /// <summary>A role of the tenant.</summary>
    public string? RoleId { get; init; }

    /// <summary>Through this app alone.</summary>
    public string? AppId { get; init; }

    /// <summary>In this workspace alone.</summary>
    public string? WorkspaceId { get; init; }

    /// <summary>On this collection alone.</summary>
    public string? Collection { get; init; }

    /// <summary>On this record of the collection alone.</summary>
    public string? RecordId { get; init; }

    /// <summary>Only while this is true; CEL.</summary>
    public string? Condition { get; init; }

    /// <summary>When it ends by itself; null is never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Kept with it; at most 500 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>Which grants to list; null does not narrow.</summary>
public sealed record AccessGrantFilter
{
    /// <summary>To this member.</summary>
    public string? User { get; init; }

    /// <summary>To this group.</summary>
    public string? Group { get; init; }

    /// <summary>To the line of this key.</summary>
    public string? Key { get; init; }

    /// <summary>To this agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Of this role.</summary>
    public string? Role { get; init; }

    /// <summary>in_force or ended; null is in_force.</summary>
    public string? State { get; init; }
}

/// <summary>What a tenant forbids, whatever roles and grants allow.</summary>
/// <param name="Id"><c>plc_...</c></param>
/// <param name="Name">Unique in the tenant.</param>
/// <param name="Description">More about it.</param>
/// <param name="Mode">shadow and report only count; enforce refuses.</param>
/// <param name="Permissions">What it forbids; none is everything.</param>
/// <param name="AppId">The app through which alone it holds; null is all.</param>
/// <param name="WorkspaceId">The workspace in which alone it holds; null is all.</param>
/// <param name="Collection">The collection on which alone it holds; null is all.</param>
/// <param name="Condition">In CEL; null is always.</param>
/// <param name="Message">What those are told whom it refuses.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
/// <param name="Version">Counts its changes from 1.</param>
public sealed record AccessPolicy(
    string Id, string Name, string? Description, string Mode, IReadOnlyList<string> Permissions, string? AppId,
    string? WorkspaceId, string? Collection, string? Condition, string? Message, string CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version);

/// <summary>Whether a member, a key or an agent for itself may do something, and why.</summary>
/// <param name="Allowed">Whether the call would be let in.</param>
/// <param name="By">The role, grant, key, agent or policy that decides; null where nothing gives it.</param>
/// <param name="Revision">Of the tenant's grants, roles, groups and policies.</param>
/// <param name="Proof">The shortest way from whom it is about to what decides.</param>
/// <param name="Missing">The least grant that would allow it; null where none is missing.</param>
/// <param name="LeastRole">The least built-in role that would allow it.</param>
/// <param name="Failed">Grants of it that reach whom it is about, and do not allow it.</param>
/// <param name="Policies">Policies that are about it, also those in trial.</param>
/// <param name="Because">Why it is denied, in words; null where it is allowed.</param>
public sealed record AccessExplanation(
    bool Allowed, string? By, long Revision, IReadOnlyList<AccessStep> Proof, MissingAccess? Missing,
    string? LeastRole, IReadOnlyList<FailedAccess> Failed, IReadOnlyList<MetPolicy> Policies,
    string? Because);

/// <summary>A step of a proof: user, key, agent, built_in_role, app_role, group, role, grant or policy.</summary>
public sealed record AccessStep(string Kind, string Id);

/// <summary>What to grant, and on which part of the tenant.</summary>
public sealed record MissingAccess(
    string? UserId, string? KeyId, string? AgentId, string Permission, string? AppId, string? WorkspaceId,
    string? Collection, string? RecordId);

/// <summary>A grant that does not allow it: other_resource, expired or condition_fails.</summary>
public sealed record FailedAccess(string GrantId, string Cause, string Detail);

/// <summary>A policy that is about the question.</summary>
public sealed record MetPolicy(string PolicyId, string Name, string Mode);

/// <summary>Whom a question is about: one of a member, a key and an agent.</summary>
/// <param name="UserId">A member of the tenant.</param>
/// <param name="KeyId">A secret key of an app that the tenant has.</param>
/// <param name="AgentId">An agent of the environment, for itself.</param>
public sealed record AccessSubject(string? UserId = null, string? KeyId = null, string? AgentId = null);

/// <summary>About whom, what and where.</summary>
internal sealed record AccessQuestion(
    string? UserId, string? KeyId, string? AgentId, string Permission, string? AppId, string? WorkspaceId,
    string? Collection, string? RecordId);

/// <summary>
/// What a tenant gives away and forbids, in the client's environment: <c>grants.*</c>, <c>policies.list</c> and
/// <c>access.explain</c>. Any operator reads; writing needs the role admin. A secret key sees what is for its app.
/// </summary>
public sealed class AccessOperations
{
    private readonly Transport transport;

    internal AccessOperations(Transport transport) => this.transport = transport;

    /// <summary><c>grants.list</c>: those in force, or those that have ended.</summary>
    public Task<Response<PageOf<AccessGrant>>> Grants(
        string tenant, AccessGrantFilter? filter = null, PageRequest? page = null, CancellationToken ct = default) =>
        transport.Get(
            Query.Of(Path(tenant, "grants")).Add("user", filter?.User).Add("group", filter?.Group)
                .Add("key", filter?.Key).Add("agent", filter?.Agent).Add("role", filter?.Role)
                .Add("state", filter?.State).Add(page).ToString(),
            ClientJson.Default.PageOfAccessGrant, ct);

    /// <summary>
    /// <c>grants.create</c>. Problems: <c>grant_too_high</c>, where the caller does not hold it.
    /// </summary>
    public Task<Response<AccessGrant>> Grant(string tenant, NewAccessGrant grant, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, Path(tenant, "grants"), grant, ClientJson.Default.NewAccessGrant,
            ClientJson.Default.AccessGrant, ct);

    /// <summary><c>grants.revoke</c>: from the next call on, nothing rests on it.</summary>
    public Task<Response<AccessGrant>> Revoke(string tenant, string grant, CancellationToken ct = default) =>
        transport.Delete(
            $"{Path(tenant, "grants")}/{Query.Segment(grant)}", ClientJson.Default.AccessGrant, ct);

    /// <summary><c>policies.list</c>.</summary>
    public Task<Response<PageOf<AccessPolicy>>> Policies(
        string tenant, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of(Path(tenant, "policies")).Add(page).ToString(), ClientJson.Default.PageOfAccessPolicy, ct);

    /// <summary><c>access.explain</c>: whether somebody may do something, by what, or what is missing.</summary>
    public Task<Response<AccessExplanation>> Explain(
        string tenant, AccessSubject subject, string permission, AccessPart? on = null,
        CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, Path(tenant, "access/explain"),
            new AccessQuestion(
                subject.UserId, subject.KeyId, subject.AgentId, permission, on?.AppId, on?.WorkspaceId,
                on?.Collection, on?.RecordId),
            ClientJson.Default.AccessQuestion, ClientJson.Default.AccessExplanation, ct);

    private static string Path(string tenant, string what) => $"v1/tenants/{Query.Segment(tenant)}/{what}";
}
