using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Access.AuthZen;

/// <summary>What the standard leaves to us: whose tenant it is, who may ask, and what a word means here.</summary>
public sealed class AuthZenTests
{
    [Fact]
    public async Task The_tenant_is_the_keys_or_the_headers_and_never_the_bodys()
    {
        await using var world = await AuthZenWorld.Start(["route.get"]);
        var stranger = await world.Access.Tenants.User("stranger");
        var elsewhere = await world.Access.Tenants.Tenant(stranger, "Elsewhere");
        var wide = await AuthZenWorld.Key(world.Access, tenant: null);
        using var http = world.Server.With(wide);
        object About(string tenant) => new
        {
            subject = new { type = "user", id = Id(world.Access.Vera) },
            action = new { name = "members.list" },
            resource = new { type = "tenant", id = tenant, properties = new { tenant_id = tenant } },
        };
        async Task<HttpAnswer> Ask(string about, params (string, string)[] headers) =>
            await HttpAnswer.Send(http, "POST", "/access/v1/evaluation", About(about), headers);

        (await Ask(world.Access.Tenant)).Code.Should().Be("tenant_required");
        (await Ask(world.Access.Tenant)).Status.Should().Be(400);
        var named = await Ask(world.Access.Tenant, ("Castellan-Tenant", world.Access.Tenant));
        named.Json["decision"]!.GetValue<bool>().Should().BeTrue();
        var other = await Ask(world.Access.Tenant, ("Castellan-Tenant", elsewhere));
        Reason(other).Should().Be("unknown_subject", "she is no member there");
        (await world.Asks(About(world.Access.Tenant))).Should().BeTrue("the key is for the tenant");
        (await world.Asks(About(elsewhere))).Should().BeFalse();
        Reason(await world.Send("evaluation", About(elsewhere))).Should().Be("unknown_resource");
        var foreign = await world.Send("evaluation", About(elsewhere), ("Castellan-Tenant", elsewhere));
        foreign.Status.Should().BeOneOf(403, 404);
    }

    [Fact]
    public async Task An_agent_is_asked_about_by_its_id()
    {
        await using var world = await AuthZenWorld.Start([]);
        var staff = InProcess.Owner with { Environment = "sandbox" };
        async Task<string> Register(string name, Caller by) => (await world.Access.Tenants.Call(
            by, "agents.register",
            body: new { name, owner = "ops", purpose = "A test.", operations = new[] { "members.list" } }))
            ["agent"]!["id"]!.ToString();
        var (agent, live) = (
            await Register("Here", staff), await Register("There", InProcess.Owner with { Environment = "live" }));
        object About(string id, string action) => new
        {
            subject = new { type = "agent", id },
            action = new { name = action },
            resource = new { type = "tenant", id = world.Access.Tenant },
        };
        async Task<string> Asked(string id, string action) =>
            (await world.Post("evaluation", About(id, action)))["context"]!["reason"]!.ToString();

        (await Asked(agent, "members.list")).Should().Be("not_granted");
        var grant = await world.Access.Grant(new { agent_id = agent, permission = "members.list" });
        var answer = await world.Post("evaluation", About(agent, "members.list"));
        answer["decision"]!.GetValue<bool>().Should().BeTrue();
        answer["context"]!["agent_id"]!.ToString().Should().Be(agent);
        answer["context"]!["determined_by"]![1]!["id"]!.ToString().Should().Be(grant);
        (await Asked(agent, "invitations.list")).Should().Be("not_granted", "it is not among its operations");
        (await Asked(live, "members.list")).Should().Be("unknown_subject");
        await world.Access.Tenants.Call(staff, "agents.suspend", new { agent }, new { reason = "a test" });
        (await Asked(agent, "members.list")).Should().Be("suspended_subject");
    }

