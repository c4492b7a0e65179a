using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Access.Roles;

/// <summary>
/// A named set of permissions that a tenant grants together. <paramref name="AppId"/> is the app whose contract
/// declares those that are no operations.
/// </summary>
internal sealed record AccessRole(
    RoleId Id, TenantId TenantId, string Name, string? Description, AppId? AppId, IReadOnlyList<string> Permissions,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("role", Id.Value);

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AccessJson.Wire.AccessRole);
}

internal sealed record CreateRole(string Name, string? Description, AppId? App, IReadOnlyList<string> Permissions)
{
    public const int PermissionsMax = 200;

    public static CreateRole Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new CreateRole(
            input.Text("name", max: 100),
            input.TextOrNull("description", max: 500),
            input.ReferenceOrNull<AppKind>("app_id"),
            input.TextsOrNull("permissions", PermissionsMax, max: 100) ?? []);
    }
}

/// <summary>A patch: what is not sent stays.</summary>
internal sealed record UpdateRole(RoleId Role, string? Name, string? Description, IReadOnlyList<string>? Permissions)
{
    public static UpdateRole Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new UpdateRole(
            input.Path<RoleKind>("role"),
            input.TextOrNull("name", max: 100),
            input.TextOrNull("description", max: 500),
            input.TextsOrNull("permissions", CreateRole.PermissionsMax, max: 100));
    }
}

internal sealed record NameRole(RoleId Role)
{
    public static NameRole Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new NameRole(input.Path<RoleKind>("role"));
    }
}
