using Castellan.Kernel;

namespace Castellan.Access.Names;

/// <summary>Names end with whom they stand for, and with the tenant.</summary>
internal sealed class NamesOfTenants(NameStore store, NameDirectory directory)
{
    public ValueTask DeleteOf(Change change, TenantScope scope, UserId user)
    {
        directory.Forget(change, scope.Tenant);
        return store.DeleteOf(change, scope, user);
    }

    public ValueTask Erase(Change change, TenantScope scope)
    {
        directory.Forget(change, scope.Tenant);
        return store.Erase(change, scope);
    }
}
