using Castellan.Kernel;

namespace Castellan.Access.Permissions;

/// <summary>
/// A part of a tenant: what is null is not narrowed. A call's own resource is one that names what the call names.
/// </summary>
/// <param name="App">Calls that come through this app.</param>
/// <param name="Workspace">Calls that name this workspace.</param>
/// <param name="Collection">A collection of the app. For permissions of apps only.</param>
/// <param name="Record">One record of that collection, in calls that name it. For permissions of apps only.</param>
internal sealed record ResourcePattern(AppId? App, WorkspaceId? Workspace, string? Collection, RecordId? Record)
{
    /// <summary>Characters of a collection's name.</summary>
    public const int CollectionMax = 63;

    /// <summary>All of the tenant.</summary>
    public static ResourcePattern Whole { get; } = new(null, null, null, null);

    /// <summary>Whether everything that <paramref name="other"/> means is meant here too.</summary>
    public bool Covers(ResourcePattern other) =>
        (App is null || App == other.App)
        && (Workspace is null || Workspace == other.Workspace)
        && (Collection is null || Collection == other.Collection)
        && (Record is null || Record == other.Record);

    /// <summary>The fields of a body that name one.</summary>
    public static ResourcePattern Bind(Input input)
    {
        var pattern = new ResourcePattern(
            input.ReferenceOrNull<AppKind>("app_id"),
            input.ReferenceOrNull<WorkspaceKind>("workspace_id"),
            input.TextOrNull("collection", max: CollectionMax),
            input.ReferenceOrNull<RecordKind>("record_id"));
        if (pattern is { Record: not null, Collection: null })
            input.Refuse("record_id", "no_collection", "'record_id' needs 'collection'.", "Name its collection too.");
        return pattern;
    }
}
