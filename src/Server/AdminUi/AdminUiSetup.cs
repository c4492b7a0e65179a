namespace Castellan.AdminUi;

/// <summary>The slice's wiring.</summary>
internal static class AdminUiSetup
{
    public static IServiceCollection AddAdminUi(this IServiceCollection services) => services
        .AddSingleton<AdminCookies>()
        .AddSingleton<Antiforgery>()
        .AddSingleton<AdminServices>()
        .AddSingleton<AdminRoutes>()
        .AddSingleton<SignInPages>()
        .AddSingleton<AppPages>()
        .AddSingleton<KeyPages>()
        .AddSingleton<PeoplePages>()
        .AddSingleton<AgentPages>()
        .AddSingleton<BudgetPages>()
        .AddSingleton<StopPages>()
        .AddSingleton<ImpersonationPages>()
        .AddSingleton<OperatorPages>()
        .AddSingleton<DevicePages>()
        .AddSingleton<OwnAccountPages>()
        .AddSingleton<LogPages>();

    public static void MapAdminUi(this WebApplication app)
    {
        // Who opens the server's bare address is a person.
        app.MapGet("/", () => Results.Redirect("/admin"));
        var pages = app.Services;
        pages.GetRequiredService<SignInPages>().Map(app);
        pages.GetRequiredService<LogPages>().Map(app);
        pages.GetRequiredService<AppPages>().Map(app);
        pages.GetRequiredService<KeyPages>().Map(app);
        pages.GetRequiredService<PeoplePages>().Map(app);
        pages.GetRequiredService<AgentPages>().Map(app);
        pages.GetRequiredService<BudgetPages>().Map(app);
        pages.GetRequiredService<StopPages>().Map(app);
        pages.GetRequiredService<ImpersonationPages>().Map(app);
        pages.GetRequiredService<OperatorPages>().Map(app);
        pages.GetRequiredService<DevicePages>().Map(app);
        pages.GetRequiredService<OwnAccountPages>().Map(app);
    }
}
