using System.Net;
using AwesomeAssertions;
using Castellan.Identity;
using Castellan.Kernel;

namespace Castellan.Tests.Identity;

public sealed class RefreshTests
{
    [Fact]
    public async Task A_refresh_token_gives_new_tokens_and_only_the_newest_goes_on()
    {
        await using var world = await IdentityWorld.Start();
        var first = await world.SignUp();
        var second = Tokens.Of(await world.Refresh(first.Refresh));
        var third = Tokens.Of(await world.Refresh(second.Refresh));

        first.Refresh.Should().StartWith("cas_rt_sandbox_");
        new[] { first.Refresh, second.Refresh, third.Refresh }.Should().OnlyHaveUniqueItems();
        (await world.Get("/v1/me", third.Access)).Status.Should().Be(HttpStatusCode.OK);
        (await world.Audits("sessions.refresh")).Should().BeEmpty();
    }

    [Fact]
    public async Task The_predecessor_gives_the_same_successor_within_the_grace()
    {
        await using var world = await IdentityWorld.Start();
        var first = await world.SignUp();
        var second = Tokens.Of(await world.Refresh(first.Refresh));
        world.Server.Clock.Advance(Sessions.Grace);

        Tokens.Of(await world.Refresh(first.Refresh)).Refresh.Should().Be(second.Refresh);
        Tokens.Of(await world.Refresh(second.Refresh)).Refresh.Should().NotBe(second.Refresh);
    }

    [Fact]
    public async Task The_predecessor_after_the_grace_ends_the_session()
    {
        await using var world = await IdentityWorld.Start();
        var first = await world.SignUp();
        var second = Tokens.Of(await world.Refresh(first.Refresh));
        world.Server.Clock.Advance(Sessions.Grace + TimeSpan.FromMilliseconds(1));

        (await world.Refresh(first.Refresh)).Code.Should().Be("refresh_refused");

        (await world.Refresh(second.Refresh)).Code.Should().Be("refresh_refused");
        (await world.Get("/v1/me", second.Access)).Code.Should().Be("credential_invalid");
        (await world.Audits("sessions.revoke_reused")).Should()
            .Equal("done system user An old refresh token was used again.");
        (await world.Events()).Should().BeEquivalentTo("user.signed_up", "session.opened", "session.revoked");
    }

    [Fact]
    public async Task A_token_two_generations_old_ends_the_session_even_within_the_grace()
    {
        await using var world = await IdentityWorld.Start();
        var first = await world.SignUp();
        var second = Tokens.Of(await world.Refresh(first.Refresh));
        var third = Tokens.Of(await world.Refresh(second.Refresh));

        (await world.Refresh(first.Refresh)).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await world.Get("/v1/me", third.Access)).Code.Should().Be("credential_invalid");
    }

    [Fact]
    public async Task Eight_at_once_get_one_successor()
    {
        await using var world = await IdentityWorld.Start();
        var first = await world.SignUp();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Refresh(first.Refresh)));

        replies.Select(reply => Tokens.Of(reply).Refresh).Distinct().Should().ContainSingle();
        (await world.Texts($"select cast(generation as text) from session")).Should().Equal("2");
    }

    [Fact]
    public async Task A_session_ends_after_thirty_days_however_much_it_is_used()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        for (var day = 0; day < 29; day++)
        {
            world.Server.Clock.Advance(TimeSpan.FromDays(1));
            tokens = Tokens.Of(await world.Refresh(tokens.Refresh));
        }
        world.Server.Clock.Advance(TimeSpan.FromDays(1));

        (await world.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
        (await world.Get("/v1/me", tokens.Access)).Code.Should().Be("credential_invalid");
    }

    [Fact]
    public async Task A_session_that_nobody_uses_ends_after_a_fortnight()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        world.Server.Clock.Advance(Session.Idle);

        (await world.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
    }

    [Fact]
    public async Task A_token_works_only_in_its_app_and_environment_and_only_unchanged()
    {
        await using var world = await IdentityWorld.Start();
        var other = await IdentityWorld.Register(world.Server, "Other");
        var tokens = await world.SignUp();
        var swapped = tokens.Refresh.Replace(".1.", ".2.", StringComparison.Ordinal);

        foreach (var (token, key) in new[]
        {
            (tokens.Refresh, other.Sandbox), (tokens.Refresh, world.App.Live), (swapped, world.App.Sandbox),
            (tokens.Refresh + "A", world.App.Sandbox), ("cas_rt_sandbox_x", world.App.Sandbox),
            ("..", world.App.Sandbox),
        })
        {
            var reply = await world.Refresh(token, key);
            (reply.Status, reply.Code).Should().Be((HttpStatusCode.Unauthorized, "refresh_refused"));
        }
        (await world.Refresh(tokens.Refresh, key: "")).Code.Should().Be("credential_required");
        (await world.Refresh(tokens.Refresh)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_suspended_user_refreshes_nothing_until_restored()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        var caller = IdentityWorld.Operator(OperatorRole.Admin);
        await world.Server.InProcess.Call(
            caller, "users.suspend", path: new { user = tokens.UserId }, body: new { reason = "a test" });
        (await world.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
        (await world.Get("/v1/me", tokens.Access)).Code.Should().Be("credential_invalid");

        await world.Server.InProcess.Call(
            caller, "users.restore", path: new { user = tokens.UserId }, body: new { reason = "a test" });
        (await world.Get("/v1/me", tokens.Access)).Status.Should().Be(HttpStatusCode.OK);
        (await world.Refresh(tokens.Refresh)).Status.Should().Be(HttpStatusCode.OK);
    }
}
