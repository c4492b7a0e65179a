using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Contracts.AppRoles;

/// <summary>Tells those who grant permissions what apps declare, and whom their roles give it.</summary>
internal sealed class AppPermissions(
    ContractDirectory contracts, AppRoleDirectory roles, MemberDirectory members) : IAppPermissions
{
    public async ValueTask<IReadOnlyList<string>> Declared(string environment, AppId app) =>
        await contracts.Find(app, environment) is { } known
            ? [.. known.Contract.Permissions.Select(permission => permission.Name)]
            : [];

    public async ValueTask<long?> ContractVersion(string environment, AppId app) =>
        (await contracts.Find(app, environment))?.Version;

    public async ValueTask<IReadOnlyList<HeldAppRole>> Roles(string environment, AppId app) =>
        await contracts.Find(app, environment) is { } known
            ? [.. known.Contract.Roles.Select(role => new HeldAppRole(role.Name, role.Permissions))]
            : [];

    public async ValueTask<IReadOnlyList<HeldAppRole>> Held(TenantScope scope, AppId app, UserId user)
    {
        if (await contracts.Find(app, scope.Environment) is not { } known || known.Contract.Roles.Count == 0) return [];
        var held = await roles.Find(scope, app, await members.Find(scope, user));
        return
        [
            .. known.Contract.Roles.Where(role => held.Contains(role.Name))
                .Select(role => new HeldAppRole(role.Name, role.Permissions)),
        ];
    }
}
