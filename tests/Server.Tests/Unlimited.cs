namespace Castellan.Tests;

/// <summary>Settings under which no limit of rate is met, for tests that make thousands of calls.</summary>
internal static class Unlimited
{
    public static string[] Settings { get; } =
    [
        .. new[] { "User", "Agent", "Key", "Operator", "Address", "NativeApp", "Tenant", "Credential" }
            .SelectMany(policy => new[]
            {
                $"--RateLimits:{policy}:PerSecond", "1000000", $"--RateLimits:{policy}:Burst", "1000000",
            }),
    ];
}
