using Castellan.Kernel;

namespace Castellan.Keys;

/// <summary>The slice's wiring.</summary>
internal static class KeysSetup
{
    public static IServiceCollection AddKeys(this IServiceCollection services) => services
        .AddSingleton(new Noun("keys",
            "Publishable keys, which may be in browsers, and secret keys, which hold what a server may do."))
        .AddSingleton<KeyStore>()
        .AddSingleton<KeyResolver>()
        .AddSingleton<IResolver>(provider => provider.GetRequiredService<KeyResolver>())
        .AddSingleton<IStanding>(provider => provider.GetRequiredService<KeyResolver>())
        .AddSingleton<IStopListener, KeyStops>()
        .AddSingleton<IEndpoints, KeyEndpoints>();
}
