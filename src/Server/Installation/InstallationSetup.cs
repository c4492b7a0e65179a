using System.Net;
using Castellan.Installation.Environments;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Platform;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;
using Microsoft.AspNetCore.HttpOverrides;

namespace Castellan.Installation;

/// <summary>The slice's wiring: the database, the keys, the environments.</summary>
internal static class InstallationSetup
{
    public static IServiceCollection AddInstallation(this IServiceCollection services, InstallationOptions options)
    {
        StartupChecks.RequireSafeAddresses(options);
        StartupChecks.PrepareFolder(options.DataFolder);
        return services
            .AddSingleton(options)
            .AddSingleton(new Noun("installation", "This server: its address, version and environments."))
            .AddSingleton(new PublicAddress(options.PublicBase))
            .AddSingleton(new EmailRules(Localhost: options.PublicBase.IsLoopback))
            .AddSingleton(Open(options))
            .AddSingleton(provider => new Secrets(ReadKey(provider.GetRequiredService<IDatabase>(), options)))
            .AddSingleton<Migrator>()
            .AddSingleton<FirstStart>()
            .AddSingleton(new Noun("environments", "Full partitions of data: which there are, and what stops one."))
            .AddSingleton<EnvironmentStore>()
            .AddSingleton<EnvironmentDirectory>()
            .AddSingleton<IEndpoints, EnvironmentEndpoints>()
            .AddSingleton<Readiness>()
            .AddSingleton<IEndpoints, InstallationEndpoints>()
            .AddSingleton<IStanding>(provider => provider.GetRequiredService<EnvironmentDirectory>());
    }

    /// <summary>Believes X-Forwarded-For and -Proto of declared proxies, and of nobody else.</summary>
    public static void UseTrustedProxies(this WebApplication app, InstallationOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.TrustedProxies)) return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.TrustedProxies.Split(',', StringSplitOptions.TrimEntries))
        {
            forwarded.KnownProxies.Add(IPAddress.TryParse(proxy, out var address)
                ? address
                : throw new UnsafeStartException($"TrustedProxies names '{proxy}', which is no address.",
                    "List IP addresses, separated by commas."));
        }
        app.UseForwardedHeaders(forwarded);
    }

    public static IDatabase Open(InstallationOptions options)
    {
        if (options.Postgres is not { Length: > 0 } connection) return new SqliteDatabase(options.SqlitePath);
        try
        {
            return new PostgresDatabase(connection);
        }
        catch (ArgumentException unreadable)
        {
            throw new UnsafeStartException($"Postgres is no connection string: {unreadable.Message}",
                "Write Host=...;Database=...;Username=...;Password=...");
        }
    }

    private static byte[] ReadKey(IDatabase database, InstallationOptions options)
    {
        // Asked once, before the server answers anybody.
        var known = !File.Exists(options.KeyPath)
            && FirstStart.HasInstallation(database, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return StartupChecks.ReadMasterKey(options.KeyPath, mayCreate: !known);
    }
}
