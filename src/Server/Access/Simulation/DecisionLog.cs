using Castellan.Kernel;

namespace Castellan.Access.Simulation;

/// <summary>
/// A decision about a member, without what differs each time: the record that was meant, and what was told about it.
/// </summary>
internal readonly record struct Decided(
    TenantId Tenant, UserId User, Permission Permission, AppId? App, WorkspaceId? Workspace, string? Collection,
    bool Allowed)
    : ICounted
{
    public string Order =>
        $"{Tenant} {User} {Permission.Name} {Permission.App} {App} {Workspace} {Collection} {Allowed}";
}

/// <summary>How often what was decided, for simulations.</summary>
internal sealed class DecisionLog : Counts<Decided>;
