using Castellan.Kernel;

namespace Castellan.Audit;

/// <summary>The slice's wiring.</summary>
internal static class AuditSetup
{
    public static IServiceCollection AddAudit(this IServiceCollection services) => services
        .AddSingleton(new Noun("audit",
            "The append-only log: who did what to what, through which app, with which outcome."))
        .AddSingleton(new Noun("events",
            "The same facts as CloudEvents, in an order without gaps, for programs that follow them."))
        .AddSingleton<AuditStore>()
        .AddSingleton<EventStore>()
        .AddSingleton<IEndpoints, AuditEndpoints>();
}
