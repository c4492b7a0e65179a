using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Tests.Agents;

namespace Castellan.Tests.AdminUi;

/// <summary>Operators register agents, see what is lent to them and what they did, and stop them.</summary>
public sealed partial class AgentPageTests
{
    private const string New = "/admin/agents/new";

    [Fact]
    public async Task An_agent_is_registered_seen_changed_and_its_token_shown_once()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);

        var empty = await browser.Open("/admin/agents");
        var made = await browser.Submit(New, New,
            ("name", "Sums <up>"), ("owner", "ops"), ("builder", "claude"), ("model", "model-1"),
            ("purpose", "Sums up notes."), ("operations", "records.list\n records.get \n"), ("days", "30"));
        var token = Token().Match(made.Html).Value;
        var agent = One().Match(made.Html).Value;
        var list = await browser.Open("/admin/agents");
        var page = await browser.Open(agent);
        var edited = await browser.Submit($"{agent}/edit", $"{agent}/edit",
            ("name", "Sums"), ("owner", "ops"), ("builder", ""), ("model", "model-2"), ("purpose", "Sums."),
            ("operations", "records.list"), ("signatures", "required"));
        var rotated = await browser.Submit($"{agent}/rotate", $"{agent}/rotate");

        empty.Html.Should().Contain("No agent yet").And.Contain($"href=\"{New}\"");
        token.Should().StartWith("cas_ag_sandbox_");
        list.Html.Should().Contain("Sums &lt;up&gt;").And.Contain("claude").And.Contain("model-1")
            .And.NotContain(token);
        page.Html.Should().Contain("records.list, records.get").And.Contain("2030-02-14").And.NotContain(token);
        edited.Path.Should().Be(agent);
        edited.Html.Should().Contain("Saved.").And.Contain("model-2").And.NotContain("records.get")
            .And.NotContain("claude").And.Contain("2030-02-14", "what the form does not ask stays");
        Token().Match(rotated.Html).Value.Should().StartWith("cas_ag_sandbox_").And.NotBe(token);
        (await Status(server, token)).Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_agent_gets_a_key_to_sign_with_another_one_and_none()
    {
        await using var world = await AgentWorld.Start();
        using var browser = await Browser.SignedIn(world.Hostile.Server);
        using AgentSigner first = new(), second = new();
        var agent = $"/admin/agents/{world.Agent}";
        var form = $"{agent}/keys/new";

        var wrong = await browser.Submit(form, form, ("public_key", "none"), ("replaces", ""));
        var added = await browser.Submit(form, form, ("public_key", first.PublicPem), ("replaces", ""));
        var replaced = await browser.Submit($"{form}?replaces={first.KeyId}", form,
            ("public_key", second.PublicKey), ("replaces", first.KeyId), ("overlap_minutes", "60"));
        var removed = await browser.Submit($"{agent}/keys/{first.KeyId}/remove", $"{agent}/keys/{first.KeyId}/remove",
            ("reason", "not needed"));

        wrong.Html.Should().Contain("This is no public key of Ed25519.").And.Contain("aria-invalid=\"true\"");
        added.Html.Should().Contain("The key is added.").And.Contain(first.KeyId);
        replaced.Html.Should().Contain(first.KeyId).And.Contain(second.KeyId);
        removed.Html.Should().Contain("The key is removed.").And.NotContain(first.KeyId).And.Contain(second.KeyId);
    }

    [Fact]
    public async Task What_is_wrong_with_a_form_is_said_beside_its_field()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);

        var refused = await browser.Submit(New, New,
            ("name", "Sums"), ("owner", ""), ("purpose", "Sums up notes."), ("operations", "records.lst"));

        refused.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        refused.Html.Should().Contain("Sums up notes.", "what was typed stays").And.Contain("aria-invalid=\"true\"");
        var unknown = await browser.Submit(New, New,
            ("name", "Sums"), ("owner", "ops"), ("purpose", "Sums up notes."), ("operations", "records.lst"));
        unknown.Html.Should().Contain("is no operation").And.Contain("records.list");
        var ofApp = await browser.Submit(New, New,
            ("name", "Sums"), ("owner", "ops"), ("purpose", "Sums up notes."), ("operations", "notes.write"));
        ofApp.Html.Should().Contain("Permissions of apps are granted by tenants");
        (await browser.Open("/admin/agents")).Html.Should().Contain("No agent yet");
    }

    [Fact]
    public async Task A_run_is_seen_stopped_and_read_in_the_audit_log()
    {
        await using var world = await AgentWorld.Start();
        using var browser = await Browser.SignedIn(world.Hostile.Server, "support");
        var taken = await world.Take(world.Hostile.Agent, "records.list", "records.create");
        (await world.CreateRecord(taken.Token)).Should().BeNull();
        var run = $"/admin/runs/{taken.Run}";

        var agent = await browser.Open($"/admin/agents/{world.Agent}");
        var page = await browser.Open(run);
        var silent = await browser.Submit($"{run}/stop", $"{run}/stop", ("reason", ""));
        var stopped = await browser.Submit($"{run}/stop", $"{run}/stop", ("reason", "writes too much"));
        var audit = await browser.Open($"/admin/audit?run={taken.Run}");

        agent.Html.Should().Contain(run).And.Contain("records.list, records.create").And.Contain(world.Tenant);
        page.Html.Should().Contain("records.create").And.Contain("ada");
        silent.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        stopped.Html.Should().Contain("The run is stopped.").And.Contain("writes too much").And.NotContain("Stop this");
        audit.Html.Should().Contain("records.create").And.Contain(run).And.NotContain("agents.register");
        (await world.ListRecords(taken.Token)).Should().Be("delegation_ended");
    }

    [Fact]
    public async Task An_agent_is_suspended_resumed_and_killed_by_who_types_its_name_and_says_why()
    {
        await using var world = await AgentWorld.Start();
        using var browser = await Browser.SignedIn(world.Hostile.Server);
        var taken = await world.Take(world.Hostile.Agent, "records.list");
        var agent = $"/admin/agents/{world.Agent}";
        var name = world.Hostile.Agent.Caller.Display!;

        var suspended = await browser.Submit($"{agent}/suspend", $"{agent}/suspend", ("reason", "let us look"));
        var meanwhile = await world.ListRecords(taken.Token);
        var resumed = await browser.Submit($"{agent}/resume", $"{agent}/resume", ("reason", "all is well"));
        var after = await world.ListRecords(taken.Token);
        var wrong = await browser.Submit($"{agent}/kill", $"{agent}/kill", ("reason", "no"), ("confirm", "Other"));
        var killed = await browser.Submit($"{agent}/kill", $"{agent}/kill", ("reason", "too much"), ("confirm", name));
        var again = await browser.Submit($"{agent}/kill", $"{agent}/kill", ("reason", "again"), ("confirm", name));

        suspended.Html.Should().Contain("The agent is suspended.").And.Contain("let us look").And.Contain("/resume");
        meanwhile.Should().Be("agent_stopped");
        resumed.Html.Should().Contain("The agent is active.").And.NotContain("let us look")
            .And.Contain("""<span class="tag">active</span>""");
        after.Should().BeNull();
        wrong.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        wrong.Html.Should().Contain("What was typed is not its name.");
        killed.Html.Should().Contain("The agent is killed.").And.Contain("too much").And.NotContain($"{agent}/kill")
            .And.Contain("""<span class="tag">ended</span>""", "so is what was lent to it");
        again.Status.Should().Be(HttpStatusCode.Conflict);
        (await world.ListRecords(taken.Token)).Should().Be("agent_stopped");
    }

    [Fact]
    public async Task Who_may_not_sees_no_way_to_and_what_is_not_there_is_said_so()
    {
        await using var world = await AgentWorld.Start();
        using var browser = await Browser.SignedIn(world.Hostile.Server, "auditor");
        var agent = $"/admin/agents/{world.Agent}";

        var page = await browser.Open(agent);
        var refused = await browser.Submit($"{agent}/suspend", $"{agent}/suspend", ("reason", "a test"));
        var registered = await browser.Submit(New, New, ("name", "A"), ("owner", "B"), ("purpose", "C"),
            ("operations", "records.list"));
        var absent = await browser.Open("/admin/agents/agt_01jhqsmf0000000000000000zz");
        var live = await browser.Open($"{agent}?environment=live");

        page.Html.Should().NotContain("/suspend").And.NotContain("/kill").And.NotContain("/edit");
        refused.Status.Should().Be(HttpStatusCode.Forbidden);
        registered.Status.Should().Be(HttpStatusCode.Forbidden);
        absent.Status.Should().Be(HttpStatusCode.NotFound);
        live.Html.Should().Contain("This agent does not exist in live.");
    }

    private static async Task<HttpStatusCode> Status(TestServer server, string token)
    {
        using var client = server.With(token);
        using var content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/v1/runs", content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    [GeneratedRegex("cas_ag_sandbox_[0-9A-Za-z]+", RegexOptions.None, 1000)]
    private static partial Regex Token();

    [GeneratedRegex("/admin/agents/agt_[0-9a-z]+", RegexOptions.None, 1000)]
    private static partial Regex One();
}
