namespace Castellan.Kernel;

/// <summary>What apps declare as permissions. The slice that reads contracts answers.</summary>
internal interface IAppPermissions
{
    /// <summary>The names that the app's contract declares in the environment.</summary>
    ValueTask<IReadOnlyList<string>> Declared(string environment, AppId app);

    /// <summary>The app's roles, and the version of the contract that declares them; null where it has none.</summary>
    ValueTask<DeclaredRoles?> Roles(string environment, AppId app);

    /// <summary>The app's roles that a user has in a tenant, with what each gives.</summary>
    ValueTask<IReadOnlyList<HeldAppRole>> Held(TenantScope scope, AppId app, UserId user);
}

/// <summary>What an app's contract of a version declares as roles.</summary>
internal sealed record DeclaredRoles(long Version, IReadOnlyList<HeldAppRole> All);

/// <summary>A role of an app that somebody has.</summary>
internal sealed record HeldAppRole(string Name, IReadOnlyList<string> Permissions);
