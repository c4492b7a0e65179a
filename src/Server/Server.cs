using Castellan.Access;
using Castellan.AdminUi;
using Castellan.Agents;
using Castellan.Apps;
using Castellan.Audit;
using Castellan.Budgets;
using Castellan.Contracts;
using Castellan.Identity;
using Castellan.Identity.OAuth;
using Castellan.Identity.Pages;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Keys;
using Castellan.Mail;
using Castellan.Operators;
using Castellan.Platform.Crypto;
using Castellan.Platform.Pages;
using Castellan.Records;
using Castellan.Tenants;
using Castellan.Usage;

namespace Castellan;

/// <summary>Puts the server together: slices in row order, the gate's steps in their order, then the routes.</summary>
internal static class Server
{
    /// <param name="args">Command-line settings, <c>--Name value</c>.</param>
    /// <param name="adjust">Changes by tests, such as the clock; the product makes none.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        // Settings are read once. Watching for changes would follow every file below the current folder, and with it
        // every write of a database there.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = [.. args, "--hostBuilder:reloadConfigOnChange=false"] });
        InstallationSettings.Add(builder.Configuration, args);
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("OpenIddict", LogLevel.Warning)
            // What keeps the server from starting is said once, by the command.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        var options = builder.Configuration.Get<InstallationOptions>() ?? new InstallationOptions();
        StartupChecks.RequireOneListener(builder.Configuration);
        builder.WebHost.UseUrls(options.Listen).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        if (options.Listen.StartsWith("https:", StringComparison.Ordinal))
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<PasswordHasher>().AddSingleton<PageRenderer>();
        // Row 0 and the kernel.
        builder.Services.AddInstallation(options).AddTelemetry(builder.Configuration)
            .AddKernel(builder.Configuration);
        // Row 1: who calls, for whom, may they, what was done. Standing is checked in this order.
        builder.Services
            .AddOperators()
            .AddApps()
            .AddKeys()
            .AddIdentity()
            .AddHostedPages()
            .AddOAuth()
            .AddAgents(builder.Configuration)
            .AddTenants(builder.Configuration)
            .AddAccess(builder.Configuration)
            .AddAudit()
            .AddMail(builder.Configuration);
        // Row 2: what apps use.
        builder.Services.AddContracts(builder.Configuration).AddRecords().AddUsage()
            .AddBudgets(builder.Configuration);
        // Row 3: surfaces.
        builder.Services.AddAdminUi();
        builder.Services.AddSingleton(new ProblemCatalogue(
        [
            .. GateProblems.All, .. StopProblems.All, .. OperatorErrors.All, .. AppErrors.All, .. IdentityErrors.All,
            .. OAuthErrors.All, .. TenantErrors.All, .. AgentErrors.All, .. AccessErrors.All, .. MailErrors.All,
            .. ContractErrors.All, .. KeyErrors.All,
            .. RecordErrors.All, .. BudgetErrors.All,
        ]));
        adjust?.Invoke(builder);
        var app = builder.Build();
        app.UseTrustedProxies(options);
        app.UseMetrics();
        app.MapOperations();
        app.UseOAuth();
        app.MapHostedPages();
        app.MapTenantPages();
        app.MapAgentPages();
        app.MapAdminUi();
        app.MapAssets();
        app.MapDescriptions();
        app.MapHealth();
        return app;
    }
}
