using System.Collections.Frozen;

namespace Castellan.Contracts;

/// <summary>The columns of every collection, which only the server sets.</summary>
internal static class SystemColumns
{
    public const string Id = "id";
    public const string TenantId = "tenant_id";
    public const string WorkspaceId = "workspace_id";
    public const string OwnerId = "owner_id";
    public const string Version = "version";
    public const string CreatedAt = "created_at";
    public const string UpdatedAt = "updated_at";

    /// <summary>Set while a record of a collection with soft delete is deleted.</summary>
    public const string DeletedAt = "deleted_at";

    /// <summary>Who wrote this version: the id of a user, key or agent.</summary>
    public const string Actor = "actor";

    /// <summary>The agent's run that wrote this version; null where none did.</summary>
    public const string Run = "run";

    public static readonly FrozenSet<string> Names = FrozenSet.Create(
        Id, TenantId, WorkspaceId, OwnerId, Version, CreatedAt, UpdatedAt, DeletedAt, Actor, Run);

    /// <summary>Those that queries filter and sort by, and rules read, with their types.</summary>
    public static readonly FrozenDictionary<string, FieldType> Readable = new Dictionary<string, FieldType>
    {
        [Id] = FieldType.String,
        [TenantId] = FieldType.String,
        [WorkspaceId] = FieldType.String,
        [OwnerId] = FieldType.String,
        [Version] = FieldType.Integer,
        [CreatedAt] = FieldType.Timestamp,
        [UpdatedAt] = FieldType.Timestamp,
    }.ToFrozenDictionary();

    /// <summary>A record lies in no workspace, or was made by a key, which owns nothing.</summary>
    public static bool MayBeNull(string column) => column is WorkspaceId or OwnerId;
}
