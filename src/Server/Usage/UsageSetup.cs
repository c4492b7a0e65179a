using Castellan.Kernel;

namespace Castellan.Usage;

/// <summary>The slice's wiring.</summary>
internal static class UsageSetup
{
    public static IServiceCollection AddUsage(this IServiceCollection services) => services
        .AddSingleton<UsageStore>()
        .AddSingleton<IEndpoints, UsageEndpoints>();
}
