using System.Net;
using System.Security.Cryptography;
using System.Text;
using AwesomeAssertions;
using Castellan.Platform.Crypto;
using NSec.Cryptography;

namespace Castellan.Tests.Identity;

public sealed class SignInTests
{
    private const string Attackers = "what the attacker knows";

    [Fact]
    public async Task Signing_up_in_sandbox_signs_in_at_once_and_mails_a_verification()
    {
        await using var world = await IdentityWorld.Start();

        var reply = await world.Post(
            "/v1/auth/sign-up", new { email = "Ada@Example.com", password = IdentityWorld.Password, name = "Ada" },
            world.App.Sandbox);

        reply.Status.Should().Be(HttpStatusCode.OK);
        reply.Json["token_type"]!.ToString().Should().Be("Bearer");
        reply.Json["expires_in"]!.GetValue<long>().Should().Be(600);
        var me = await world.Get("/v1/me", Tokens.Of(reply).Access, world.App.Sandbox);
        me.Json["email"]!.ToString().Should().Be("Ada@Example.com");
        me.Json["email_verified"]!.GetValue<bool>().Should().BeFalse();
        (await world.Mails("Ada@Example.com", "verify_email")).Should().ContainSingle();
        (await world.Audits("users.sign_up")).Should().AllBe("done user user ").And.HaveCount(2);
        (await world.Events()).Should().BeEquivalentTo("user.signed_up", "session.opened");
    }

    [Fact]
    public async Task One_identity_serves_all_apps_of_an_environment()
    {
        await using var world = await IdentityWorld.Start();
        var other = await IdentityWorld.Register(world.Server, "Other");
        var first = await world.SignUp();

        var taken = await world.Post(
            "/v1/auth/sign-up", new { email = "ADA@example.com", password = IdentityWorld.Password }, other.Sandbox);
        var signedIn = Tokens.Of(await world.SignIn("ada@EXAMPLE.com", IdentityWorld.Password, other.Sandbox));

        (taken.Status, taken.Code).Should().Be((HttpStatusCode.Conflict, "email_taken"));
        signedIn.UserId.Should().Be(first.UserId);
    }

    [Theory]
    [InlineData("no-at.example.com", "four unrelated words", "/email", "not_an_email")]
    [InlineData("two@@example.com", "four unrelated words", "/email", "not_an_email")]
    [InlineData("ada@intranet", "four unrelated words", "/email", "not_an_email")]
    [InlineData("ada@example.", "four unrelated words", "/email", "not_an_email")]
    [InlineData("ada@bücher.example", "four unrelated words", "/email", "not_an_email")]
    [InlineData("a\u200bda@example.com", "four unrelated words", "/email", "not_an_email")]
    [InlineData("a\ue000da@example.com", "four unrelated words", "/email", "not_an_email")]
    [InlineData("ada@example.com", "short", "/password", "out_of_range")]
    [InlineData("ada@example.com", "password123", "/password", "known_to_guessers")]
    [InlineData("ada@example.com", "ada@example.com", "/password", "personal")]
    [InlineData("ada@example.com", "aaaaaaaaaaaa", "/password", "predictable")]
    [InlineData("ada@example.com", "", "/password", "out_of_range")]
    public async Task What_cannot_be_an_address_or_password_is_refused(
        string email, string password, string pointer, string code)
    {
        await using var world = await IdentityWorld.Start();

        var reply = await world.Post("/v1/auth/sign-up", new { email, password }, world.App.Sandbox);

        reply.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        var error = reply.Json["errors"]!.AsArray().Should().ContainSingle().Subject!;
        (error["pointer"]!.ToString(), error["code"]!.ToString()).Should().Be((pointer, code));
        (await world.Events()).Should().BeEmpty();
    }

