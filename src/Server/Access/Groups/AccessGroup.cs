using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Access.Groups;

/// <summary>Members of a tenant who are granted something together. Groups do not hold groups.</summary>
internal sealed record AccessGroup(
    GroupId Id, TenantId TenantId, string Name, string? Description, DateTimeOffset CreatedAt, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("group", Id.Value);

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AccessJson.Wire.AccessGroup);
}

/// <summary>A member of a group. Names and addresses are read where members are.</summary>
internal sealed record GroupMember(
    GroupId GroupId, MemberId MemberId, UserId UserId, DateTimeOffset AddedAt)
{
    [JsonIgnore]
    public Target Target => new("group", GroupId.Value) { User = UserId };

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AccessJson.Wire.GroupMember);
}

internal sealed record CreateGroup(string Name, string? Description)
{
    public static CreateGroup Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new CreateGroup(input.Text("name", max: 100), input.TextOrNull("description", max: 500));
    }
}

internal sealed record NameGroup(GroupId Group)
{
    public static NameGroup Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new NameGroup(input.Path<GroupKind>("group"));
    }
}

internal sealed record AddToGroup(GroupId Group, UserId User)
{
    public static AddToGroup Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new AddToGroup(input.Path<GroupKind>("group"), input.Reference<UserKind>("user_id"));
    }
}

internal sealed record ListGroupMembers(GroupId Group, Page Page)
{
    public static ListGroupMembers Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ListGroupMembers(input.Path<GroupKind>("group"), input.Page());
    }
}

internal sealed record NameGroupMember(GroupId Group, MemberId Member)
{
    public static NameGroupMember Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new NameGroupMember(input.Path<GroupKind>("group"), input.Path<MemberKind>("member"));
    }
}
