using System.Net;
using AwesomeAssertions;
using Castellan.Platform.Crypto;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Castellan.Tests.Identity;

public sealed class HashingGateTests
{
    [Fact]
    public async Task More_sign_ins_than_may_wait_are_refused_before_anything_is_hashed_or_counted()
    {
        await using var world = await IdentityWorld.Start(services =>
        {
            services.RemoveAll<PasswordHasher>();
            services.AddSingleton(new PasswordHasher(waitingMax: 1));
        });

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            Task.Run(() => world.SignIn($"nobody{i}@example.com", IdentityWorld.Password))));

        var refused = replies.Where(r => r.Status == HttpStatusCode.ServiceUnavailable).ToList();
        refused.Should().NotBeEmpty().And.OnlyContain(r => r.Code == "unavailable" && r.RetryAfter != null);
        replies.Except(refused).Should().NotBeEmpty().And.OnlyContain(r => r.Code == "sign_in_failed");
        (await world.Texts($"select cast(failures as text) from sign_in_failure"))
            .Should().HaveCount(replies.Length - refused.Count, "only who was heard has failed");
        (await world.SignIn("nobody@example.com", IdentityWorld.Password)).Code
            .Should().Be("sign_in_failed", "the gate is open again");
    }
}