    [Fact]
    public async Task Live_asks_for_fifteen_characters_and_sandbox_for_eight()
    {
        await using var world = await IdentityWorld.Start();
        var body = new { email = "ada@example.com", password = "9 charact" };

        (await world.Post("/v1/auth/sign-up", body, world.App.Live)).Code.Should().Be("input_invalid");
        (await world.Post("/v1/auth/sign-up", body, world.App.Sandbox)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Forms_need_a_key_and_in_live_an_operators_consent()
    {
        await using var world = await IdentityWorld.Start();
        await world.Server.InProcess.Call(InProcess.Owner, "apps.settings.update",
            path: new { app = world.App.Id, environment = "live" }, body: new { password_forms = false });
        var body = new { email = "ada@example.com", password = IdentityWorld.Password };

        foreach (var path in new[] { "/v1/auth/sign-up", "/v1/auth/sign-in" })
        {
            var off = await world.Post(path, body, world.App.Live);
            (off.Status, off.Code).Should().Be((HttpStatusCode.Forbidden, "password_forms_off"));
            off.Json["fix"]!.ToString().Should().Contain("hosted sign-in");
            (await world.Post(path, body)).Code.Should().Be("credential_required");
        }
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_answer_alike()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        await world.SignUpLive("ada@example.com");

        foreach (var key in new[] { world.App.Sandbox, world.App.Live })
        {
            var wrong = await world.SignIn("ada@example.com", "another password", key);
            var unknown = await world.SignIn("bob@example.com", "another password", key);
            wrong.Code.Should().Be("sign_in_failed");
            (unknown.Status, unknown.Comparable).Should().Be((wrong.Status, wrong.Comparable));
        }
    }

    [Fact]
    public async Task Sign_up_in_live_answers_alike_and_a_mail_says_the_rest()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUpLive("known@example.com");

        var replies = new List<Reply>();
        foreach (var email in new[] { "known@example.com", "new@example.com", "new@example.com" })
        {
            replies.Add(await world.Post(
                "/v1/auth/sign-up", new { email, password = IdentityWorld.NewPassword }, world.App.Live));
        }

        replies.Should().AllSatisfy(reply =>
            (reply.Status, reply.Text).Should().Be((HttpStatusCode.OK, """{"status":"verification_sent"}""")));
        (await world.Mails("known@example.com", "already_signed_up", "live")).Should().ContainSingle();
        (await world.Mails("new@example.com", "verify_email", "live")).Should().HaveCount(2);
        (await world.SignIn("known@example.com", IdentityWorld.NewPassword, world.App.Live)).Code
            .Should().Be("sign_in_failed");
    }

    [Fact]
    public async Task In_live_nobody_prepares_an_account_for_anothers_address()
    {
        await using var world = await IdentityWorld.Start();
        await world.Post(
            "/v1/auth/sign-up", new { email = "ada@example.com", password = Attackers }, world.App.Live);
        world.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.Post(
            "/v1/auth/sign-up", new { email = "ada@example.com", password = IdentityWorld.Password }, world.App.Live);

        var early = await world.SignIn("ada@example.com", IdentityWorld.Password, world.App.Live);
        var token = await world.MailedToken("ada@example.com", "verify_email", "live");
        var verified = await world.Post("/v1/auth/verify", new { token }, world.App.Live);

        verified.Text.Should().Be("""{"status":"verified"}""");
        early.Code.Should().Be("sign_in_failed");
        (await world.SignIn("ada@example.com", Attackers, world.App.Live)).Code.Should().Be("sign_in_failed");
        var right = await world.SignIn("ada@example.com", IdentityWorld.Password, world.App.Live);
        right.Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_suspended_user_is_told_in_sandbox_and_not_in_live()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        await world.SignUpLive("ada@example.com");
        foreach (var environment in new[] { "sandbox", "live" })
        {
            var caller = IdentityWorld.Operator(Castellan.Kernel.OperatorRole.Support, environment);
            var found = await world.Server.InProcess.Call(
                caller, "users.list", query: new { email = "ada@example.com" });
            await world.Server.InProcess.Call(caller, "users.suspend",
                path: new { user = found["items"]![0]!["id"]!.ToString() }, body: new { reason = "a test" });
        }

        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Code.Should().Be("user_suspended");
        var right = await world.SignIn("ada@example.com", IdentityWorld.Password, world.App.Live);
        var wrong = await world.SignIn("ada@example.com", "another password", world.App.Live);
        (right.Status, right.Comparable).Should().Be((wrong.Status, wrong.Comparable));
    }

    [Fact]
    public async Task A_frozen_app_signs_nobody_in_but_keeps_sessions_alive()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        await world.Server.InProcess.Call(InProcess.Owner, "apps.transition",
            path: new { app = world.App.Id }, body: new { state = "frozen", reason = "a test" });

        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Code.Should().Be("app_frozen");
        var refreshed = Tokens.Of(await world.Refresh(tokens.Refresh));
        (await world.Send(HttpMethod.Delete, "/v1/me/sessions", null, refreshed.Access)).Status
            .Should().Be(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task The_breached_list_is_searched_by_hash()
    {
        var path = Path.GetTempFileName();
        string[] breached = ["horse battery staple", "tr0ub4dor and three", "an entirely leaked phrase", "zzz zzz"];
        var lines = breached.Select(Sha1).Order(StringComparer.Ordinal).Select((hash, i) => $"{hash}:{i * 4321}");
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);
        try
        {
            var list = new BreachedPasswords(new PasswordOptions { BreachedList = path });
            foreach (var password in breached)
                (await list.Contains(password, TestContext.Current.CancellationToken)).Should().BeTrue();
            foreach (var password in new[] { "four unrelated words", "a", "nobody leaked this", "b", "c", "d", "e" })
                (await list.Contains(password, TestContext.Current.CancellationToken)).Should().BeFalse();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_hash_of_weaker_days_still_works_and_is_replaced_at_sign_in()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUp();
        var weak =
            new Argon2id(new Argon2Parameters { MemorySize = 8192, NumberOfPasses = 1, DegreeOfParallelism = 1 });
        var salt = new byte[16];
        var hash = weak.DeriveBytes(Encoding.UTF8.GetBytes(IdentityWorld.Password), salt, 32);
        var phc = "$argon2id$v=19$m=8192,t=1,p=1$" + Base64(salt) + "$" + Base64(hash);
        await world.Server.Database.Transact(
            transaction => transaction.Run($"update user_account set password_hash = {phc}"));

        (await world.SignIn("ada@example.com", "another password")).Code.Should().Be("sign_in_failed");
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Status.Should().Be(HttpStatusCode.OK);

        (await world.Texts($"select password_hash from user_account")).Should()
            .ContainSingle().Which.Should().StartWith("$argon2id$v=19$m=19456,t=2,p=1$");
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Status.Should().Be(HttpStatusCode.OK);
    }

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    // The form of the published list, not a matter of strength.
#pragma warning disable CA5350
    private static string Sha1(string text) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
}
