using AwesomeAssertions;
using Castellan.Installation;
using Castellan.Platform.Redis;
using Castellan.Tests.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Kernel.RateLimits;

/// <summary>The setting, over HTTP.</summary>
public sealed class SharedLimitsHttpTests
{
    [Fact]
    public async Task Two_servers_with_one_master_key_have_one_limit()
    {
        await using var redis = await RedisServer.Start();
        string[] settings =
        [
            "--RateLimits:Redis", redis.Address, "--RateLimits:RedisTimeoutMs", "10000",
            "--RateLimits:Address:PerSecond", "0.001", "--RateLimits:Address:Burst", "6",
        ];
        await using var one = await TestServer.Start(settings);
        var key = one.App.Services.GetRequiredService<InstallationOptions>().KeyPath;
        await using var other = await TestServer.Start([.. settings, "--KeyFile", key]);
        await using var stranger = await TestServer.Start(settings);

        for (var left = 5; left >= 0; left--)
        {
            var answer = await HttpAnswer.Send((left % 2 == 0 ? one : other).Http, "GET", "/v1/me");
            answer.Status.Should().Be(401);
            answer.Header("RateLimit").Should().StartWith($"\"address\";r={left};");
        }
        foreach (var server in new[] { one, other })
        {
            var refused = await HttpAnswer.Send(server.Http, "GET", "/v1/me");
            refused.Code.Should().Be("rate_limited");
            int.Parse(refused.Header("Retry-After")!).Should().BeInRange(900, 1000);
        }
        (await HttpAnswer.Send(stranger.Http, "GET", "/v1/me")).Status.Should().Be(401, "it is another installation");
    }

    [Fact]
    public async Task Without_Redis_a_key_with_a_limit_of_its_own_is_refused_and_others_go_on()
    {
        await using var redis = await RedisServer.Start();
        await using var world = await KeyWorld.Start(
            "--RateLimits:Redis", redis.Address, "--RateLimits:RedisTimeoutMs", "10000");
        var bought = await world.Key(new
        {
            kind = "restricted", permissions = new[] { "users.list" }, rate_per_minute = 1_000,
        });
        var free = await world.Restricted("users.list");
        (await world.Use(bought)).Should().Be("done");

        await redis.Kill();
        var refused = await world.Send(bought, "/v1/users");
        (refused.Status, refused.Code, refused.Header("Retry-After")).Should().Be((503, "unavailable", "1"));
        (await world.Invoke("keys.verify", body: new { key = bought.Secret })).Problem!.Type.Code
            .Should().Be("unavailable");
        (await world.Use(free)).Should().Be("done");

        await redis.Run();
        await Poll.Until(async () => await world.Use(bought) == "done",
            () => world.Server.Clock.Advance(RedisConnection.Pause));
    }
}
