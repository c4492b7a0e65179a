using Castellan.Kernel;

namespace Castellan.Identity.Pages;

/// <summary>The wiring of the hosted pages.</summary>
internal static class PagesSetup
{
    public static IServiceCollection AddHostedPages(this IServiceCollection services) => services
        .AddSingleton<PageSessions>()
        .AddSingleton<ConsentStore>()
        .AddSingleton<PasswordChanges>()
        .AddSingleton<IEndpoints, HostedEndpoints>()
        .AddSingleton<IEndpoints, ConsentEndpoints>()
        .AddSingleton<HostedCalls>()
        .AddSingleton<SignInRequests>()
        .AddSingleton<PageGuard>()
        .AddSingleton<PageWriter>()
        .AddSingleton<VisitorReader>()
        .AddSingleton<Visits>()
        .AddSingleton<SignInPages>()
        .AddSingleton<RecoveryPages>()
        .AddSingleton<ConsentPages>()
        .AddSingleton<AccountPages>();

    public static void MapHostedPages(this WebApplication app)
    {
        app.Services.GetRequiredService<SignInPages>().Map(app);
        app.Services.GetRequiredService<RecoveryPages>().Map(app);
        app.Services.GetRequiredService<ConsentPages>().Map(app);
        app.Services.GetRequiredService<AccountPages>().Map(app);
    }
}
