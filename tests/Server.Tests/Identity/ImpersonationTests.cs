using System.Net;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tests.Operators;

namespace Castellan.Tests.Identity;

public sealed class ImpersonationTests
{
    private const string Header = "Castellan-Impersonation";

    [Fact]
    public async Task An_operator_reads_as_the_user_and_every_answer_and_the_log_say_so()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        var tenant = (await world.Post("/v1/tenants", new { name = "Acme" }, world.App.Sandbox, ada.Access))
            .Json["id"]!.ToString();
        var made = await Begin(world, ada.UserId);
        using var acting = world.Server.With(made.Token, world.App.Sandbox);

        using var read = await acting.GetAsync($"/v1/tenants/{tenant}", Ct);
        using var absent = await acting.GetAsync("/v1/tenants/ten_01h455vb4pex5vsknk084sn02q", Ct);
        var (_, me) = await acting.Send(HttpMethod.Get, "/v1/me");

        read.StatusCode.Should().Be(HttpStatusCode.OK);
        read.Headers.GetValues(Header).Should().Equal(made.Id);
        absent.Headers.GetValues(Header).Should().Equal(made.Id);
        me["id"]!.ToString().Should().Be(ada.UserId);
        (await world.Texts($"""
            select actor_kind || ' ' || actor_id || ' ' || target_user_id || ' ' || tenant_id from audit_entry
            where action = {"tenants.get"} and outcome = {"done"}
            """)).Should().Equal($"operator {Support.Operator} {ada.UserId} {tenant}");
        (await world.Audits("me.get")).Should().Equal($"done operator user Read as this user, {made.Id}.");
        (await world.Audits("users.impersonate")).Should().Equal("done operator user sees an empty list");
        var mail = (await world.Mails("ada@example.com", "impersonated")).Should().ContainSingle().Subject;
        mail.Should().Contain("look at Portal as you see it").And.Contain("12:15 UTC").And.NotContain("empty list");
        (await world.Events()).Should().Contain("user.impersonated");
    }

    [Theory]
    [InlineData("POST", "/v1/tenants", """{"name":"Mine"}""")]
    [InlineData("PATCH", "/v1/me", """{"name":"Eve"}""")]
    [InlineData("DELETE", "/v1/me", "")]
    [InlineData("GET", "/v1/me/sessions", "")]
    [InlineData("DELETE", "/v1/me/sessions", "")]
    [InlineData("POST", "/v1/invitations/accept", """{"invitation_id":"inv_01h455vb4pex5vsknk084sn02q"}""")]
    public async Task Writes_and_what_is_the_owners_own_are_refused_and_logged(string method, string path, string body)
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        var made = await Begin(world, ada.UserId);

        var refused = await world.Send(
            new HttpMethod(method), path, world.App.Sandbox, made.Token,
            body.Length == 0 ? null : System.Text.Json.Nodes.JsonNode.Parse(body));

        refused.Status.Should().Be(HttpStatusCode.Forbidden);
        refused.Code.Should().Be("impersonation_reads_only");
        await Poll.Until(async () => (await world.Texts($"""
            select actor_kind from audit_entry
            where outcome = {"denied"} and reason = {"impersonation_reads_only"} and target_user_id = {ada.UserId}
            """)) is ["operator"]);
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("expired")]
    [InlineData("signed out")]
    [InlineData("user suspended")]
    [InlineData("operator suspended")]
    [InlineData("operator demoted")]
    public async Task What_it_rests_on_ends_it_at_once(string how)
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        using var other = await world.Server.SignedInOperator("support");
        var (_, me) = await other.Send(HttpMethod.Get, "/v1/operators/me");
        var (_, begun) = await other.Send(HttpMethod.Post, $"/v1/users/{ada.UserId}/impersonate",
            new { app_id = world.App.Id, reason = "sees an empty list" });
        var token = begun["token"]!.ToString();
        (await world.Get("/v1/me", token)).Status.Should().Be(HttpStatusCode.OK);
        Task Act(string operation, object path, object? body = null) =>
            world.Server.InProcess.Call(InProcess.Owner, operation, path, body);

        await (how switch
        {
            "ended" => Act("users.end_impersonation",
                new { user = ada.UserId, impersonation = begun["impersonation"]!["id"]!.ToString() }),
            "signed out" => Act("users.sign_out", new { user = ada.UserId }, new { reason = "a test" }),
            "user suspended" => Act("users.suspend", new { user = ada.UserId }, new { reason = "a test" }),
            "operator suspended" =>
                Act("operators.suspend", new { @operator = me["id"]!.ToString() }, new { reason = "a test" }),
            "operator demoted" =>
                Act("operators.update", new { @operator = me["id"]!.ToString() }, new { role = "billing" }),
            _ => Advance(world, TimeSpan.FromMinutes(15)),
        });

        (await world.Get("/v1/me", token)).Code.Should().Be("credential_invalid");
    }

    [Fact]
    public async Task Nobody_looks_as_who_is_staff_or_suspended_nor_through_an_app_that_is_not_there()
    {
        await using var world = await IdentityWorld.Start();
        var (ada, staff) = (await world.SignUp(), await world.SignUp("Boss@example.org"));
        await world.Server.Invite("auditor", "boss@example.org");
        var absent = AppId.New(world.Server.Clock.GetUtcNow()).Value;
        Task<string?> Code(Caller by, string user, string app) => CodeOf(world, by, user, app);

        (await Code(Support, staff.UserId, world.App.Id)).Should().Be("staff_not_impersonated");
        (await Code(Support, ada.UserId, absent)).Should().Be("input_invalid");
        (await Code(IdentityWorld.Operator(OperatorRole.Auditor), ada.UserId, world.App.Id))
            .Should().Be("permission_denied");
        (await Code(IdentityWorld.Operator(OperatorRole.Billing), ada.UserId, world.App.Id))
            .Should().Be("permission_denied");
        (await Code(IdentityWorld.Operator(OperatorRole.Admin, "live"), ada.UserId, world.App.Id))
            .Should().Be("not_found");
        (await Code(Support, Support.Operator!.Value.Value, world.App.Id)).Should().Be("not_found");
        await world.Server.InProcess.Call(
            Support, "users.suspend", new { user = ada.UserId }, new { reason = "a test" });
        (await Code(Support, ada.UserId, world.App.Id)).Should().Be("user_suspended");
        (await world.Mails("ada@example.com", "impersonated")).Should().BeEmpty();
        (await world.Texts($"select id from impersonation")).Should().BeEmpty();
    }

    [Fact]
    public async Task It_is_listed_with_its_reason_and_ended_on_its_own_user_only()
    {
        await using var world = await IdentityWorld.Start();
        var (ada, bob) = (await world.SignUp(), await world.SignUp("bob@example.com"));
        var made = await Begin(world, ada.UserId);
        var auditor = IdentityWorld.Operator(OperatorRole.Auditor);

        var foreign = await world.Server.InProcess.Invoke(
            Support, "users.end_impersonation", new { user = bob.UserId, impersonation = made.Id });
        var before = await world.Server.InProcess.Call(auditor, "users.impersonations", new { user = ada.UserId });
        await world.Server.InProcess.Call(
            Support, "users.end_impersonation", new { user = ada.UserId, impersonation = made.Id });
        var after = await world.Server.InProcess.Call(auditor, "users.impersonations", new { user = ada.UserId });
        var others = await world.Server.InProcess.Call(auditor, "users.impersonations", new { user = bob.UserId });

        foreign.Problem!.Type.Code.Should().Be("not_found");
        var one = before["items"]!.AsArray().Should().ContainSingle().Subject!;
        one["reason"]!.ToString().Should().Be("sees an empty list");
        one["ended_at"].Should().BeNull();
        before.ToJsonString().Should().NotContain("cas_im_");
        after["items"]![0]!["ended_at"].Should().NotBeNull();
        others["items"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task The_token_works_through_its_app_alone()
    {
        await using var world = await IdentityWorld.Start();
        var other = await IdentityWorld.Register(world.Server, "Other");
        var ada = await world.SignUp();
        var made = await Begin(world, ada.UserId);

        (await world.Get("/v1/me", made.Token, other.Sandbox)).Code.Should().Be("credential_invalid");
        (await world.Get("/v1/me", made.Token, world.App.Live)).Code.Should().Be("credential_invalid");
        var mistyped = made.Token[..^1] + (made.Token[^1] == 'x' ? 'y' : 'x');
        (await world.Get("/v1/me", mistyped)).Code.Should().Be("credential_invalid");
        (await world.Get("/v1/users", made.Token)).Code.Should().Be("permission_denied");
        (await world.Get("/v1/me", made.Token, world.App.Sandbox)).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_read_that_cannot_be_logged_is_not_answered()
    {
        await using var world = await IdentityWorld.Start(CountedDatabase.AddTo);
        var ada = await world.SignUp();
        var made = await Begin(world, ada.UserId);
        CountedDatabase.Of(world.Server).BeforeTransact =
            _ => throw new StorageException(StorageFailure.Unavailable, "The log cannot be written.");

        var answer = await world.Get("/v1/me", made.Token);

        answer.Code.Should().Be("unavailable");
        answer.Text.Should().NotContain("ada@example.com");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Caller Support => IdentityWorld.Operator(OperatorRole.Owner);

    private static async Task<(string Id, string Token)> Begin(IdentityWorld world, string user)
    {
        var made = await world.Server.InProcess.Call(Support, "users.impersonate", new { user },
            new { app_id = world.App.Id, reason = "sees an empty list" });
        return (made["impersonation"]!["id"]!.ToString(), made["token"]!.ToString());
    }

    private static async Task<string?> CodeOf(IdentityWorld world, Caller by, string user, string app) =>
        (await world.Server.InProcess.Invoke(by, "users.impersonate", new { user },
            new { app_id = app, reason = "sees an empty list" })).Problem?.Type.Code;

    private static Task Advance(IdentityWorld world, TimeSpan time)
    {
        world.Server.Clock.Advance(time);
        return Task.CompletedTask;
    }
}
