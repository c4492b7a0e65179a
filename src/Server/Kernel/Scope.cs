namespace Castellan.Kernel;

/// <summary>
/// The part of the installation that a store call may touch. Every store method takes one first; only the gate and the
/// workers make them, from a <see cref="Caller"/>.
/// </summary>
internal abstract record Scope
{
    /// <summary>The environment, or null for the installation's own rows.</summary>
    public abstract string? EnvironmentId { get; }

    /// <summary>Text that no other scope has.</summary>
    public abstract string Name { get; }

    public virtual TenantId? TenantId => null;

    public virtual WorkspaceId? WorkspaceId => null;
}

/// <summary>Rows of the installation itself: operators, apps, environments. Few operations have it.</summary>
internal sealed record InstallationScope : Scope
{
    public override string? EnvironmentId => null;

    public override string Name => "installation";
}

/// <summary>
/// All rows of one environment. <paramref name="App"/> narrows to what that app may see: the tenants that it is
/// installed for, and their members. Null is the view of operators and of Castellan's own pages.
/// </summary>
internal sealed record EnvironmentScope(string Environment, AppId? App) : Scope
{
    public override string? EnvironmentId => Environment;

    public override string Name => $"{Environment}/{App?.Value}";
}

/// <summary>One tenant's rows, in one environment, and of one workspace where the route names it.</summary>
internal sealed record TenantScope(string Environment, TenantId Tenant, WorkspaceId? Workspace, AppId? App) : Scope
{
    public override string? EnvironmentId => Environment;

    public override string Name => $"{Environment}/{Tenant.Value}/{Workspace?.Value}/{App?.Value}";

    public override TenantId? TenantId => Tenant;

    public override WorkspaceId? WorkspaceId => Workspace;
}
