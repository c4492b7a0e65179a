using System.Text.Json.Serialization;
using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Granting;

/// <summary>
/// One permission or one role of the tenant, given to a member, a group, a key or an agent on a part of the tenant,
/// under a condition, until a time. A grant is never edited; one that has ended stays, so that what was in force can be
/// told:
/// <paramref name="SinceRevision"/> made it, and <paramref name="UntilRevision"/> ended it, null while it is in force.
/// </summary>
internal sealed record AccessGrant(
    GrantId Id, TenantId TenantId, UserId? UserId, GroupId? GroupId, KeyId? KeyId, AgentId? AgentId,
    string? Permission, RoleId? RoleId, AppId? AppId, WorkspaceId? WorkspaceId, string? Collection, RecordId? RecordId,
    string? Condition, string? Reason, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    long SinceRevision, long? UntilRevision, DateTimeOffset? EndedAt)
    : IVersioned
{
    /// <summary>1 while it is in force, 2 once it has ended.</summary>
    public long Version => UntilRevision is null ? 1 : 2;

    /// <summary>The permission, where it is one and no role.</summary>
    [JsonIgnore]
    public Permission? Given { get; init; }

    /// <summary>Whom it names; null for a group.</summary>
    [JsonIgnore]
    public GrantSubject? Subject { get; } = GroupId is null ? new GrantSubject(UserId, KeyId, AgentId) : null;

    /// <summary>The condition as it is asked.</summary>
    [JsonIgnore]
    public GrantCondition? When { get; } = GrantCondition.Of(Condition);

    [JsonIgnore]
    public ResourcePattern Resource { get; } = new(AppId, WorkspaceId, Collection, RecordId);

    [JsonIgnore]
    public Target Target => new("grant", Id.Value) { User = UserId };

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AccessJson.Wire.AccessGrant);

    public bool HasExpired(DateTimeOffset now) => ExpiresAt <= now;
}

/// <summary>What is asked for; exactly one of user, group, key and agent, and of permission and role.</summary>
internal sealed record CreateGrant(
    UserId? User, GroupId? Group, KeyId? Key, AgentId? Agent, string? Permission, RoleId? Role,
    ResourcePattern Resource, string? Condition, DateTimeOffset? ExpiresAt, string? Reason)
{
    public static CreateGrant Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        var grant = new CreateGrant(
            input.ReferenceOrNull<UserKind>("user_id"),
            input.ReferenceOrNull<GroupKind>("group_id"),
            input.ReferenceOrNull<KeyKind>("key_id"),
            input.ReferenceOrNull<AgentKind>("agent_id"),
            input.TextOrNull("permission", max: 100),
            input.ReferenceOrNull<RoleKind>("role_id"),
            ResourcePattern.Bind(input),
            input.TextOrNull("condition", max: GrantConditions.SourceMax),
            input.TimeOrNull("expires_at"),
            input.TextOrNull("reason", max: 500));
        if (grant is { User: not null, Group: not null })
            input.Refuse("group_id", "not_both", "Both 'user_id' and 'group_id' are sent.", "Send one of them.");
        if (grant.Key is not null && (grant.User is not null || grant.Group is not null))
            input.Refuse("key_id", "not_both", "'key_id' is sent beside somebody else.", "Send one of them.");
        if (grant.Agent is not null && (grant.User is not null || grant.Group is not null || grant.Key is not null))
            input.Refuse("agent_id", "not_both", "'agent_id' is sent beside somebody else.", "Send one of them.");
        if (grant is { Permission: not null, Role: not null })
            input.Refuse("role_id", "not_both", "Both 'permission' and 'role_id' are sent.", "Send one of them.");
        return grant;
    }

    /// <summary>What only a whole body shows: fields of which one is needed.</summary>
    public IEnumerable<FieldProblem> Missing(DateTimeOffset now)
    {
        if (User is null && Group is null && Key is null && Agent is null)
        {
            yield return new FieldProblem("/user_id", "required", "Nobody is named.",
                "Send 'user_id' of a member, 'group_id', 'key_id' or 'agent_id'.");
        }
        if (Permission is null && Role is null)
        {
            yield return new FieldProblem(
                "/permission", "required", "Nothing is named.", "Send 'permission', or 'role_id' of a role.");
        }
        if (ExpiresAt <= now)
        {
            yield return new FieldProblem(
                "/expires_at", "in_the_past", "'expires_at' has passed.", "Send a later time.");
        }
    }
}

internal sealed record NameGrant(GrantId Grant)
{
    public static NameGrant Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new NameGrant(input.Path<GrantKind>("grant"));
    }
}

/// <summary>In force or ended.</summary>
[JsonConverter(typeof(NameConverter<GrantState>))]
internal enum GrantState
{
    /// <summary>Not ended, and not expired.</summary>
    InForce,

    /// <summary>Revoked, or ended with its member, group, role or workspace, or expired.</summary>
    Ended,
}

internal sealed record ListGrants(
    Page Page, UserId? User, GroupId? Group, KeyId? Key, AgentId? Agent, RoleId? Role, GrantState State)
{
    public static ListGrants Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ListGrants(
            input.Page(), input.QueryId<UserKind>("user"), input.QueryId<GroupKind>("group"),
            input.QueryId<KeyKind>("key"), input.QueryId<AgentKind>("agent"), input.QueryId<RoleKind>("role"),
            input.QueryChoice<GrantState>("state") ?? GrantState.InForce);
    }
}
