using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Operators;

public sealed class OperatorApiTests
{
    private const string Path = "/v1/operators";

    [Fact]
    public async Task Every_problem_of_an_invitation_is_told_at_once()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator();
        var (status, problem) = await owner.Send(
            HttpMethod.Post, Path, new { name = "", email = "nobody", role = "king", extra = 1 });
        status.Should().Be(422);
        problem["errors"]!.AsArray().Select(e => e!["pointer"]!.ToString())
            .Should().BeEquivalentTo("/name", "/email", "/role", "/extra");
    }

    [Fact]
    public async Task Only_owners_and_admins_invite_and_only_owners_touch_owners()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator("owner", "ada@example.org");
        using var admin = await server.SignedInOperator("admin");
        using var auditor = await server.SignedInOperator("auditor");
        var body = new { name = "Bo", email = "bo@example.org", role = "support" };
        var (_, me) = await owner.Send(HttpMethod.Get, Path + "/me");

        (await server.Http.Send(HttpMethod.Post, Path, body)).Status.Should().Be(401);
        (await auditor.Send(HttpMethod.Post, Path, body)).Status.Should().Be(403);
        (await admin.Send(HttpMethod.Post, Path, body)).Status.Should().Be(201);
        (await admin.Send(HttpMethod.Post, Path, body with { role = "owner", email = "x@example.org" }))
            .Status.Should().Be(403);
        var one = $"{Path}/{me["id"]}";
        (await admin.Send(HttpMethod.Post, one + "/link")).Status.Should().Be(403);
        (await admin.Send(HttpMethod.Patch, one, new { role = "support" })).Status.Should().Be(403);
        (await admin.Send(HttpMethod.Post, one + "/suspend", new { reason = "a coup" })).Status.Should().Be(403);
        (await auditor.Send(HttpMethod.Get, Path)).Status.Should().Be(200);
    }

    [Fact]
    public async Task An_address_belongs_to_one_operator_whatever_its_case()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator("owner", "ada@example.org");
        var (status, problem) = await owner.Send(
            HttpMethod.Post, Path, new { name = "Ada", email = "ADA@example.org", role = "support" });
        status.Should().Be(409);
        problem["code"]!.ToString().Should().Be("operator_email_taken");
    }

    [Fact]
    public async Task The_last_owner_who_can_sign_in_stays()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator("owner", "ada@example.org");
        var (_, me) = await owner.Send(HttpMethod.Get, Path + "/me");
        var one = $"{Path}/{me["id"]}";

        var (demoted, problem) = await owner.Send(HttpMethod.Patch, one, new { role = "admin" });
        var (suspended, _) = await owner.Send(HttpMethod.Post, one + "/suspend", new { reason = "holidays" });
        using var second = await server.SignedInOperator("owner", "bo@example.org");
        var (afterwards, changed) = await owner.Send(HttpMethod.Patch, one, new { role = "admin" });

        demoted.Should().Be(409);
        problem["code"]!.ToString().Should().Be("operator_last_owner");
        suspended.Should().Be(409);
        afterwards.Should().Be(200);
        changed["role"]!.ToString().Should().Be("admin");
        (await owner.Send(HttpMethod.Get, Path + "/me")).Answer["role"]!.ToString().Should().Be("admin");
    }

    [Fact]
    public async Task Of_two_owners_who_demote_each_other_at_once_one_stays()
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("owner", "ada@example.org");
        using var bo = await server.SignedInOperator("owner", "bo@example.org");
        var (_, first) = await ada.Send(HttpMethod.Get, Path + "/me");
        var (_, second) = await bo.Send(HttpMethod.Get, Path + "/me");

        await Task.WhenAll(
            ada.Send(HttpMethod.Patch, $"{Path}/{second["id"]}", new { role = "admin" }),
            bo.Send(HttpMethod.Patch, $"{Path}/{first["id"]}", new { role = "admin" }));

        var rows = (await server.InProcess.Call(InProcess.Owner, "operators.list"))["items"]!.AsArray();
        rows.Count(r => r!["role"]!.ToString() == "owner" && r["state"]!.ToString() == "active").Should().Be(1);
    }

    [Fact]
    public async Task A_suspended_operator_is_refused_at_once_and_a_restored_one_signs_in_again()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator("owner", "ada@example.org");
        using var support = await server.SignedInOperator("support", "bo@example.org");
        var (_, me) = await support.Send(HttpMethod.Get, Path + "/me");
        var one = $"{Path}/{me["id"]}";
        var signIn = new { email = "bo@example.org", password = OperatorActs.Password };

        var (suspended, state) = await owner.Send(HttpMethod.Post, one + "/suspend", new { reason = "left" });
        // Other nodes may trust their memory for a second.
        if (TestServer.Engine == "postgres") server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await support.Send(HttpMethod.Get, Path + "/me")).Status.Should().Be(401);
        (await server.Http.Send(HttpMethod.Post, Path + "/sign-in", signIn)).Status.Should().Be(401);
        (await owner.Send(HttpMethod.Post, one + "/suspend", new { reason = "again" })).Status.Should().Be(409);
        (await owner.Send(HttpMethod.Post, one + "/link")).Status.Should().Be(409);
        var (restored, _) = await owner.Send(HttpMethod.Post, one + "/restore", new { reason = "came back" });

        suspended.Should().Be(200);
        state["state"]!.ToString().Should().Be("suspended");
        restored.Should().Be(200);
        (await support.Send(HttpMethod.Get, Path + "/me")).Status.Should().Be(401, "the session ended");
        (await server.Http.Send(HttpMethod.Post, Path + "/sign-in", signIn)).Status.Should().Be(200);
    }

    [Fact]
    public async Task Only_a_suspended_operator_is_restored_and_an_address_is_claimed_once()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator("owner", "ada@example.org");
        var (_, me) = await owner.Send(HttpMethod.Get, Path + "/me");
        // An operator as the first owner is: without an address until the link is used.
        var nameless = Caller.OfOperator(OperatorId.New(server.Clock.GetUtcNow()), OperatorRole.Owner, "sandbox", "x");
        await server.InProcess.Call(nameless, "operators.list");
        var (_, made) = await owner.Send(HttpMethod.Post, $"{Path}/{nameless.Principal}/link");
        using var link = server.With(OperatorActs.TokenOf(made["link"]!.ToString()));

        var (restored, refused) =
            await owner.Send(HttpMethod.Post, $"{Path}/{me["id"]}/restore", new { reason = "nothing" });
        var (claimed, taken) = await link.Send(HttpMethod.Post, Path + "/claim",
            new { name = "Eve", email = "ADA@example.org", password = OperatorActs.Password });
        var (again, _) = await link.Send(HttpMethod.Post, Path + "/claim",
            new { name = "Eve", email = "eve@example.org", password = OperatorActs.Password });

        (restored, refused["code"]!.ToString()).Should().Be((409, "operator_state_refused"));
        refused["detail"]!.ToString().Should().Be("ada@example.org is active, and not suspended.");
        (claimed, taken["code"]!.ToString()).Should().Be((409, "operator_email_taken"));
        again.Should().Be(200, "a refusal does not use the link up");
    }

    [Fact]
    public async Task Changes_take_the_version_and_absent_operators_are_not_found()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator("owner", "ada@example.org");
        var (_, me) = await owner.Send(HttpMethod.Get, Path + "/me");
        owner.DefaultRequestHeaders.Add("If-Match", "\"99\"");
        (await owner.Send(HttpMethod.Patch, $"{Path}/{me["id"]}", new { name = "Ada" })).Status.Should().Be(412);
        (await owner.Send(HttpMethod.Patch, $"{Path}/opr_00000000000000000000000000", new { name = "Ada" }))
            .Status.Should().Be(404);
    }

    [Fact]
    public async Task A_repeated_invitation_is_done_once_and_its_link_shown_once()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator("owner", "ada@example.org");
        owner.DefaultRequestHeaders.Add("Idempotency-Key", "invite-1");
        var body = new { name = "Bo", email = "bo@example.org", role = "support" };
        (await owner.Send(HttpMethod.Post, Path, body)).Status.Should().Be(201);
        var (again, problem) = await owner.Send(HttpMethod.Post, Path, body);
        again.Should().Be(409);
        problem["code"]!.ToString().Should().Be("secret_already_shown");
    }

    [Fact]
    public async Task An_operator_names_an_environment_that_exists()
    {
        await using var server = await TestServer.Start();
        using var moon = await server.SignedInOperator("owner", "ada@example.org", environment: "moon");
        var (status, problem) = await moon.Send(HttpMethod.Get, "/v1/users");
        status.Should().Be(400);
        problem["code"]!.ToString().Should().Be("environment_required");
    }

    [Fact]
    public async Task An_invitation_writes_its_row_entry_and_event_and_nothing_else()
    {
        await using var server = await TestServer.Start();
        var made = await server.InProcess.Call(
            InProcess.Owner, "operators.create", body: new { name = "Bo", email = "bo@example.org", role = "support" });
        var id = made["operator"]!["id"]!.ToString();
        var ct = TestContext.Current.CancellationToken;

        var entries = await server.Database.Many(
            $"select action, outcome from audit_entry where target_id = {id}", row => $"{row.Text()} {row.Text()}", ct);
        var events = await server.Database.Many(
            $"select type from outbox_event where subject_id = {id}", row => row.Text(), ct);
        var links = await server.Database.Many(
            $"select purpose from operator_link where operator_id = {id}", row => row.Text(), ct);

        entries.Should().Equal("operators.create done");
        events.Should().Equal("operator.invited");
        links.Should().Equal("password");
    }
}