    [Fact]
    public async Task A_decision_is_the_gates_and_says_what_determined_it()
    {
        await using var world = await AuthZenWorld.Start([]);
        var (access, tenant) = (world.Access, world.Access.Tenant);
        var group = await access.Group("Sales", access.Vera);
        var grant = await access.Grant(new { group_id = group, permission = "invitations.list" });
        foreach (var operation in new[] { "invitations.list", "members.list", "groups.list", "roles.create" })
        {
            foreach (var who in new[] { access.Owner, access.Admin, access.Ben, access.Vera })
            {
                var code = await access.Code(
                    who, operation, body: new { name = "X", permissions = Array.Empty<string>() });
                (await world.Asks(Id(who), operation, "tenant", tenant))
                    .Should().Be(code != "permission_denied", $"{who.Display} calls {operation}");
            }
        }
        var context = (await world.Post("evaluation", new
        {
            subject = new { type = "user", id = Id(access.Vera) },
            action = new { name = "invitations.list" },
            resource = new { type = "tenant", id = tenant },
        }))["context"]!;
        context["reason"]!.ToString().Should().Be("allowed");
        context["revision"]!.GetValue<long>().Should().Be(4, "a role was made meanwhile");
        string.Join(", ", context["determined_by"]!.AsArray().Select(step => $"{step!["kind"]} {step["id"]}"))
            .Should().Be($"user {Id(access.Vera)}, group {group}, grant {grant}");

        await access.Call(access.Admin, "grants.revoke", new { grant });
        (await world.Asks(Id(access.Vera), "invitations.list", "tenant", tenant)).Should().BeFalse();
    }

    [Fact]
    public async Task Who_is_suspended_is_let_in_nowhere()
    {
        await using var world = await AuthZenWorld.Start([]);
        var (access, user) = (world.Access, Id(world.Access.Vera));
        object question = new
        {
            subject = new { type = "user", id = user }, action = new { name = "members.list" },
            resource = new { type = "tenant", id = access.Tenant },
        };
        (await world.Asks(question)).Should().BeTrue();

        await access.Tenants.Call(InProcess.Owner, "users.suspend", new { user }, new { reason = "a test" });
        Reason(await world.Send("evaluation", question)).Should().Be("suspended_subject");
        var found = await world.Post("search/subject", new
        {
            subject = new { type = "user" }, action = new { name = "members.list" },
            resource = new { type = "tenant", id = access.Tenant },
        });
        found["results"]!.AsArray().Select(one => one!["id"]!.ToString()).Should().NotContain(user).And.HaveCount(3);
        await access.Tenants.Call(InProcess.Owner, "users.restore", new { user }, new { reason = "a test" });
        (await world.Asks(question)).Should().BeTrue();
    }

    [Fact]
    public async Task A_policy_denies_and_is_named()
    {
        await using var world = await AuthZenWorld.Start(["route.get"]);
        var access = world.Access;
        await access.Grant(access.Vera, "route.get");
        object question = new
        {
            subject = new { type = "user", id = Id(access.Vera) }, action = new { name = "GET" },
            resource = new { type = "route", id = "/" },
        };
        (await world.Asks(question)).Should().BeTrue();
        var policy = (await access.Call(access.Admin, "policies.create", body: new
        {
            name = "Closed", mode = "enforce", permissions = new[] { "route.get" },
            app_id = access.Tenants.App.Value, collection = "route",
        }))["id"]!.ToString();

        var context = (await world.Post("evaluation", question))["context"]!;
        context["reason"]!.ToString().Should().Be("forbidden");
        context["determined_by"]![1]!["id"]!.ToString().Should().Be(policy);
        var basis = context["basis"]!.DeepClone().AsObject();
        basis["asked"] = System.Text.Json.JsonSerializer.SerializeToNode(question);
        await access.Call(access.Admin, "policies.delete", new { policy });
        (await world.Asks(question)).Should().BeTrue();
        (await access.Call(access.Admin, "access.replay", body: basis))["by"]!.ToString().Should().Be(policy);
    }

    [Fact]
    public async Task A_grant_for_a_workspace_or_a_record_is_for_it_alone()
    {
        await using var world = await AuthZenWorld.Start(["invoices.pay"]);
        var access = world.Access;
        var (berlin, bonn) = (await access.Workspace(), await access.Workspace("Bonn"));
        await access.Grant(access.Vera, "workspaces.update", new { workspace_id = berlin });
        var (one, two) = (RecordId.New(Now(world)).Value, RecordId.New(Now(world)).Value);
        await access.Grant(access.Vera, "invoices.pay", new { collection = "invoices", record_id = one });
        var vera = Id(access.Vera);

        (await world.Asks(vera, "workspaces.update", "workspace", berlin)).Should().BeTrue();
        (await world.Asks(vera, "workspaces.update", "workspace", bonn)).Should().BeFalse();
        (await world.Asks(vera, "workspaces.update", "workspace", "wsp_x")).Should().BeFalse();
        (await world.Asks(vera, "workspaces.update", "tenant", access.Tenant)).Should().BeFalse();
        (await world.Asks(vera, "pay", "invoices", one)).Should().BeTrue();
        (await world.Asks(vera, "PAY", "invoices", one)).Should().BeTrue("capitals are the same action");
        (await world.Asks(vera, "pay", "invoices", two)).Should().BeFalse();
        (await world.Asks(vera, "pay", "receipts", one)).Should().BeFalse();
        (await world.Asks(vera, "members.list", "invoices", one)).Should().BeFalse("that is about the tenant");
        object Of(string type) => new { subject = new { type = "user", id = vera }, resource = new { type } };
        (await world.Finds("resource", With(Of("workspace"), "workspaces.update"))).Should().Equal(berlin);
        (await world.Finds("resource", With(Of("invoices"), "pay"))).Should().Equal(one);
        (await world.Finds("resource", With(Of("tenant"), "members.list"))).Should().Equal(access.Tenant);
        (await world.Finds("action", new
        {
            subject = new { type = "user", id = vera }, resource = new { type = "invoices", id = one },
        }, "name")).Should().Equal("pay");
        (await world.Finds("action", new
        {
            subject = new { type = "user", id = vera }, resource = new { type = "workspace", id = berlin },
        }, "name")).Should().Contain("workspaces.update").And.Contain("members.list").And.NotContain("members.update");
    }

