using Castellan.Platform.Crypto;
using Castellan.Platform.Redis;

namespace Castellan.Kernel.RateLimits;

/// <summary>The wiring of limits: with Redis only where it is set.</summary>
internal static class RateLimitsSetup
{
    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        var options = (configuration.GetSection("RateLimits").Get<RateLimitOptions>() ?? new RateLimitOptions())
            .Checked();
        services.AddSingleton(options).AddSingleton<RateLimiter>();
        if (options.Redis is not { Length: > 0 } address) return services;
        return services
            .AddSingleton(provider => new RedisConnection(
                RedisConnection.Read(address)!, TimeSpan.FromMilliseconds(options.RedisTimeoutMs),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisConnection>>()))
            .AddHostedService(provider => provider.GetRequiredService<RedisConnection>())
            .AddSingleton(provider => new SharedCells(
                provider.GetRequiredService<RedisConnection>(),
                SharedCells.PrefixOf(provider.GetRequiredService<Secrets>())));
    }
}
