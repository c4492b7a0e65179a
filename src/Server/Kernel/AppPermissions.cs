namespace Castellan.Kernel;

/// <summary>What apps declare as permissions. The slice that reads contracts answers.</summary>
internal interface IAppPermissions
{
    /// <summary>The names that the app's contract declares in the environment.</summary>
    ValueTask<IReadOnlyList<string>> Declared(string environment, AppId app);

    /// <summary>The version of the app's contract in the environment; null where it has none.</summary>
    ValueTask<long?> ContractVersion(string environment, AppId app);

    /// <summary>All roles that the app's contract declares.</summary>
    ValueTask<IReadOnlyList<HeldAppRole>> Roles(string environment, AppId app);

    /// <summary>The app's roles that a user has in a tenant, with what each gives.</summary>
    ValueTask<IReadOnlyList<HeldAppRole>> Held(TenantScope scope, AppId app, UserId user);
}

/// <summary>What a standing step has found that knows the collections of the call's app.</summary>
internal interface IKnowsCollections
{
    bool HasCollection(string name);
}

/// <summary>A role of an app that somebody has.</summary>
internal sealed record HeldAppRole(string Name, IReadOnlyList<string> Permissions);