    [Fact]
    public async Task What_is_told_counts_for_the_one_question_and_never_in_a_call()
    {
        await using var world = await AuthZenWorld.Start([]);
        var (access, tenant) = (world.Access, world.Access.Tenant);
        await access.Grant(
            access.Vera, "invitations.list", new { condition = "!has(asked.resource.properties.secret)" });

        (await world.Asks(Id(access.Vera), "invitations.list", "tenant", tenant)).Should().BeTrue();
        (await access.Tries(access.Vera)).Should().Be("permission_denied", "in a call nothing is told");
        var said = await access.Call(access.Admin, "access.explain",
            body: new { user_id = Id(access.Vera), permission = "invitations.list" });
        said["allowed"]!.GetValue<bool>().Should().BeFalse();
        said["failed"]![0]!["detail"]!.ToString().Should().Contain("cannot be answered");
        (await world.Asks(new
        {
            subject = new { type = "user", id = Id(access.Vera), properties = new { tenant_role = "owner" } },
            action = new { name = "members.remove" },
            resource = new { type = "tenant", id = tenant },
        })).Should().BeFalse("what is told of a subject is no role");
    }

    [Fact]
    public async Task Users_ask_about_themselves_and_admins_about_others()
    {
        await using var world = await AuthZenWorld.Start([]);
        var (access, tenant) = (world.Access, world.Access.Tenant);
        object About(string id) => new
        {
            subject = new { type = "user", id }, action = new { name = "members.list" },
            resource = new { type = "tenant", id = tenant },
        };
        Task<string?> Ask(Caller by, string id, string operation = "evaluation") =>
            access.Code(by, $"access.authzen.{operation}", body: About(id));

        (await Ask(access.Vera, Id(access.Vera))).Should().BeNull();
        (await Ask(access.Vera, Id(access.Ben))).Should().Be("permission_denied");
        (await Ask(access.Vera, "somebody")).Should().Be("permission_denied", "known and unknown are told alike");
        (await Ask(access.Admin, Id(access.Ben))).Should().BeNull();
        (await Ask(access.Vera, "x", "search_subject")).Should().Be("permission_denied");
        (await Ask(access.Vera, Id(access.Ben), "search_resource")).Should().Be("permission_denied");
        (await Ask(access.Vera, Id(access.Vera), "search_resource")).Should().BeNull();
        (await Ask(access.Admin, "x", "search_subject")).Should().BeNull();
        (await Ask(InProcess.Owner, Id(access.Ben))).Should().BeNull();

        var several = await access.Call(access.Vera, "access.authzen.evaluations", body: new
        {
            action = new { name = "members.list" }, resource = new { type = "tenant", id = tenant },
            evaluations = new[] { access.Vera, access.Ben }
                .Select(who => new { subject = new { type = "user", id = Id(who) } }),
        });
        several["evaluations"]!.AsArray().Select(one => one!["decision"]!.GetValue<bool>())
            .Should().Equal(true, false);
        several["evaluations"]![1]!["context"]!["error"]!["status"]!.GetValue<int>().Should().Be(403);

        // An admin of a workspace alone is none of the tenant.
        var workspace = await access.Workspace();
        await access.Call(access.Admin, "members.add", new { workspace },
            new { user_id = Id(access.Vera), role = "admin" });
        (await access.Code(access.Vera, "access.authzen.evaluation", new { workspace }, About(Id(access.Ben))))
            .Should().Be("permission_denied");
        (await access.Code(access.Vera, "access.authzen.search_subject", new { workspace }, About("x")))
            .Should().Be("permission_denied");
    }

