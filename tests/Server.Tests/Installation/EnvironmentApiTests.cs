using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Identity;
using Castellan.Tests.Operators;

namespace Castellan.Tests.Installation;

public sealed class EnvironmentApiTests
{
    [Fact]
    public async Task Operators_see_which_environments_are_stopped_by_whom_and_why()
    {
        await using var server = await TestServer.Start();
        using var admin = await server.SignedInOperator("admin");
        var (_, me) = await admin.Send(HttpMethod.Get, "/v1/operators/me");

        var (_, frozen) = await admin.Send(
            HttpMethod.Post, "/v1/environments/live/freeze", new { reason = "a leak is looked into" });
        using var billing = await server.SignedInOperator("billing");
        var (_, list) = await billing.Send(HttpMethod.Get, "/v1/environments");

        frozen["state"]!.ToString().Should().Be("frozen");
        list["items"]!.AsArray().Select(e => $"{e!["id"]} {e["state"]}")
            .Should().Equal("live frozen", "sandbox active");
        var stop = list["items"]![0]!["stop"]!;
        stop["how"]!.ToString().Should().Be("frozen");
        stop["by"]!.ToString().Should().Be(me["id"]!.ToString());
        stop["reason"]!.ToString().Should().Be("a leak is looked into");
        list["items"]![1]!["stop"].Should().BeNull();
        (await server.Database.Many(
            $"select reason from audit_entry where action = {"environments.freeze"}", row => row.Text(),
            TestContext.Current.CancellationToken)).Should().Equal("a leak is looked into");
    }

    [Fact]
    public async Task Each_stop_has_its_own_way_back_and_a_killed_environment_only_an_owners()
    {
        await using var server = await TestServer.Start();
        Task<string?> As(OperatorRole role, string verb) => Code(server, IdentityWorld.Operator(role), verb);
        // What an operator may, the row says too.
        Task<string?> AsAdmin(string verb) => Code(server, Made(OperatorRole.Admin), verb);

        (await As(OperatorRole.Owner, "thaw")).Should().Be("stop_refused");
        (await As(OperatorRole.Owner, "revive")).Should().Be("stop_refused");
        (await AsAdmin("freeze")).Should().BeNull();
        (await AsAdmin("freeze")).Should().Be("stop_refused");
        (await AsAdmin("revive")).Should().Be("permission_denied");
        (await AsAdmin("kill")).Should().BeNull();
        (await AsAdmin("thaw")).Should().Be("stop_refused");
        (await AsAdmin("freeze")).Should().Be("stop_refused");
        (await AsAdmin("kill")).Should().Be("stop_refused");
        (await AsAdmin("revive")).Should().Be("permission_denied");
        (await Code(server, Made(OperatorRole.Support), "kill")).Should().Be("permission_denied");
        (await As(OperatorRole.Owner, "revive")).Should().BeNull();
        (await AsAdmin("freeze")).Should().BeNull();
        (await AsAdmin("thaw")).Should().BeNull();
    }

    [Fact]
    public async Task What_is_in_another_state_is_told_in_which_since_when_why_and_the_way_on()
    {
        await using var server = await TestServer.Start();
        async Task<Problem> Refused(string verb) => (await server.InProcess.Invoke(
            InProcess.Owner, $"environments.{verb}", new { environment = "live" }, new { reason = "x" })).Problem!;

        (await Refused("thaw")).Detail.Should().Be("live is active: nothing stops it.");
        (await Code(server, InProcess.Owner, "freeze")).Should().BeNull();
        var frozen = await Refused("freeze");
        frozen.Detail.Should().StartWith("live is frozen, since 2030-").And.EndWith(": a test");
        frozen.Fix.Should().Contain("environments.thaw");
        (await Code(server, InProcess.Owner, "kill")).Should().BeNull();
        (await Refused("thaw")).Fix.Should().Contain("environments.revive");
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_stop_without_a_reason_is_refused_and_stops_nothing(string? reason)
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        foreach (var verb in new[] { "freeze", "kill" })
        {
            var refused = await world.Server.InProcess.Invoke(
                InProcess.Owner, $"environments.{verb}", new { environment = "sandbox" }, new { reason });
            refused.Problem!.Errors.Should().ContainSingle().Which.Pointer.Should().Be("/reason");
        }
        var tooLong = await world.Server.InProcess.Invoke(
            InProcess.Owner, "environments.freeze", new { environment = "sandbox" },
            new { reason = new string('x', 501) });

        tooLong.Problem!.Type.Code.Should().Be("input_invalid");
        (await world.Post("/v1/tenants", new { name = "Acme" }, world.App.Sandbox, ada.Access)).Code.Should().Be("");
    }

    [Fact]
    public async Task In_a_frozen_environment_nobody_signs_in_and_who_is_in_refreshes_and_leaves()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        await world.Server.InProcess.Call(
            InProcess.Owner, "environments.freeze", new { environment = "sandbox" }, new { reason = "a test" });

        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Code.Should().Be("environment_frozen");
        (await world.Post("/v1/auth/sign-up", new { email = "bob@example.com", password = IdentityWorld.Password },
            world.App.Sandbox)).Code.Should().Be("environment_frozen");
        var refreshed = await world.Refresh(ada.Refresh);
        refreshed.Code.Should().Be("");
        (await world.Send(HttpMethod.Delete, "/v1/me/sessions", world.App.Sandbox, Tokens.Of(refreshed).Access)).Code
            .Should().Be("");
    }

    [Fact]
    public async Task With_a_killed_environment_refresh_tokens_and_mailed_links_end()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        var link = await world.MailedToken("ada@example.com", "verify_email");
        var environment = new { environment = "sandbox" };
        await world.Server.InProcess.Call(InProcess.Owner, "environments.kill", environment, new { reason = "a test" });
        (await world.Refresh(ada.Refresh)).Code.Should().Be("environment_killed");
        await world.Server.InProcess.Call(
            InProcess.Owner, "environments.revive", environment, new { reason = "a test" });

        (await world.Refresh(ada.Refresh)).Code.Should().Be("refresh_refused");
        (await world.Post("/v1/auth/verify", new { token = link }, world.App.Sandbox)).Code.Should().Be("link_invalid");
        (await world.SignIn("ada@example.com", IdentityWorld.Password)).Code.Should().Be("");
    }

    private static Caller Made(OperatorRole role) =>
        Caller.OfOperator(OperatorId.New(DateTimeOffset.UnixEpoch.AddYears(61)), role, "sandbox", "made@example.com");

    private static async Task<string?> Code(TestServer server, Caller by, string verb) =>
        (await server.InProcess.Invoke(by, $"environments.{verb}", new { environment = "live" },
            new { reason = "a test" })).Problem?.Type.Code;
}
