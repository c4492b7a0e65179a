using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Xunit;

namespace Castellan.EndToEnd;

/// <summary>An operator's day with the command line, against the server as it is published.</summary>
public sealed class CommandLineOnServerTests(ServerProcess server) : IClassFixture<ServerProcess>, IAsyncLifetime
{
    private readonly Cli cli = new();

    public async ValueTask InitializeAsync() => await SignIn();

    public ValueTask DisposeAsync()
    {
        cli.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Login_keeps_the_operator_token_for_its_owner_alone()
    {
        File.GetUnixFileMode(cli.ProfilesPath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(cli.ProfilesPath)!).Should().Be(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await cli.Must("whoami")).Should().MatchRegex("role +owner").And.MatchRegex("email +ada@example.org");
    }

    [Fact]
    public async Task A_one_time_token_works_once()
    {
        var token = await server.OneTimeToken();
        await cli.Must("login", "--url", server.Address.OriginalString, "--token", token);

        var again = await cli.Run("login", "--url", server.Address.OriginalString, "--token", token);

        again.ExitCode.Should().Be(1);
        again.Errors.Should().Contain("credential_invalid").And.MatchRegex("request: req_");
        (await cli.Run("whoami")).ExitCode.Should().Be(0, "a failed login leaves the one before");
    }

    [Theory]
    [InlineData("approve", 0)]
    [InlineData("deny", 1)]
    public async Task A_code_that_an_operator_decides_about_elsewhere_signs_in_or_not(string decision, int exitCode)
    {
        var shown = "";
        var result = await cli.RunWatched("", async line =>
        {
            if (line.Split("type the code ") is not [_, var code]) return;
            shown = code;
            using var content = JsonContent.Create(new { user_code = code });
            using var answer = await server.Owner.PostAsync(
                new Uri($"v1/operators/devices/{decision}", UriKind.Relative), content, Ct);
            answer.EnsureSuccessStatusCode();
        }, "login", "--device", "--url", server.Address.OriginalString, "--profile", "by-code");

        result.ExitCode.Should().Be(exitCode, result.Errors);
        shown.Should().MatchRegex("^[A-Z]{4}-[A-Z]{4}$");
        result.Output.Should().BeEmpty();
        result.Errors.Should().Contain($"/device?code={shown}").And.NotContain("cas_");
        if (exitCode == 0)
            (await cli.Must("whoami", "--profile", "by-code")).Should().MatchRegex("email +ada@example.org");
        else
            result.Errors.Should().Contain("access_denied");
    }

    [Fact]
    public async Task Logout_ends_the_token_here_and_on_the_server()
    {
        var token = Profiles()["all"]!["default"]!["token"]!.ToString();

        await cli.Must("logout");

        (await File.ReadAllTextAsync(cli.ProfilesPath, Ct)).Should().NotContain(token);
        using var thief = server.With(token);
        using var answer = await thief.GetAsync(new Uri("v1/operators/me", UriKind.Relative), Ct);
        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var after = await cli.Run("whoami");
        after.ExitCode.Should().Be(2);
        after.Errors.Should().Contain("logged out");
        (await cli.Run("logout")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Profiles_stand_side_by_side()
    {
        await SignIn("second");
        await cli.Must("logout", "--profile", "second");

        (await cli.Run("whoami")).ExitCode.Should().Be(2, "the last login is the current one");
        (await cli.Run("whoami", "--profile", "default")).ExitCode.Should().Be(0);
        cli.Variables["CASTELLAN_PROFILE"] = "default";
        (await cli.Run("whoami")).ExitCode.Should().Be(0);
        (await cli.Run("whoami", "--profile", "third")).Errors.Should().Contain("no profile 'third'");
    }

    [Fact]
    public async Task An_app_is_registered_changed_and_moved()
    {
        var app = await Create("Moved app", "--builder", "lovable", "--model", "a model");
        (await cli.Must("apps", "get", app)).Should().MatchRegex("state +prototype").And.MatchRegex("builder +lovable");

        var updated = await cli.Json("apps", "update", app, "--owner", "grace@example.org", "--model", "");
        updated["owner"]!.ToString().Should().Be("grace@example.org");
        updated["model"].Should().BeNull();
        updated["builder"]!.ToString().Should().Be("lovable");

        await cli.Must("apps", "transition", app, "pilot", "--reason", "First customers");
        (await cli.Must("apps", "list", "--state", "pilot", "--quiet")).Split('\n').Should().Contain(app);
        (await cli.Must("apps", "list", "--state", "frozen", "--quiet")).Should().NotContain(app);
    }

    [Fact]
    public async Task Retiring_is_asked_about_because_nothing_leads_back()
    {
        var app = await Create("Retired app");
        string[] retire = ["apps", "transition", app, "retired", "--reason", "No longer used"];

        (await cli.Run(retire)).ExitCode.Should().Be(2);
        (await cli.Json("apps", "get", app))["state"]!.ToString().Should().Be("prototype");

        await cli.Must([.. retire, "--yes"]);
        (await cli.Json("apps", "get", app))["state"]!.ToString().Should().Be("retired");
    }

    [Fact]
    public async Task Json_is_the_servers_byte_for_byte()
    {
        var app = await Create("Byte for byte \u00E9");

        var shown = await cli.Must("apps", "get", app, "--output", "json");

        shown.Should().Be(await server.Owner.GetStringAsync(new Uri($"v1/apps/{app}", UriKind.Relative), Ct));
    }

    [Fact]
    public async Task Settings_are_of_the_environment_that_is_named()
    {
        var app = await Create("Settings app");

        await cli.Must("apps", "settings", "update", app, "--origin", "https://a.example.org", "--origin",
            "https://b.example.org", "--origin-preset", "local", "--password-forms", "false");
        await cli.Must("apps", "settings", "set", app, "--environment", "live",
            "--redirect-uri", "https://a.example.org/in");

        var sandbox = await cli.Json("apps", "settings", "get", app);
        sandbox["origins"]!.AsArray().Select(origin => origin!.ToString())
            .Should().Equal("https://a.example.org", "https://b.example.org");
        sandbox["password_forms"]!.GetValue<bool>().Should().BeFalse();
        sandbox["redirect_uris"]!.AsArray().Should().BeEmpty();
        var live = await cli.Json("apps", "settings", "get", app, "--environment", "live");
        live["redirect_uris"]!.AsArray().Should().ContainSingle();
        live["origins"]!.AsArray().Should().BeEmpty();

        var cleared = await cli.Json("apps", "settings", "update", app, "--origin", "");
        cleared["origins"]!.AsArray().Should().BeEmpty();
        cleared["origin_presets"]!.AsArray().Should().ContainSingle("what was not named stays");
    }

    [Fact]
    public async Task A_secret_is_printed_alone_and_once()
    {
        var app = await Create("Key app");

        var made = await cli.Run(
            "keys", "create", app, "--name", "worker", "--expires", "2d", "--permission", "users.list");

        made.ExitCode.Should().Be(0);
        var secret = made.Output.TrimEnd('\n');
        secret.Should().StartWith("cas_sk_sandbox_").And.NotContainAny(" ", "\n");
        made.Errors.Should().Contain("not shown again").And.NotContain(secret);
        var listed = (await cli.Json("keys", "list", app))["items"]!.AsArray()
            .Single(key => key!["kind"]!.ToString() == "secret")!;
        listed["permissions"]!.AsArray().Single()!.ToString().Should().Be("users.list");
        (Time(listed["expires_at"]) - Time(listed["created_at"]))
            .Should().BeCloseTo(TimeSpan.FromDays(2), TimeSpan.FromMinutes(5));
        (await cli.Must("keys", "list", app)).Should().NotContain(secret).And.MatchRegex("worker +secret .* active");

        await cli.Must("keys", "revoke", app, listed["id"]!.ToString(), "--reason", "no longer used");
        (await cli.Must("keys", "list", app)).Should().MatchRegex("worker +secret .* revoked");
        (await cli.Must("keys", "list", app, "--environment", "live")).Should().NotContain("worker");
    }

    [Fact]
    public async Task A_key_with_bounds_is_made_rotated_stopped_and_asked_about()
    {
        var app = await Create("Bound keys");
        var made = await cli.Run(
            "keys", "create", app, "--name", "export", "--kind", "restricted", "--permission", "records.list",
            "--permission", "app.export", "--ip", "203.0.113.0/24", "--rate", "60");
        made.ExitCode.Should().Be(0, made.Errors);
        var secret = made.Output.TrimEnd('\n');
        secret.Should().StartWith("cas_rk_sandbox_");
        var listed = (await cli.Json("keys", "list", app))["items"]!.AsArray()
            .Single(key => key!["kind"]!.ToString() == "restricted")!;
        var id = listed["id"]!.ToString();
        (await cli.Must("keys", "list", app)).Should().Contain("203.0.113.0/24, 60/min");

        async Task<string> Verify(string shown, params string[] options) =>
            (await cli.RunWith(shown, ["keys", "verify", .. options])).Output;
        (await Verify(secret, "--operation", "app.export", "--address", "203.0.113.7"))
            .Should().MatchRegex("outcome +valid");
        (await Verify(secret, "--operation", "app.export")).Should().MatchRegex("outcome +ip_refused");
        (await Verify("nonsense")).Should().MatchRegex("outcome +malformed");

        await cli.Must("keys", "disable", app, id, "--reason", "The vendor is away");
        (await Verify(secret)).Should().MatchRegex("outcome +disabled");
        (await cli.Must("keys", "enable", app, id)).Should().MatchRegex("state +active");
        var rotated = await cli.Run("keys", "rotate", app, id, "--overlap", "0");
        rotated.Errors.Should().Contain("not shown again").And.Contain(id);
        (await Verify(secret)).Should().MatchRegex("outcome +expired");
        (await Verify(rotated.Output.TrimEnd('\n'), "--address", "203.0.113.7")).Should().MatchRegex("outcome +valid");
    }

    [Fact]
    public async Task An_agent_is_registered_watched_and_ended()
    {
        var made = await cli.Run(
            "agents", "register", "--name", "Summarizer", "--owner", "ada@example.com", "--builder", "claude",
            "--model", "model-1", "--purpose", "Sums up notes", "--operation", "records.list",
            "--operation", "records.get", "--expires", "30d");
        made.ExitCode.Should().Be(0, made.Errors);
        var token = made.Output.TrimEnd('\n');
        token.Should().StartWith("cas_ag_sandbox_").And.NotContainAny(" ", "\n");
        made.Errors.Should().Contain("not shown again").And.NotContain(token);
        var agent = (await cli.Must("agents", "list", "--quiet")).Trim();
        (await cli.Must("agents", "list")).Should().MatchRegex("Summarizer +active").And.Contain("records.list, ");
        (await cli.Must("agents", "update", agent, "--operation", "records.list", "--builder", ""))
            .Should().MatchRegex("may be lent or granted +records.list\n").And.MatchRegex("builder +-");

        var pem = Path.Combine(Path.GetDirectoryName(cli.ProfilesPath)!, "agent.pub.pem");
        await File.WriteAllTextAsync(pem, """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
            -----END PUBLIC KEY-----
            """, Ct);
        const string Key = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
        (await cli.Must("agents", "add-key", agent, pem)).Should().MatchRegex($"signs by +{Key}\n");
        (await cli.Must("agents", "remove-key", agent, Key, "--reason", "A test")).Should().NotContain(Key);
        await File.WriteAllTextAsync(pem, "-----BEGIN PRIVATE KEY-----\n", Ct);
        (await cli.Run("agents", "add-key", agent, pem)).Errors.Should().Contain("stays with the agent");

        using var acts = server.With(token);
        var run = await Start(acts);
        (await cli.Must("agents", "runs", agent)).Should().MatchRegex($"{run} +open");
        (await cli.Must("runs", "stop", run, "--reason", "Enough")).Should().MatchRegex("state +stopped");
        (await cli.Must("runs", "get", run)).Should().Contain("Enough");
        (await cli.Must("audit", "list", "--run", run)).Should().NotContain("agents.register");
        (await cli.Must("agents", "delegations", agent, "--quiet")).Should().BeEmpty();

        (await cli.Must("agents", "suspend", agent, "--reason", "A look")).Should().MatchRegex("state +suspended");
        (await cli.Must("agents", "resume", agent, "--reason", "Well")).Should().MatchRegex("state +active");
        var rotated = await cli.Must("agents", "rotate", agent);
        rotated.Should().StartWith("cas_ag_sandbox_").And.NotContain(token);
        var unasked = await cli.Run("agents", "kill", agent, "--reason", "A test");
        unasked.ExitCode.Should().Be(2, "nobody typed its name");
        (await cli.Must("agents", "kill", agent, "--reason", "A test", "--yes")).Should().MatchRegex("state +killed");
        (await cli.Must("agents", "list", "--state", "active", "--quiet")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_budget_is_made_shown_raised_and_deleted()
    {
        var budget = (await cli.Must(
            "budgets", "create", "--name", "Money", "--unit", "money", "--currency", "EUR", "--window", "month",
            "--cap", "5000000000", "--alert", "80", "--quiet")).Trim();
        budget.Should().StartWith("bud_");
        (await cli.Must("budgets", "list")).Should().MatchRegex("Money +open +0 +0 +5000000000 +EUR +month +sandbox");
        (await cli.Must("budgets", "show", budget)).Should().MatchRegex("told at +80 %\n")
            .And.MatchRegex("left +5000000000");
        var silent = await cli.Run("budgets", "update", budget, "--cap", "0");
        silent.ExitCode.Should().Be(1);
        silent.Errors.Should().Contain("A new cap has a reason.");
        (await cli.Must("budgets", "update", budget, "--cap", "0", "--alert", "", "--reason", "Incident 12"))
            .Should().MatchRegex("state +paused").And.MatchRegex("told at +-\n");
        (await cli.Must("budgets", "list", "--subject", "sandbox", "--quiet")).Trim().Should().Be(budget);
        (await cli.Run("budgets", "delete", budget)).ExitCode.Should().Be(2, "nobody typed its name");
        (await cli.Must("budgets", "delete", budget, "--yes")).Should().BeEmpty();
        (await cli.Must("budgets", "list", "--quiet")).Should().BeEmpty();
    }

    [Fact]
    public async Task What_a_tenant_gives_and_forbids_is_listed_changed_and_explained()
    {
        var (tenant, user) = await Customer(await Create("Grants by hand"));
        var grant = (await cli.Must(
            "grants", "create", tenant, "--user", user, "--permission", "invitations.list", "--expires", "7d",
            "--reason", "Ticket 4711", "--quiet")).Trim();
        grant.Should().StartWith("grt_");
        (await cli.Must("grants", "list", tenant, "--user", user)).Should()
            .MatchRegex($"{grant} +{user} +invitations.list +all of the tenant +- +active +2")
            .And.Contain("Ticket 4711");
        (await cli.Must("access", "explain", tenant, "--user", user, "--permission", "invitations.list"))
            .Should().MatchRegex("allowed +yes").And.MatchRegex($"because +user {user} > ");

        (await cli.Must("grants", "revoke", tenant, grant)).Should().MatchRegex("state +ended");
        (await cli.Must("grants", "list", tenant, "--quiet")).Should().BeEmpty();
        (await cli.Must("grants", "list", tenant, "--ended")).Should().MatchRegex($"{grant} .* ended ");

        var refused = await cli.Run("grants", "create", tenant, "--user", user);
        refused.ExitCode.Should().Be(1);
        refused.Errors.Should().Contain("/permission: Nothing is named.");

        var policy = await Policy(tenant);
        (await cli.Must("policies", "list", tenant))
            .Should().MatchRegex($"{policy} +No invitations +enforce +invitations.list +all of the tenant");
        (await cli.Must("access", "explain", tenant, "--user", user, "--permission", "invitations.list"))
            .Should().MatchRegex("allowed +no").And.MatchRegex($"policy +{policy} \"No invitations\", enforce");
    }

    [Fact]
    public async Task An_environment_is_frozen_by_name_and_thawed()
    {
        var unasked = await cli.Run("environments", "freeze", "live", "--reason", "a test");
        unasked.ExitCode.Should().Be(2, "nobody typed its name");
        unasked.Errors.Should().Contain("--yes");

        (await cli.Must("environments", "freeze", "live", "--reason", "a leak", "--yes"))
            .Should().MatchRegex("state +frozen").And.MatchRegex("reason +a leak");
        (await cli.Must("environments", "list")).Should().MatchRegex("live +frozen").And.MatchRegex("sandbox +active");
        (await cli.Must("environments", "thaw", "live", "--reason", "mended")).Should().MatchRegex("state +active");
        (await cli.Run("environments", "thaw", "live", "--reason", "again")).Errors.Should().Contain("stop_refused");
    }

    [Fact]
    public async Task A_refusal_says_what_why_and_how_to_mend_it()
    {
        await Create("Taken name");

        var taken = await cli.Run("apps", "create", "--name", "Taken name", "--owner", "ada");
        taken.ExitCode.Should().Be(1);
        taken.Output.Should().BeEmpty();
        taken.Errors.Should().Contain("error: An app has this name already").And.Contain("fix: Choose another name")
            .And.MatchRegex("code: app_name_taken, request: req_[0-9a-z]{26}");

        var wrong = await cli.Run("apps", "create", "--name", "Good name", "--owner", "ada", "--builder", "chisel",
            "--repository", "no url");
        wrong.Errors.Should().Contain("/builder:").And.Contain("/repository:").And.Contain("fix:");

        var json = await cli.Run("apps", "get", "app_none", "--output", "json");
        json.ExitCode.Should().Be(1);
        JsonNode.Parse(json.Errors)!["code"]!.ToString().Should().Be("not_found");
    }

    [Fact]
    public async Task Lists_go_on_where_they_ended()
    {
        await Create("Listed 1");
        await Create("Listed 2");

        var first = await cli.Run("apps", "list", "--limit", "1", "--quiet");
        var cursor = (await cli.Json("apps", "list", "--limit", "1"))["next_cursor"]!.ToString();
        var second = await cli.Must("apps", "list", "--limit", "1", "--cursor", cursor, "--quiet");

        second.Should().StartWith("app_").And.NotBe(first.Output.TrimEnd('\n'));
    }

    [Fact]
    public async Task What_was_done_is_in_the_audit_log()
    {
        var app = await Create("Audited app");
        await cli.Must("apps", "transition", app, "pilot", "--reason", "Audited reason");

        var entries = (await cli.Json("audit", "list", "--target", app, "--since", "1h"))["items"]!.AsArray();
        entries.Select(entry => entry!["action"]!.ToString()).Should().Equal("apps.transition", "apps.create");
        (await cli.Must("audit", "list", "--target", app, "--action", "apps.transition"))
            .Should().Contain("Audited reason").And.Contain("ada@example.org").And.NotContain("apps.create");
        (await cli.Must("audit", "list", "--target", app, "--until", "1h", "--quiet")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_refusal_is_found_in_the_audit_log_by_its_decision()
    {
        var app = await Create("Refused app");
        var key = await cli.Must(
            "keys", "create", app, "--name", "narrow", "--kind", "restricted", "--permission", "records.list");
        using var narrow = new Cli();
        narrow.Variables["CASTELLAN_URL"] = server.Address.OriginalString;
        narrow.Variables["CASTELLAN_KEY"] = key.Trim();

        var refused = await narrow.Run("users", "list");

        refused.ExitCode.Should().Be(1);
        refused.Errors.Should().MatchRegex("code: permission_denied, request: req_[0-9a-z]{26}, decision: dec_");
        var decision = refused.Errors.Split("decision: ")[1].Trim();
        var listed = "";
        for (var tries = 0; tries < 100 && !listed.Contains(decision, StringComparison.Ordinal); tries++)
            listed = await cli.Must("audit", "list", "--action", "users.list", "--since", "1h");
        listed.Should().MatchRegex($"users.list +denied .* {decision} +permission_denied");
    }

    [Fact]
    public async Task Doctor_finds_everything_well()
    {
        var result = await cli.Run("doctor", "--output", "json");

        var findings = JsonNode.Parse(result.Output)!.AsArray()
            .Select(finding => $"{finding!["check"]} {finding["result"]}");
        findings.Should().ContainInOrder(
            "profile ok", "server ok", "clock ok", "tls ok", "token ok", "version ok", "address ok");
        findings.Should().NotContain(finding => finding.EndsWith(" fail", StringComparison.Ordinal));
        result.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Doctor_finds_a_token_that_ended()
    {
        cli.Variables["CASTELLAN_URL"] = server.Address.OriginalString;
        cli.Variables["CASTELLAN_TOKEN"] = "cas_op_not_one";

        var result = await cli.Run("doctor");

        result.ExitCode.Should().Be(1);
        result.Output.Should().MatchRegex("fail +token");
        result.Errors.Should().Contain("token: castellan login");
    }

    /// <summary>As an agent does.</summary>
    private static async Task<string> Start(HttpClient agent)
    {
        using var content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await agent.PostAsync(new Uri("v1/runs", UriKind.Relative), content, Ct);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!["id"]!.ToString();
    }

    /// <summary>A tenant in an app, and the user who made it.</summary>
    private async Task<(string Tenant, string User)> Customer(string app)
    {
        var settings = new Uri($"v1/apps/{app}/environments/sandbox", UriKind.Relative);
        using var native = await server.Owner.PatchAsJsonAsync(settings, new { native = true }, Ct);
        var key = (await Read(native))["publishable_key"]!.ToString();
        using var visitor = new HttpClient();
        visitor.BaseAddress = server.Address;
        visitor.DefaultRequestHeaders.Add("Castellan-Key", key);
        using var signedUp = await visitor.PostAsJsonAsync(
            "v1/auth/sign-up", new { email = "grace@example.com", password = "correct horse battery" }, Ct);
        var signed = await Read(signedUp);
        using var grace = server.With(signed["access_token"]!.ToString());
        grace.DefaultRequestHeaders.Add("Castellan-Key", key);
        using var made = await grace.PostAsJsonAsync("v1/tenants", new { name = "Acme" }, Ct);
        return ((await Read(made))["id"]!.ToString(), signed["user"]!["id"]!.ToString());
    }

    private async Task<string> Policy(string tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/tenants/{tenant}/policies");
        request.Headers.Add("Castellan-Environment", "sandbox");
        request.Content = JsonContent.Create(
            new { name = "No invitations", mode = "enforce", permissions = new[] { "invitations.list" } });
        using var made = await server.Owner.SendAsync(request, Ct);
        return (await Read(made))["id"]!.ToString();
    }

    private static async Task<JsonNode> Read(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        answer.IsSuccessStatusCode.Should().BeTrue(text);
        return JsonNode.Parse(text)!;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Time(JsonNode? text) => DateTimeOffset.Parse(text!.ToString());

    private JsonNode Profiles() => JsonNode.Parse(File.ReadAllText(cli.ProfilesPath))!;

    private Task<string> Create(string name, params string[] more) =>
        cli.Must(["apps", "create", "--name", name, "--owner", "ada@example.org", "--quiet", .. more]);

    /// <summary>As a script does: the one-time token on standard input.</summary>
    private async Task SignIn(string profile = "default")
    {
        var result = await cli.RunWith(
            await server.OneTimeToken() + "\n", "login", "--url", server.Address.OriginalString, "--profile", profile);
        result.ExitCode.Should().Be(0, result.Errors);
        result.Output.Should().BeEmpty();
    }
}
