using Castellan.Kernel;

namespace Castellan.Keys;

/// <summary>The slice's wiring.</summary>
internal static class KeysSetup
{
    public static IServiceCollection AddKeys(this IServiceCollection services) => services
        .AddSingleton(new Noun("keys",
            "Publishable keys, which may be in browsers, secret keys, which act as the app, and restricted keys, which "
            + "hold what they name."))
        .AddSingleton<KeyStore>()
        .AddSingleton<KeyUses>()
        .AddSingleton<KeyVerifier>()
        // The table is made of declarations, this slice's among them.
        .AddSingleton<KeyRights>()
        .AddSingleton<KeyResolver>()
        .AddSingleton<IResolver>(provider => provider.GetRequiredService<KeyResolver>())
        .AddSingleton<IStanding>(provider => provider.GetRequiredService<KeyResolver>())
        .AddSingleton<KeyLeakWorker>()
        .AddHostedService(provider => provider.GetRequiredService<KeyLeakWorker>())
        .AddSingleton<IStopListener, KeyStops>()
        .AddSingleton<IEndpoints, KeyEndpoints>()
        .AddSingleton<IEndpoints, ShownKeyEndpoints>();
}
