using System.Net;
using AwesomeAssertions;
using Castellan.Identity;
using Castellan.Kernel;

namespace Castellan.Tests.Identity;

public sealed class MailedLinkTests
{
    [Fact]
    public async Task A_verification_works_once_and_for_a_day()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        var token = await world.MailedToken("ada@example.com", "verify_email");

        (await Verify(world, token)).Text.Should().Be("""{"status":"verified"}""");
        (await Verify(world, token)).Code.Should().Be("link_invalid");
        (await world.Get("/v1/me", tokens.Access)).Json["email_verified"]!.GetValue<bool>().Should().BeTrue();
        (await world.Events()).Should().BeEquivalentTo("user.signed_up", "session.opened", "user.email_verified");

        await world.SignUp("bob@example.com");
        var late = await world.MailedToken("bob@example.com", "verify_email");
        world.Server.Clock.Advance(TimeSpan.FromHours(24));
        (await Verify(world, late)).Code.Should().Be("link_invalid");
    }

    [Fact]
    public async Task A_strangers_sign_up_gains_nothing_once_the_owner_has_reset_the_password()
    {
        await using var world = await IdentityWorld.Start();
        var live = world.App.Live;
        var body = new { email = "ada@example.com", password = "the stranger's words" };
        await world.Post("/v1/auth/sign-up", body, live);
        var stranger = await world.MailedToken("ada@example.com", "verify_email", "live");
        await world.Post("/v1/auth/reset", new { email = "ada@example.com" }, live);
        var reset = await world.MailedToken("ada@example.com", "reset_password", "live");
        await world.Post("/v1/auth/reset/confirm", new { token = reset, password = IdentityWorld.NewPassword }, live);

        var late = await world.Post("/v1/auth/verify", new { token = stranger }, live);

        late.Code.Should().Be("link_invalid");
        (await world.SignIn("ada@example.com", "the stranger's words", live)).Code.Should().Be("sign_in_failed");
        (await world.SignIn("ada@example.com", IdentityWorld.NewPassword, live)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_two_at_once_one_gets_the_link()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        var token = await world.MailedToken("ada@example.com", "verify_email");

        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Verify(world, token)));

        replies.Count(reply => reply.Status == HttpStatusCode.OK).Should().Be(1);
        replies.Count(reply => reply.Code == "link_invalid").Should().Be(5);
    }

    [Fact]
    public async Task A_link_works_only_for_its_purpose_and_environment()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        var verify = await world.MailedToken("ada@example.com", "verify_email");
        await Request(world, "ada@example.com");
        var reset = await world.MailedToken("ada@example.com", "reset_password");

        (await Verify(world, reset)).Code.Should().Be("link_invalid");
        (await Reset(world, verify)).Code.Should().Be("link_invalid");
        (await world.Post("/v1/auth/verify", new { token = verify }, world.App.Live)).Code.Should().Be("link_invalid");
        (await Verify(world, "nonsense")).Code.Should().Be("link_invalid");
        (await world.Post("/v1/auth/verify", new { token = verify })).Code.Should().Be("credential_required");
        (await world.Post("/v1/auth/verify", new { }, world.App.Sandbox)).Code.Should().Be("input_invalid");
        (await Verify(world, verify)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_reset_answers_alike_and_mails_only_a_user()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();

        var known = await Request(world, "ada@example.com");
        var unknown = await Request(world, "bob@example.com");

        known.Text.Should().Be("""{"status":"sent"}""");
        (unknown.Status, unknown.Text).Should().Be((known.Status, known.Text));
        (await world.Mails("ada@example.com", "reset_password")).Should().ContainSingle();
        (await world.Mails("bob@example.com", "reset_password")).Should().BeEmpty();
        (await world.Audits("users.request_reset")).Should()
            .BeEquivalentTo("done app user ", "done app address No user has this address.");
    }

    [Fact]
    public async Task A_reset_sets_the_password_proves_the_address_and_ends_every_session()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        await Request(world, "ada@example.com");
        var token = await world.MailedToken("ada@example.com", "reset_password");

        (await Reset(world, token)).Text.Should().Be("""{"status":"reset"}""");

        (await world.Get("/v1/me", tokens.Access)).Code.Should().Be("credential_invalid");
        (await world.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Code.Should().Be("sign_in_failed");
        var again = await world.SignIn("ada@example.com", IdentityWorld.NewPassword);
        again.Json["user"]!["email_verified"]!.GetValue<bool>().Should().BeTrue();
        (await Reset(world, token)).Code.Should().Be("link_invalid");
        (await world.Mails("ada@example.com", "password_changed")).Should().ContainSingle();
    }

    [Fact]
    public async Task A_newer_reset_replaces_the_older_and_half_an_hour_ends_it()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        await Request(world, "ada@example.com");
        var older = await world.MailedToken("ada@example.com", "reset_password");
        world.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        await Request(world, "ada@example.com");
        var newer = await world.MailedToken("ada@example.com", "reset_password");

        (await Reset(world, older)).Code.Should().Be("link_invalid");
        world.Server.Clock.Advance(TimeSpan.FromMinutes(30));
        (await Reset(world, newer)).Code.Should().Be("link_invalid");
    }

    [Fact]
    public async Task A_bad_new_password_leaves_the_link_usable()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        await Request(world, "ada@example.com");
        var token = await world.MailedToken("ada@example.com", "reset_password");

        (await Reset(world, token, "short")).Code.Should().Be("input_invalid");
        (await Reset(world, token)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobodys_mailbox_is_flooded_through_us()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();

        for (var i = 0; i < 5; i++)
            (await Request(world, "ada@example.com")).Status.Should().Be(HttpStatusCode.OK);

        (await world.Mails("ada@example.com", "reset_password")).Should().HaveCount(3);
        world.Server.Clock.Advance(TimeSpan.FromHours(1));
        await Request(world, "ada@example.com");
        (await world.Mails("ada@example.com", "reset_password")).Should().HaveCount(4);
    }

    [Fact]
    public async Task Castellans_own_pages_use_links_without_an_app()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        var page = Caller.Capability(EmailLinkEndpoints.PagePurpose, "sandbox");

        await world.Server.InProcess.Call(page, "users.verify_email",
            body: new { token = await world.MailedToken("ada@example.com", "verify_email") });
        await world.Server.InProcess.Call(page, "users.request_reset", body: new { email = "ada@example.com" });
        await world.Server.InProcess.Call(page, "users.reset_password", body: new
        {
            token = await world.MailedToken("ada@example.com", "reset_password"),
            password = IdentityWorld.NewPassword,
        });

        (await world.SignIn("ada@example.com", IdentityWorld.NewPassword)).Status.Should().Be(HttpStatusCode.OK);
    }

    private static Task<Reply> Verify(IdentityWorld world, string token) =>
        world.Post("/v1/auth/verify", new { token }, world.App.Sandbox);

    private static Task<Reply> Request(IdentityWorld world, string email) =>
        world.Post("/v1/auth/reset", new { email }, world.App.Sandbox);

    private static Task<Reply> Reset(IdentityWorld world, string token, string password = IdentityWorld.NewPassword) =>
        world.Post("/v1/auth/reset/confirm", new { token, password }, world.App.Sandbox);
}
