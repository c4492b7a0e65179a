using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Tenants.Workspaces;

/// <summary>A subdivision of a tenant.</summary>
internal sealed record Workspace(
    WorkspaceId Id, TenantId TenantId, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("workspace", Id.Value);

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, TenantsJson.Wire.Workspace);
}

internal sealed record CreateWorkspace(string Name)
{
    public static CreateWorkspace Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new CreateWorkspace(input.Text("name", max: 200));
    }
}

internal sealed record InWorkspace
{
    public static InWorkspace Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        input.Path<WorkspaceKind>("workspace");
        return new InWorkspace();
    }
}

internal sealed record UpdateWorkspace(string? Name)
{
    public static UpdateWorkspace Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        input.Path<WorkspaceKind>("workspace");
        return new UpdateWorkspace(input.TextOrNull("name", max: 200));
    }
}

/// <summary>The workspaces where the caller has a role of his or her own.</summary>
internal sealed record ListMyWorkspaces(Page Page)
{
    public static ListMyWorkspaces Bind(Input input) => new(input.Page());
}
