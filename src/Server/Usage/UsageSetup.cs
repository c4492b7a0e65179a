using Castellan.Kernel;

namespace Castellan.Usage;

/// <summary>The slice's wiring.</summary>
internal static class UsageSetup
{
    public static IServiceCollection AddUsage(this IServiceCollection services) => services
        .AddSingleton(new Noun("usage", "What was counted: sums by meter, app, tenant and time."))
        .AddSingleton<UsageStore>()
        .AddSingleton<IEndpoints, UsageEndpoints>();
}
