using Castellan.Kernel;
using Castellan.Kernel.Http;

namespace Castellan.Apps;

/// <summary>The slice's wiring.</summary>
internal static class AppsSetup
{
    public static IServiceCollection AddApps(this IServiceCollection services) => services
        .AddSingleton(new Noun("apps",
            "Registered products: who answers for them, what made them, their state and their settings."))
        .AddSingleton<AppStore>()
        .AddSingleton<AppDirectory>()
        .AddSingleton<IStanding>(provider => provider.GetRequiredService<AppDirectory>())
        .AddSingleton(provider => new KnownOrigins(provider.GetRequiredService<AppDirectory>().IsRegistered))
        .AddSingleton<AppFounding>()
        .AddSingleton<IEndpoints, AppEndpoints>();
}