    [Fact]
    public async Task Several_questions_end_where_the_caller_wants_it()
    {
        await using var world = await AuthZenWorld.Start([]);
        var (access, tenant) = (world.Access, world.Access.Tenant);
        Task<HttpAnswer> Ask(string? semantic, params string[] actions) => world.Send("evaluations", new
        {
            subject = new { type = "user", id = Id(access.Vera) }, resource = new { type = "tenant", id = tenant },
            evaluations = actions.Select(name => new { action = new { name } }),
            options = new { evaluations_semantic = semantic, another_option = 1 },
        });
        async Task<string> Answers(string? semantic) => string.Concat(
            (await Ask(semantic, "members.update", "members.list", "nothing.known", "members.list"))
                .Json["evaluations"]!.AsArray().Select(one => one!["decision"]!.GetValue<bool>() ? "1" : "0"));

        (await Answers(null)).Should().Be("0101");
        (await Answers("execute_all")).Should().Be("0101");
        (await Answers("deny_on_first_deny")).Should().Be("0");
        (await Answers("permit_on_first_permit")).Should().Be("01");
        (await Ask("any")).Status.Should().Be(400);
        (await Ask(null, [.. Enumerable.Repeat("members.list", 201)])).Status.Should().Be(400);
    }

    [Fact]
    public async Task A_page_holds_what_it_says_and_its_token_fits_no_other_search()
    {
        await using var world = await AuthZenWorld.Start([]);
        var (access, tenant) = (world.Access, world.Access.Tenant);
        object Who(string action, object? page) => new
        {
            subject = new { type = "user" }, action = new { name = action },
            resource = new { type = "tenant", id = tenant }, page,
        };
        var (found, token, pages) = (new List<string>(), "", 0);
        do
        {
            var page = await world.Post("search/subject", Who("members.list", new { limit = 1, token }));
            found.AddRange(page["results"]!.AsArray().Select(one => one!["id"]!.ToString()));
            token = page["page"]!["next_token"]!.ToString();
            pages++;
            if (pages == 1)
            {
                (await world.Send("search/subject", Who("members.update", new { token }))).Status.Should().Be(400);
                (await world.Send("search/subject", Who("members.list", new { token = token + "x" })))
                    .Status.Should().Be(400);
                (await world.Send("search/subject", Who("members.list", new { next_token = token })))
                    .Status.Should().Be(200, "drafts called it so");
            }
        }
        while (token.Length > 0);
        found.Should().Equal(new[] { access.Owner, access.Admin, access.Ben, access.Vera }.Select(Id));
        foreach (var limit in new object[] { 0, -1, 1.5, "x" })
            (await world.Send("search/subject", Who("members.list", new { limit }))).Status.Should().Be(400);
        (await world.Send("search/subject", Who("members.list", new { limit = 1_000_000 }))).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_key_asks_only_what_it_holds_and_only_for_its_app()
    {
        await using var world = await AuthZenWorld.Start(["route.get"]);
        var access = world.Access;
        var other = await access.Tenants.User("oscar", access.Tenants.OtherApp);
        await access.Grant(access.Vera, "route.get");
        (await world.Asks(Id(access.Vera), "GET", "route", "/")).Should().BeTrue();
        await access.Call(access.Owner, "tenants.install", new { app = access.Tenants.OtherApp.Value });
        var foreign = access.Tenants.Key with { App = access.Tenants.OtherApp };
        var answer = await access.Call(foreign, "access.authzen.evaluation", body: new
        {
            subject = new { type = "user", id = Id(access.Vera) }, action = new { name = "GET" },
            resource = new { type = "route", id = "/" },
        });
        answer["context"]!["reason"]!.ToString().Should().Be("unknown_action", "another app declares it");
        other.App.Should().Be(access.Tenants.OtherApp);
        (await access.Code(access.Tenants.Key with { Permissions = ["access.authzen.evaluation"] },
            "access.authzen.evaluations", body: new { })).Should().Be("permission_denied");
    }

    private static JsonObject With(object question, string action)
    {
        var whole = System.Text.Json.JsonSerializer.SerializeToNode(question)!.AsObject();
        whole["action"] = new JsonObject { ["name"] = action };
        return whole;
    }

    private static DateTimeOffset Now(AuthZenWorld world) => world.Server.Clock.GetUtcNow();

    private static string Id(Caller caller) => caller.User!.Value.Value;

    private static string Reason(HttpAnswer answer) => answer.Json["context"]!["reason"]!.ToString();
}
