using Castellan.Kernel;

namespace Castellan.Audit;

/// <summary>The slice's wiring.</summary>
internal static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton<AuditStore>()
        .AddSingleton<EventStore>()
        .AddSingleton<IEndpoints, AuditEndpoints>();
}
