using AwesomeAssertions;
using Castellan.Tests.Isolation;

namespace Castellan.Tests.Kernel;

/// <summary>
/// Every stop against every kind of credential, over HTTP: what the very next request gets, that operators go on, and
/// that what is reversible is reversed.
/// </summary>
public sealed class StopMatrixTests
{
    /// <summary>
    /// What reads and writes get: of a user, an app's server, an app in a browser, and an operator who looks as the
    /// user. Empty is an answer.
    /// </summary>
    public static TheoryData<string, string[], string[]> Matrix => new()
    {
        {
            "environment frozen", ["", "", "", ""],
            ["environment_frozen", "environment_frozen", "environment_frozen", "environment_frozen"]
        },
        {
            "environment killed",
            ["environment_killed", "credential_invalid", "environment_killed", "credential_invalid"],
            ["environment_killed", "credential_invalid", "environment_killed", "credential_invalid"]
        },
        {
            "app frozen", ["", "", "", ""],
            ["app_frozen", "app_frozen", "app_frozen", "app_frozen"]
        },
        {
            "app retired", ["app_retired", "app_retired", "app_retired", "app_retired"],
            ["app_retired", "app_retired", "app_retired", "app_retired"]
        },
        {
            "tenant suspended", ["tenant_suspended", "tenant_suspended", "not_found", "tenant_suspended"],
            ["tenant_suspended", "tenant_suspended", "not_found", "impersonation_reads_only"]
        },
        {
            "user suspended", ["credential_invalid", "", "", "credential_invalid"],
            ["credential_invalid", "", "", "credential_invalid"]
        },
        {
            "user signed out", ["credential_invalid", "", "", "credential_invalid"],
            ["credential_invalid", "", "", "credential_invalid"]
        },
        {
            "key revoked", ["", "credential_invalid", "", ""],
            ["", "credential_invalid", "", "impersonation_reads_only"]
        },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_stop_holds_from_the_next_request_on_for_each_kind_of_credential(
        string how, string[] reads, string[] writes)
    {
        await using var stage = await StopStage.Start();
        foreach (var by in stage.Callers) (await stage.Read(by)).Should().Be("", by.Name);
        foreach (var by in stage.Callers)
            (await stage.Write(by)).Should().Be(by == stage.Acting ? "impersonation_reads_only" : "", by.Name);

        await stage.Stop(how);

        foreach (var (by, code) in stage.Callers.Zip(reads)) (await stage.Read(by)).Should().Be(code, by.Name);
        var before = await stage.Records();
        foreach (var (by, code) in stage.Callers.Zip(writes)) (await stage.Write(by)).Should().Be(code, by.Name);
        (await stage.Records() - before).Should().Be(writes.Count(code => code.Length == 0));
        (await stage.World.Messenger.Send(stage.Ask("tenants.get", stage.World.Operator))).IsDone.Should().BeTrue();
    }

    [Theory]
    [InlineData("environment frozen")]
    [InlineData("app frozen")]
    [InlineData("tenant suspended")]
    [InlineData("user suspended")]
    public async Task What_is_reversed_answers_the_next_request_as_before(string how)
    {
        await using var stage = await StopStage.Start();
        await stage.Stop(how);
        foreach (var by in stage.Callers) await stage.Write(by);

        await stage.Reverse(how);

        foreach (var by in stage.Callers) (await stage.Read(by)).Should().Be("", by.Name);
        foreach (var by in stage.Callers)
            (await stage.Write(by)).Should().Be(by == stage.Acting ? "impersonation_reads_only" : "", by.Name);
    }

    [Fact]
    public async Task A_revived_environment_answers_new_credentials_and_none_of_the_old_secrets()
    {
        await using var stage = await StopStage.Start();
        await stage.Stop("environment killed");

        await stage.Reverse("environment killed");

        string[] codes = ["credential_invalid", "credential_invalid", "", "credential_invalid"];
        foreach (var (by, code) in stage.Callers.Zip(codes)) (await stage.Read(by)).Should().Be(code, by.Name);
        (await stage.Read(await stage.World.SignedIn("ada"))).Should().Be("");
        (await stage.Write(await stage.World.NewKey(stage.World.App))).Should().Be("");
        var keys = await stage.World.Call("keys.list", new { app = stage.World.App.Value, environment = "sandbox" });
        keys["items"]!.AsArray().Where(key => key!["stop"] is not null)
            .Should().OnlyContain(key => key!["stop"]!["how"]!.ToString() == "killed");
        (await stage.Read(stage.World.LiveKey)).Should().Be("not_found", "another environment was never stopped");
    }

    [Theory]
    [InlineData("environment frozen", "environment_frozen", false)]
    [InlineData("environment frozen", "environment_frozen", true)]
    [InlineData("environment killed", "environment_killed", false)]
    [InlineData("environment killed", "environment_killed", true)]
    [InlineData("app frozen", "app_frozen", false)]
    [InlineData("app retired", "app_retired", true)]
    [InlineData("tenant suspended", "tenant_suspended", false)]
    [InlineData("tenant suspended", "tenant_suspended", true)]
    [InlineData("user suspended", "credential_invalid", false)]
    [InlineData("user signed out", "credential_invalid", false)]
    [InlineData("key revoked", "credential_invalid", true)]
    public async Task A_write_whose_body_was_still_coming_is_refused(string how, string code, bool byKey)
    {
        await using var stage = await StopStage.Start();
        var by = byKey ? stage.World.Key : stage.World.Ada;
        using var slow = await SlowRequest.Begin(
            stage.World.Server.Address, $"PATCH /v1/tenants/{stage.Tenant}", by.Bearer!, """{"name":"Late"}""");

        await stage.Stop(how);

        (await slow.Finish()).Should().Contain($"\"code\":\"{code}\"");
        var tenant = await stage.World.Call("tenants.get", new { tenant = stage.Tenant });
        tenant["name"]!.ToString().Should().NotBe("Late");
    }

    [Theory]
    [InlineData("environment frozen")]
    [InlineData("environment killed")]
    [InlineData("app frozen")]
    [InlineData("app retired")]
    [InlineData("tenant suspended")]
    [InlineData("user suspended")]
    [InlineData("key revoked")]
    public async Task Who_is_stopped_hears_that_it_is_so_and_never_why(string how)
    {
        await using var stage = await StopStage.Start();

        await stage.Stop(how);

        foreach (var by in stage.Callers)
        {
            foreach (var operation in new[] { "records.list", "records.create", "tenants.list" })
                (await stage.World.Messenger.Send(stage.Ask(operation, by))).Text.Should().NotContain(StopStage.Reason);
        }
        var entries = await stage.World.Server.Database.Many(
            $"select reason from audit_entry where reason like {"%" + StopStage.Reason}", row => row.Text(),
            TestContext.Current.CancellationToken);
        entries.Should().ContainSingle();
    }

    [Theory]
    [InlineData("environment frozen", "environment_frozen")]
    [InlineData("environment killed", "environment_killed")]
    public async Task Operators_look_stop_and_help_in_a_stopped_environment_and_change_nothing_else(
        string how, string code)
    {
        await using var stage = await StopStage.Start();
        var (operators, ada) = (stage.World.Operator, stage.World.Ada.Caller.User!.Value.Value);
        await stage.Stop(how);

        (await stage.Send("tenants.get", operators)).Should().Be("");
        (await stage.Send("tenants.update", operators, ("name", "Late"))).Should().Be(code);
        (await stage.Send("contracts.apply", operators)).Should().Be(code);
        foreach (var operation in new[] { "users.suspend", "users.restore", "users.sign_out" })
        {
            await stage.World.CallAs(operators, operation, new { user = ada }, new { reason = "a test" });
        }
        await stage.World.CallAs(operators, "apps.create", body: new { name = "Another", owner = "ops" });
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task What_one_node_stops_another_refuses_within_a_second()
    {
        foreach (var (how, code) in new[]
            {
                ("environment frozen", "environment_frozen"), ("environment killed", "environment_killed"),
                ("tenant suspended", "tenant_suspended"),
            })
        {
            await using var stage = await StopStage.Start();
            await using var other = await stage.World.Server.StartNode();
            using var there = new Messenger(other);
            (await there.Send(stage.Ask("records.create", stage.World.Ada))).IsDone.Should().BeTrue();

            await stage.Stop(how);
            stage.World.Server.Clock.Advance(TimeSpan.FromSeconds(1));

            (await there.Send(stage.Ask("records.create", stage.World.Ada))).Code.Should().Be(code);
        }
    }
}
