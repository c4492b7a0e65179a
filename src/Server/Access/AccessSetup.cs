using Castellan.Kernel;

namespace Castellan.Access;

/// <summary>The slice's wiring.</summary>
internal static class AccessSetup
{
    public static IServiceCollection AddAccess(this IServiceCollection services) =>
        services.AddSingleton<IAccess, RoleAccess>();
}
