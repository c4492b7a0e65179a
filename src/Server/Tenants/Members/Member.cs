using System.Text.Json.Serialization;
using Castellan.Identity;
using Castellan.Kernel;

namespace Castellan.Tenants.Members;

/// <summary>
/// A user's role in a tenant, or in one workspace of it where <paramref name="WorkspaceId"/> is set. It names no
/// person: this is what events tell.
/// </summary>
internal sealed record Membership(
    MemberId Id, TenantId TenantId, WorkspaceId? WorkspaceId, UserId UserId, TenantRole Role, DateTimeOffset CreatedAt,
    long Version)
{
    [JsonIgnore]
    public Target Target => new("member", Id.Value) { User = UserId, Role = Role };

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, TenantsJson.Wire.Membership);
}

/// <summary>A membership with what the app may know of the person.</summary>
internal sealed record Member(
    MemberId Id, TenantId TenantId, WorkspaceId? WorkspaceId, UserId UserId, string Email, string? Name,
    TenantRole Role, DateTimeOffset CreatedAt, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Membership Membership => new(Id, TenantId, WorkspaceId, UserId, Role, CreatedAt, Version);

    public static Member Of(Membership membership, User user) => new(
        membership.Id, membership.TenantId, membership.WorkspaceId, user.Id, user.Email, user.Name, membership.Role,
        membership.CreatedAt, membership.Version);
}

internal sealed record GetMember(MemberId Member)
{
    public static GetMember Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new GetMember(input.Path<MemberKind>("member"));
    }
}

internal sealed record UpdateMember(MemberId Member, TenantRole Role)
{
    public static UpdateMember Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new UpdateMember(input.Path<MemberKind>("member"), input.Choice<TenantRole>("role"));
    }
}

internal sealed record AddMember(UserId User, TenantRole Role)
{
    public static AddMember Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        input.Path<WorkspaceKind>("workspace");
        return new AddMember(input.Reference<UserKind>("user_id"), WorkspaceRole.Required(input));
    }
}

internal sealed record ListWorkspaceMembers(Page Page)
{
    public static ListWorkspaceMembers Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        input.Path<WorkspaceKind>("workspace");
        return new ListWorkspaceMembers(input.Page());
    }
}

internal sealed record GetWorkspaceMember(MemberId Member)
{
    public static GetWorkspaceMember Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        input.Path<WorkspaceKind>("workspace");
        return new GetWorkspaceMember(input.Path<MemberKind>("member"));
    }
}

/// <summary>A workspace has no owner of its own: its tenant's owners are.</summary>
internal static class WorkspaceRole
{
    public static TenantRole Required(Input input)
    {
        var role = input.Choice<TenantRole>("role");
        RefuseOwner(input, role);
        return role;
    }

    public static void RefuseOwner(Input input, TenantRole role)
    {
        if (role is TenantRole.Owner)
            input.Refuse("role", "not_in_a_workspace", Detail, "Use one of: viewer, member, admin.");
    }

    public const string Detail = "A workspace has no owner of its own.";
}
