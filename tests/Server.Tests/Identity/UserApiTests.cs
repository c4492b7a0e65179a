using System.Net;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Identity;

public sealed class UserApiTests
{
    [Theory]
    [InlineData(" ADA@Example.COM ", "ada@example.com")]
    [InlineData("\u212Aim@example.com", "\u212Aim@example.com")]
    [InlineData("\u00C9va@example.com", "\u00C9va@example.com")]
    public void Addresses_are_the_same_only_but_for_the_case_of_A_to_Z(string address, string key) =>
        EmailAddress.Key(address).Should().Be(key);

    [Fact]
    public async Task Operators_list_find_and_read_the_users_of_one_environment()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        await world.SignUp("bob@example.com");
        await world.SignUpLive("eve@example.com");
        var auditor = IdentityWorld.Operator(OperatorRole.Auditor);

        var all = await world.Server.InProcess.Call(auditor, "users.list");
        var found = await world.Server.InProcess.Call(auditor, "users.list", query: new { email = " ADA@example.com" });
        var one = await world.Server.InProcess.Call(auditor, "users.get", path: new { user = ada.UserId });
        var elsewhere = await world.Server.InProcess.Invoke(
            IdentityWorld.Operator(OperatorRole.Auditor, "live"), "users.get", path: new { user = ada.UserId });

        all["items"]!.AsArray().Select(u => u!["email"]!.ToString())
            .Should().BeEquivalentTo("ada@example.com", "bob@example.com");
        found["items"]!.AsArray().Should().ContainSingle();
        one["email"]!.ToString().Should().Be("ada@example.com");
        one.ToJsonString().Should().NotContain("argon2id");
        elsewhere.Problem!.Type.Code.Should().Be("not_found");
    }

    [Fact]
    public async Task Acts_on_a_user_need_a_role_and_a_reason()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        foreach (var operation in new[] { "users.suspend", "users.restore", "users.sign_out" })
        {
            var path = new { user = ada.UserId };
            var auditor = await world.Server.InProcess.Invoke(
                IdentityWorld.Operator(OperatorRole.Auditor), operation, path, new { reason = "a test" });
            var silent = await world.Server.InProcess.Invoke(
                IdentityWorld.Operator(OperatorRole.Support), operation, path, new { });
            var absent = await world.Server.InProcess.Invoke(IdentityWorld.Operator(OperatorRole.Support), operation,
                new { user = UserId.New(world.Server.Clock.GetUtcNow()).Value }, new { reason = "a test" });

            auditor.Problem!.Type.Code.Should().Be("permission_denied");
            silent.Problem!.Errors.Should().ContainSingle().Which.Pointer.Should().Be("/reason");
            absent.Problem!.Type.Code.Should().Be("not_found");
        }
        (await world.Post($"/v1/users/{ada.UserId}/suspend", new { reason = "a test" }, bearer: ada.Access)).Code
            .Should().Be("permission_denied");
        (await world.Post($"/v1/users/{ada.UserId}/suspend", new { reason = "a test" })).Code
            .Should().Be("credential_required");
        (await world.Get("/v1/me", ada.Access)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_suspension_holds_from_the_next_request_on_and_is_written_with_its_reason()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        var support = IdentityWorld.Operator(OperatorRole.Support);
        var act = (path: new { user = ada.UserId }, body: new { reason = "reported as stolen" });
        (await world.Get("/v1/me", ada.Access)).Status.Should().Be(HttpStatusCode.OK);

        var suspended = await world.Server.InProcess.Call(
            support, "users.suspend", act.path, act.body, idempotencyKey: "k1");
        var again = await world.Server.InProcess.Call(
            support, "users.suspend", act.path, act.body, idempotencyKey: "k1");
        var stale = await world.Server.InProcess.Invoke(
            support, "users.restore", act.path, act.body, ifMatch: "\"1\"");

        suspended["suspended_at"].Should().NotBeNull();
        again.ToJsonString().Should().Be(suspended.ToJsonString());
        stale.Problem!.Type.Code.Should().Be("version_conflict");
        (await world.Get("/v1/me", ada.Access)).Code.Should().Be("credential_invalid");
        (await world.Audits("users.suspend")).Should().Equal("done operator user reported as stolen");
        (await world.Events()).Should().BeEquivalentTo("user.signed_up", "session.opened", "user.suspended");
    }

    [Fact]
    public async Task Operators_end_all_sessions_of_a_user()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();

        await world.Server.InProcess.Call(IdentityWorld.Operator(OperatorRole.Admin), "users.sign_out",
            path: new { user = ada.UserId }, body: new { reason = "lost laptop" });

        (await world.Get("/v1/me", ada.Access)).Code.Should().Be("credential_invalid");
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Status.Should().Be(HttpStatusCode.OK);
        (await world.Audits("users.sign_out")).Should().Equal("done operator user lost laptop");
    }

    [Fact]
    public async Task A_secret_key_sees_only_members_of_the_tenants_that_its_app_is_installed_for()
    {
        await using var world = await IdentityWorld.Start();
        var other = await IdentityWorld.Register(world.Server, "Other");
        var ada = await world.SignUp();
        var bob = await world.SignUp("bob@example.com");
        await world.Post("/v1/tenants", new { name = "Acme" }, world.App.Sandbox, ada.Access);
        var mine = await SecretKey(world, world.App.Id);
        var others = await SecretKey(world, other.Id);

        var seen = (await world.Get("/v1/users", mine)).Json["items"]!.AsArray();
        seen.Select(user => user!["id"]!.ToString()).Should().Equal(ada.UserId);
        (await world.Get($"/v1/users/{ada.UserId}", mine)).Status.Should().Be(HttpStatusCode.OK);
        (await world.Get($"/v1/users/{bob.UserId}", mine)).Code.Should().Be("not_found");
        (await world.Get("/v1/users", others)).Json["items"]!.AsArray().Should().BeEmpty();
        (await world.Get($"/v1/users/{ada.UserId}", others)).Code.Should().Be("not_found");
        (await world.Get("/v1/users", ada.Access)).Code.Should().Be("permission_denied");
    }

    private static async Task<string> SecretKey(IdentityWorld world, string app)
    {
        var made = await world.Server.InProcess.Call(
            InProcess.Owner, "keys.create", new { app, environment = "sandbox" }, new { name = "server" });
        return made["secret"]!.ToString();
    }
}
