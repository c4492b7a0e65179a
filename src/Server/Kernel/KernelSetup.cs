using Castellan.Kernel.Http;
using Castellan.Kernel.Nodes;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Crypto;

namespace Castellan.Kernel;

/// <summary>The kernel's wiring.</summary>
internal static class KernelSetup
{
    public static IServiceCollection AddKernel(
        this IServiceCollection services, IConfiguration configuration) => services
        .AddRateLimits(configuration)
        .AddSingleton((configuration.GetSection("Load").Get<LoadOptions>() ?? new LoadOptions()).Checked())
        .AddSingleton<LoadShedder>()
        .AddSingleton((configuration.GetSection("Passwords").Get<PasswordOptions>() ?? new PasswordOptions()).Checked())
        .AddSingleton<BreachedPasswords>()
        .AddSingleton<PasswordRules>()
        .AddSingleton<IdempotencyStore>()
        .AddSingleton(new RecorderOptions())
        .AddSingleton<ChangeRecorder>()
        .AddSingleton<Sequencer>()
        .AddHostedService(provider => provider.GetRequiredService<Sequencer>())
        .AddHostedService<IdempotencyPruning>()
        .AddSingleton<NoticeStore>()
        .AddSingleton<Notices>()
        .AddHostedService<NodeListener>()
        .AddHostedService<NodeSpeaker>()
        .AddHostedService<NoticePruning>()
        .AddSingleton<ReadLog>()
        .AddSingleton<Stops>()
        .AddSingleton<Changes>()
        .AddSingleton<Upkeep>()
        .AddSingleton<Denials>()
        .AddHostedService(provider => provider.GetRequiredService<Denials>())
        .AddSingleton<Cursors>()
        .AddSingleton<GateServices>()
        .AddSingleton<Gate>()
        .AddSingleton<OperationTable>()
        // For slices that bring operations and speak of others.
        .AddSingleton(provider => new Lazy<OperationTable>(provider.GetRequiredService<OperationTable>))
        .AddSingleton<OpenApiDocument>()
        .AddSingleton<ProblemWriter>()
        .AddSingleton<HttpAdapter>();

    /// <summary>Maps every declared operation; an undeclared route cannot be mapped.</summary>
    public static void MapOperations(this WebApplication app)
    {
        var adapter = app.Services.GetRequiredService<HttpAdapter>();
        app.Use((context, next) => adapter.Surround(context, next));
        app.UseRouting();
        var table = app.Services.GetRequiredService<OperationTable>();
        app.Services.GetRequiredService<RateLimitOptions>().RequireKnown(table);
        adapter.Map(app, table.All);
    }
}
