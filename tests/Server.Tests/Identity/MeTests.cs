using System.Net;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Identity;

public sealed class MeTests
{
    [Fact]
    public async Task I_read_and_rename_myself()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();

        (await world.Get("/v1/me", tokens.Access)).Json["name"]!.ToString().Should().Be("Ada");
        var renamed = await Rename(world, tokens, new { name = "Ada Lovelace" });
        renamed.Json["name"]!.ToString().Should().Be("Ada Lovelace");
        renamed.Json["version"]!.GetValue<long>().Should().Be(2);
        (await world.Get("/v1/me", tokens.Access)).Json["name"]!.ToString().Should().Be("Ada Lovelace");
        (await Rename(world, tokens, new { name = (string?)null })).Json["name"].Should().BeNull();
        (await world.Audits("me.update")).Should().Equal("done user user ", "done user user ");
    }

    [Fact]
    public async Task A_patch_that_names_nothing_leaves_everything_but_the_version()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();

        var patched = (await Rename(world, tokens, new { })).Json;

        patched["name"]!.ToString().Should().Be("Ada");
        patched["email"]!.ToString().Should().Be("ada@example.com");
        patched["version"]!.GetValue<long>().Should().Be(2);
    }

    [Fact]
    public async Task A_rename_is_checked_versioned_and_repeatable()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();

        (await Rename(world, tokens, new { nickname = "x" })).Json["errors"]![0]!["code"]!.ToString()
            .Should().Be("unknown_field");
        (await Rename(world, tokens, new { name = new string('x', 101) })).Code.Should().Be("input_invalid");
        (await Rename(world, tokens, new { name = "x" }, ifMatch: "\"7\"")).Code.Should().Be("version_conflict");
        var once = await Rename(world, tokens, new { name = "x" }, idempotencyKey: "k1");
        var twice = await Rename(world, tokens, new { name = "x" }, idempotencyKey: "k1");
        twice.Text.Should().Be(once.Text);
        (await Rename(world, tokens, new { name = "y" }, idempotencyKey: "k1")).Code
            .Should().Be("idempotency_key_reused");
        (await world.Events()).Count(type => type == "user.updated").Should().Be(1);
        (await world.Send(HttpMethod.Patch, "/v1/me", world.App.Sandbox, null, new { name = "x" })).Code
            .Should().Be("credential_required");
    }

    [Fact]
    public async Task I_see_my_sessions_in_all_apps_and_end_one_at_once()
    {
        await using var world = await IdentityWorld.Start();
        var other = await IdentityWorld.Register(world.Server, "Other");
        var here = await world.SignUp();
        world.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var there = Tokens.Of(await world.SignIn("ada@example.com", IdentityWorld.Password, other.Sandbox));

        var sessions = (await world.Get("/v1/me/sessions", here.Access)).Json["items"]!.AsArray();
        sessions.Select(s => s!["app_id"]!.ToString()).Should().Equal(world.App.Id, other.Id);
        sessions.Select(s => s!["current"]!.GetValue<bool>()).Should().Equal(true, false);
        sessions[0]!.AsObject().Select(p => p.Key).Should().BeEquivalentTo(
            "id", "app_id", "current", "created_at", "last_used_at", "expires_at", "user_agent", "ip");
        var first = await world.Get("/v1/me/sessions?limit=1", here.Access);
        var rest = await world.Get(
            $"/v1/me/sessions?cursor={Uri.EscapeDataString(first.Json["next_cursor"]!.ToString())}", here.Access);
        rest.Json["items"]!.AsArray().Should().ContainSingle();

        (await world.Get("/v1/me", there.Access)).Status.Should().Be(HttpStatusCode.OK);
        (await Revoke(world, here, sessions[1]!["id"]!.ToString())).Status.Should().Be(HttpStatusCode.NoContent);
        (await world.Get("/v1/me", there.Access)).Code.Should().Be("credential_invalid");
        (await world.Get("/v1/me", here.Access)).Status.Should().Be(HttpStatusCode.OK);
        (await Revoke(world, here, sessions[1]!["id"]!.ToString())).Code.Should().Be("not_found");
        var audits = await world.Audits("sessions.revoke");
        audits.Where(entry => entry.StartsWith("done", StringComparison.Ordinal)).Should().Equal("done user user ");
    }

    [Fact]
    public async Task Nobody_ends_anothers_session()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        var bob = await world.SignUp("bob@example.com");
        var id = (await world.Get("/v1/me/sessions", ada.Access)).Json["items"]![0]!["id"]!.ToString();

        var foreign = await Revoke(world, bob, id);
        var absent = await Revoke(world, bob, SessionId.New(world.Server.Clock.GetUtcNow()).Value);

        (foreign.Status, foreign.Comparable).Should().Be((absent.Status, absent.Comparable));
        foreign.Code.Should().Be("not_found");
        (await world.Get("/v1/me", ada.Access)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_this_session_too()
    {
        await using var world = await IdentityWorld.Start();
        var one = await world.SignUp();
        var two = Tokens.Of(await world.SignIn("ada@example.com", IdentityWorld.Password));
        var bob = await world.SignUp("bob@example.com");

        (await world.Send(HttpMethod.Delete, "/v1/me/sessions", null, one.Access)).Status
            .Should().Be(HttpStatusCode.NoContent);

        (await world.Get("/v1/me", one.Access)).Code.Should().Be("credential_invalid");
        (await world.Get("/v1/me", two.Access)).Code.Should().Be("credential_invalid");
        (await world.Get("/v1/me", bob.Access)).Status.Should().Be(HttpStatusCode.OK);
        (await world.Events()).Count(type => type == "session.revoked").Should().Be(2);
    }

    [Fact]
    public async Task Only_castellans_own_page_deletes_an_identity_and_nothing_personal_stays()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        (await world.Send(HttpMethod.Delete, "/v1/me", null, tokens.Access)).Code.Should().Be("own_page_only");

        UserId.TryParse(tokens.UserId, out var id).Should().BeTrue();
        await world.Server.InProcess.Call(Caller.OfAccountPage("sandbox", id, "ada@example.com"), "me.delete");

        (await world.Get("/v1/me", tokens.Access)).Code.Should().Be("credential_invalid");
        (await world.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Code.Should().Be("sign_in_failed");
        (await world.Texts($"select email || coalesce(name, '') || coalesce(password_hash, '') from user_account"))
            .Should().Equal("");
        (await world.Texts($"select purpose from user_link")).Should().BeEmpty();
        (await world.Events()).Should().BeEquivalentTo(
            "user.signed_up", "session.opened", "session.revoked", "user.deleted");
        (await world.SignUp()).UserId.Should().NotBe(tokens.UserId);
    }

    private static Task<Reply> Rename(
        IdentityWorld world, Tokens tokens, object body, string? ifMatch = null, string? idempotencyKey = null) =>
        world.Send(HttpMethod.Patch, "/v1/me", null, tokens.Access, body, ifMatch, idempotencyKey);

    private static Task<Reply> Revoke(IdentityWorld world, Tokens tokens, string session) =>
        world.Send(HttpMethod.Delete, $"/v1/me/sessions/{session}", null, tokens.Access);
}
