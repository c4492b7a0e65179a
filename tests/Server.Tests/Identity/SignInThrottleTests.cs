using System.Net;
using AwesomeAssertions;
using Castellan.Identity;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Identity;

public sealed class SignInThrottleTests
{
    private static readonly EnvironmentScope Sandbox = new("sandbox", null);

    [Fact]
    public async Task The_wait_grows_after_three_failures_and_never_beyond_half_a_minute()
    {
        await using var world = await IdentityWorld.Start();
        var waits = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var reply = await world.SignIn("bob@example.com", "another password");
            waits.Add(reply.RetryAfter?.TotalSeconds ?? 0);
            if (reply.Code == "sign_in_failed") continue;
            reply.Status.Should().Be(HttpStatusCode.TooManyRequests);
            reply.Code.Should().Be("sign_in_delayed");
            world.Server.Clock.Advance(reply.RetryAfter!.Value);
            (await world.SignIn("bob@example.com", "another password")).Code.Should().Be("sign_in_failed");
        }
        waits.Should().Equal(0, 0, 0, 1, 2, 4, 8, 16, 30, 30);
    }

    [Theory]
    [InlineData("users.sign_in_hosted")]
    [InlineData("me.change_password")]
    [InlineData("me.prove")]
    public async Task Our_own_pages_are_slowed_down_alike(string operation)
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        var caller = operation == "users.sign_in_hosted"
            ? Caller.Capability(EmailLinkEndpoints.PagePurpose, "sandbox")
            : Caller.OfAccountPage("sandbox", new UserId(tokens.UserId), "ada@example.com");
        object body = operation == "me.change_password"
            ? new { current = "another password", password = IdentityWorld.NewPassword }
            : new { email = "ada@example.com", password = "another password" };

        var codes = new List<string>();
        // Three for the address, and three for the network that has signed in before.
        for (var i = 0; i < (2 * SignInThrottle.Free) + 1; i++)
        {
            var answer = await world.Server.InProcess.Invoke(caller, operation, body: body);
            codes.Add(answer.Problem!.Type.Code);
        }

        codes.Count(code => code == "sign_in_delayed").Should().Be(1);
        codes[^1].Should().Be("sign_in_delayed");
    }

    [Fact]
    public async Task The_right_password_works_after_the_wait_and_starts_anew()
    {
        await using var world = await IdentityWorld.Start();
        await SignUpFromElsewhere(world);
        for (var i = 0; i < 3; i++) await world.SignIn("ada@example.com", "another password");

        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Code.Should().Be("sign_in_delayed");
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Code.Should().Be("sign_in_delayed");
        world.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Status.Should().Be(HttpStatusCode.OK);

        for (var i = 0; i < 3; i++)
            (await world.SignIn("ada@example.com", "another password")).Code.Should().Be("sign_in_failed");
    }

    [Fact]
    public async Task A_stranger_who_guesses_does_not_keep_the_person_out()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        var throttle = world.Server.App.Services.GetRequiredService<SignInThrottle>();
        for (var i = 0; i < 3; i++)
        {
            using var guess = await throttle.Begin(Sandbox, "ada@example.com", "203.0.113.7");
            await guess.Failed();
        }

        var stranger = async () => await throttle.Begin(Sandbox, "ada@example.com", "203.0.113.7");
        (await stranger.Should().ThrowAsync<Refusal>()).Which.Problem.Type.Code.Should().Be("sign_in_delayed");
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Attempts_under_way_count_so_that_many_at_once_gain_nothing()
    {
        await using var world = await IdentityWorld.Start();

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 24).Select(i => world.SignIn("bob@example.com", $"guess number {i}")));

        replies.Count(reply => reply.Code == "sign_in_failed").Should().BeInRange(1, SignInThrottle.Free);
        replies.Should().OnlyContain(reply => reply.Code == "sign_in_failed" || reply.Code == "sign_in_delayed");
    }

    [Fact]
    public async Task What_was_typed_as_an_address_is_not_stored()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignIn("my.secret@password.example", "another password");

        var subjects = await world.Server.Database.Many(
            $"select subject from sign_in_failure", row => row.Bytes(), TestContext.Current.CancellationToken);
        subjects.Should().ContainSingle().Which.Should().HaveCount(32);
    }

    // Signed up on a page of Castellan's, so that no session makes this machine's address a familiar one.
    private static async Task SignUpFromElsewhere(IdentityWorld world)
    {
        await world.SignUp();
        await world.Server.Database.Transact(
            transaction => transaction.Run($"update session set ip = {"198.51.100.1"}"));
    }
}
