using System.Net;
using System.Text.Json.Nodes;
using AwesomeAssertions;

namespace Castellan.Tests.Apps;

public sealed class AppApiTests
{
    [Fact]
    public async Task A_registered_app_has_a_publishable_key_in_each_environment()
    {
        await using var server = await TestServer.Start();
        var app = await server.InProcess.Call(
            InProcess.Owner, "apps.create", body: new { name = "Portal", owner = "ops" });
        var id = app["id"]!.ToString();

        var sandbox = await server.InProcess.Call(
            InProcess.Owner, "apps.settings.get", path: new { app = id, environment = "sandbox" });
        var live = await server.InProcess.Call(
            InProcess.Owner, "apps.settings.get", path: new { app = id, environment = "live" });

        app["state"]!.ToString().Should().Be("prototype");
        sandbox["publishable_key"]!.ToString().Should().StartWith("cas_pk_sandbox_");
        live["publishable_key"]!.ToString().Should().StartWith("cas_pk_live_");
        live["password_forms"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_gives_the_first_answer_and_changes_nothing()
    {
        await using var server = await TestServer.Start();
        var body = new { name = "Portal", owner = "ops" };
        var first = await server.InProcess.Invoke(InProcess.Owner, "apps.create", body: body, idempotencyKey: "k1");
        var again = await server.InProcess.Invoke(InProcess.Owner, "apps.create", body: body, idempotencyKey: "k1");
        var other = await server.InProcess.Invoke(
            InProcess.Owner, "apps.create", body: new { name = "Other", owner = "ops" }, idempotencyKey: "k1");

        again.Replayed.Should().BeTrue();
        again.Body.ToArray().Should().Equal(first.Body.ToArray());
        other.Problem!.Type.Code.Should().Be("idempotency_key_reused");
        var list = await server.InProcess.Call(InProcess.Owner, "apps.list");
        list["items"]!.AsArray().Should().HaveCount(1);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_null_clears()
    {
        await using var server = await TestServer.Start();
        var made = await server.InProcess.Call(InProcess.Owner, "apps.create",
            body: new { name = "Portal", owner = "ops", model = "a model", repository = "https://example.com/portal" });

        var patched = await server.InProcess.Call(
            InProcess.Owner, "apps.update", path: new { app = made["id"]!.ToString() },
            body: new { owner = "sales", model = (string?)null });

        patched["owner"]!.ToString().Should().Be("sales");
        patched["model"].Should().BeNull();
        patched["repository"]!.ToString().Should().Be("https://example.com/portal");
        patched["version"]!.GetValue<long>().Should().Be(2);
    }

    [Fact]
    public async Task A_name_is_taken_once_and_a_retired_app_stays_so()
    {
        await using var server = await TestServer.Start();
        async Task<string?> Code(string operation, object? path, object body) =>
            (await server.InProcess.Invoke(InProcess.Owner, operation, path, body)).Problem?.Type.Code;
        var app = await server.InProcess.Call(
            InProcess.Owner, "apps.create", body: new { name = "Portal", owner = "ops" });
        var other = await server.InProcess.Call(
            InProcess.Owner, "apps.create", body: new { name = "Billing", owner = "ops" });
        var one = new { app = app["id"]!.ToString() };

        (await Code("apps.create", null, new { name = "Portal", owner = "x" })).Should().Be("app_name_taken");
        (await Code("apps.update", new { app = other["id"]!.ToString() }, new { name = "Portal" }))
            .Should().Be("app_name_taken");
        (await Code("apps.transition", one, new { state = "prototype", reason = "again" }))
            .Should().Be("app_transition_refused");
        (await Code("apps.transition", one, new { state = "retired", reason = "over" })).Should().BeNull();
        var back = (await server.InProcess.Invoke(
            InProcess.Owner, "apps.transition", one, new { state = "pilot", reason = "back" })).Problem!;
        back.Type.Code.Should().Be("app_transition_refused");
        back.Detail.Should().StartWith("Portal is retired, since ").And.EndWith(": over");
        back.Fix.Should().Contain("apps.create");
        (await Code("apps.settings.update", new { one.app, environment = "live" },
            new { origin_presets = new[] { "lovable" } })).Should().Be("sandbox_only");
    }

    [Fact]
    public async Task A_redirect_address_has_its_host_in_the_form_that_browsers_send()
    {
        await using var server = await TestServer.Start();
        var app = (await server.InProcess.Call(
            InProcess.Owner, "apps.create", body: new { name = "Portal", owner = "ops" }))["id"]!.ToString();

        async Task<Castellan.Kernel.Problem?> Set(string redirect) => (await server.InProcess.Invoke(
            InProcess.Owner, "apps.settings.update", new { app, environment = "sandbox" },
            new { redirect_uris = new[] { redirect } })).Problem;

        (await Set("https://b\u00FCcher.example/back"))!.Errors.Should().ContainSingle()
            .Which.Fix.Should().Contain("xn--bcher-kva.example");
        (await Set("https://xn--bcher-kva.example/back")).Should().BeNull();
    }

    [Fact]
    public async Task Keys_of_an_app_or_environment_that_is_not_there_are_no_empty_list()
    {
        await using var server = await TestServer.Start();
        var app = (await server.InProcess.Call(
            InProcess.Owner, "apps.create", body: new { name = "Portal", owner = "ops" }))["id"]!.ToString();
        var absent = AppId.New(server.Clock.GetUtcNow()).Value;

        foreach (var place in new[]
        {
            new { app = absent, environment = "sandbox" }, new { app, environment = "nowhere" },
        })
        {
            var answer = await server.InProcess.Invoke(InProcess.Owner, "keys.list", place);
            answer.Problem!.Type.Code.Should().Be("not_found");
        }
    }

    [Fact]
    public async Task Without_a_credential_the_answer_is_401()
    {
        await using var server = await TestServer.Start();
        using var response = await server.Http.GetAsync("/v1/apps", TestContext.Current.CancellationToken);
        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        problem["code"]!.ToString().Should().Be("credential_required");
    }
}
