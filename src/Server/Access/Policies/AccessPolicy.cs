using System.Text.Json.Serialization;
using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Policies;

/// <summary>
/// What a tenant forbids, whatever roles and grants allow: some permissions, or all where <paramref
/// name="Permissions"/> is empty, on a part of the tenant, while a condition is true. Whoever is refused is told
/// <paramref name="Message"/>. Each change is a revision of the tenant's grants.
/// </summary>
internal sealed record AccessPolicy(
    PolicyId Id, TenantId TenantId, string Name, string? Description, PolicyMode Mode,
    IReadOnlyList<string> Permissions, AppId? AppId, WorkspaceId? WorkspaceId, string? Collection,
    string? Condition, string? Message, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    long Version, long SinceRevision)
    : IVersioned
{
    /// <summary>The permissions as what they are of: operations, or what the app declares.</summary>
    [JsonIgnore]
    public IReadOnlySet<Permission> Forbidden { get; init; } = new HashSet<Permission>();

    public bool Forbids(Permission permission) => Forbidden.Count == 0 || Forbidden.Contains(permission);

    /// <summary>
    /// Whether it is about a part of the tenant. A call on data that names no workspace reaches what lies in all of
    /// them.
    /// </summary>
    public bool Covers(ResourcePattern resource) =>
        (AppId is null || AppId == resource.App)
        && (Collection is null || Collection == resource.Collection)
        && (WorkspaceId is null || WorkspaceId == resource.Workspace
            || (resource.Workspace is null && resource.Collection is not null));

    /// <summary>The part of a resource that it is about; null where that is none.</summary>
    public ResourcePattern? PartOf(ResourcePattern resource)
    {
        var part = new ResourcePattern(
            resource.App ?? AppId, resource.Workspace ?? WorkspaceId, resource.Collection ?? Collection,
            resource.Record);
        return Covers(part) ? part : null;
    }

    [JsonIgnore]
    public Target Target => new("policy", Id.Value);

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AccessJson.Wire.AccessPolicy);
}

/// <summary>How far a policy goes, from trying it out to refusing.</summary>
[JsonConverter(typeof(NameConverter<PolicyMode>))]
internal enum PolicyMode
{
    /// <summary>What it would refuse is counted, and nobody who calls is told.</summary>
    Shadow,

    /// <summary>Counted too, and told to the caller in a header and to the audit log.</summary>
    Report,

    /// <summary>It refuses.</summary>
    Enforce,
}

internal sealed record CreatePolicy(
    string Name, string? Description, PolicyMode Mode, IReadOnlyList<string> Permissions, ResourcePattern Resource,
    string? Condition, string? Message)
{
    public const int PermissionsMax = 100;
    public const int MessageMax = 300;

    public static CreatePolicy Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new CreatePolicy(
            input.Text("name", max: 100),
            input.TextOrNull("description", max: 500),
            input.ChoiceOrNull<PolicyMode>("mode") ?? PolicyMode.Shadow,
            input.TextsOrNull("permissions", PermissionsMax, max: 100) ?? [],
            new ResourcePattern(
                input.ReferenceOrNull<AppKind>("app_id"), input.ReferenceOrNull<WorkspaceKind>("workspace_id"),
                input.TextOrNull("collection", max: ResourcePattern.CollectionMax), null),
            input.TextOrNull("condition", max: GrantConditions.SourceMax),
            input.TextOrNull("message", MessageMax));
    }
}

/// <summary>
/// A patch: what is not sent stays, and null clears condition and message. The resource stays for good, because it says
/// what a policy is of.
/// </summary>
internal sealed record UpdatePolicy(
    PolicyId Policy, string? Name, string? Description, PolicyMode? Mode, IReadOnlyList<string>? Permissions,
    string? Condition, string? Message, bool HasCondition, bool HasMessage)
{
    public static UpdatePolicy Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new UpdatePolicy(
            input.Path<PolicyKind>("policy"),
            input.TextOrNull("name", max: 100),
            input.TextOrNull("description", max: 500),
            input.ChoiceOrNull<PolicyMode>("mode"),
            input.TextsOrNull("permissions", CreatePolicy.PermissionsMax, max: 100),
            input.TextOrNull("condition", max: GrantConditions.SourceMax),
            input.TextOrNull("message", CreatePolicy.MessageMax),
            input.Has("condition"),
            input.Has("message"));
    }
}

internal sealed record NamePolicy(PolicyId Policy)
{
    public static NamePolicy Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new NamePolicy(input.Path<PolicyKind>("policy"));
    }
}

internal sealed record ListPolicyHits(PolicyId Policy, Page Page)
{
    public static ListPolicyHits Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ListPolicyHits(input.Path<PolicyKind>("policy"), input.Page());
    }
}

/// <summary>
/// How often a policy was met on a day (in UTC): what it refused, or would have, depending on the mode that it was in.
/// <paramref name="SubjectId"/> is a user, a key, or an agent that acted for a user.
/// </summary>
internal sealed record PolicyHits(
    PolicyId PolicyId, string Day, PolicyMode Mode, string Permission, string SubjectId, long Times);
