using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Access.Policies;
using Castellan.Access.Simulation;
using Castellan.Kernel;
using Castellan.Tests.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Access;

/// <summary>What a tenant forbids, first in trial and then for good.</summary>
public sealed class PolicyTests
{
    [Fact]
    public async Task It_goes_from_trial_to_refusal_and_says_so()
    {
        await using var world = await AccessWorld.Start();
        var policy = await Policy(world, new
        {
            name = "Invitations", permissions = new[] { "invitations.list" }, message = "Ask Eve.",
        });
        (await world.Tries(world.Admin)).Should().BeNull("it is in shadow");

        await Set(world, policy, "report");
        (await world.Tries(world.Admin)).Should().BeNull();
        (await world.Tries(world.Vera)).Should().Be("permission_denied", "nothing allows it in the first place");

        await Set(world, policy, "enforce");
        var problem = await world.Problem(world.Admin, "invitations.list");
        problem!.Type.Code.Should().Be("permission_denied");
        problem.Detail.Should().Be("The tenant's policy 'Invitations' forbids it: Ask Eve.");
        (await world.Tries(world.Owner)).Should().Be("permission_denied", "it is for everybody");
        (await world.Code(world.Owner, "members.list")).Should().BeNull("it is about one thing");

        await world.Call(world.Owner, "policies.delete", new { policy });
        (await world.Tries(world.Admin)).Should().BeNull();
        (await world.Code(world.Owner, "policies.get", new { policy })).Should().Be("not_found");
    }

    [Fact]
    public async Task It_is_stronger_than_a_grant()
    {
        await using var world = await AccessWorld.Start();
        await world.Grant(world.Vera, "invitations.list");
        await Policy(world, new
        {
            name = "No viewers", mode = "enforce", condition = "caller.tenant_role == 'viewer'",
            permissions = new[] { "invitations.list" },
        });

        (await world.Tries(world.Vera)).Should().Be("permission_denied");
        (await world.Tries(world.Admin)).Should().BeNull("the condition is about viewers");
    }

    [Fact]
    public async Task Without_permissions_it_forbids_everything_but_the_way_back()
    {
        await using var world = await AccessWorld.Start();
        var policy = await Policy(world, new { name = "Closed", mode = "enforce" });

        (await world.Code(world.Owner, "members.list")).Should().Be("permission_denied");
        (await world.Code(world.Owner, "tenants.get")).Should().Be("permission_denied");
        (await world.Code(world.Owner, "policies.list")).Should().BeNull();
        (await world.Code(world.Vera, "members.leave")).Should().BeNull("whoever wants to go may");
        await Set(world, policy, "shadow", world.Owner);
        (await world.Code(world.Owner, "members.list")).Should().BeNull();
    }

    [Fact]
    public async Task A_condition_that_cannot_be_answered_forbids()
    {
        await using var world = await AccessWorld.Start();
        await Policy(world, new
        {
            name = "Broken", mode = "enforce", permissions = new[] { "invitations.list" },
            condition = "1 / (caller.groups.size()) == 7",
        });

        (await world.Tries(world.Admin)).Should().Be("permission_denied", "by zero nothing is divided");
        await world.Group("Sales", world.Admin);
        (await world.Tries(world.Admin)).Should().BeNull("1 is not 7");
    }

    [Fact]
    public async Task It_looks_at_the_body_of_a_call()
    {
        await using var world = await AccessWorld.Start();
        await Policy(world, new
        {
            name = "Names", mode = "enforce", permissions = new[] { "workspaces.create" },
            condition = "!input.name.startsWith('Team ')",
        });

        (await world.Code(world.Owner, "workspaces.create", body: new { name = "Berlin" }))
            .Should().Be("permission_denied");
        (await world.Code(world.Owner, "workspaces.create", body: new { name = "" })).Should().Be("input_invalid");
        (await world.Code(world.Owner, "workspaces.create", body: new { name = "Team Berlin" })).Should().BeNull();
        (await world.Call(world.Owner, "workspaces.list"))["items"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task It_sees_of_a_body_what_is_done()
    {
        await using var world = await AccessWorld.Start();
        await Policy(world, new
        {
            name = "Rights", mode = "enforce", permissions = new[] { "grants.create", "roles.create" },
            condition = "permission == 'roles.create' ? 'members.update' in input.permissions : "
                + "!has(input.expires_at) || input.permission == 'members.update'",
        });
        var (user_id, later) = (Id(world.Vera), world.Tenants.Server.Clock.GetUtcNow().AddDays(1));
        async Task<string?> Grant(object body) => await world.Code(world.Owner, "grants.create", body: body);

        (await Grant(new { user_id, permission = "members.list", expires_at = (string?)null }))
            .Should().Be("permission_denied");
        (await Grant(new { user_id, permission = " members.update", expires_at = later }))
            .Should().Be("permission_denied");
        (await Grant(new { user_id, permission = "members.list", expires_at = later })).Should().BeNull();
        (await world.Code(world.Owner, "roles.create",
            body: new { name = "x", permissions = new[] { "members.update " } })).Should().Be("permission_denied");
    }

    [Fact]
    public async Task The_word_input_in_a_text_changes_nothing()
    {
        await using var world = await AccessWorld.Start();
        await Policy(world, new
        {
            name = "Text", mode = "enforce", permissions = new[] { "invitations.list" },
            condition = "caller.id != 'input' // whatever the input is",
        });

        (await world.Tries(world.Admin)).Should().Be("permission_denied");
        (await Explain(world, world.Admin, "invitations.list"))["allowed"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task A_slow_pattern_ends_what_it_is_in()
    {
        await using var world = await AccessWorld.Start();
        var texts = string.Join(',', Enumerable.Range(0, 55));
        var slow = $"[{texts}].exists(x, ('{new string('a', 350)}' + caller.id).matches("
            + "'([ab]*a[ab]{300}c)|([ab]*b[ab]{301}d)'))";
        for (var i = 0; i < 10; i++)
        {
            await Policy(world, new
            {
                name = $"Slow {i}", mode = "shadow", permissions = new[] { "invitations.list" }, condition = slow + " ",
            });
        }

        var began = System.Diagnostics.Stopwatch.StartNew();
        (await world.Tries(world.Admin)).Should().BeNull();
        began.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_grant_looks_at_the_body_of_a_call()
    {
        await using var world = await AccessWorld.Start();
        var grant = await world.Grant(
            world.Vera, "workspaces.create", new { condition = "input.name.startsWith('Vera')" }, world.Owner);

        (await world.Code(world.Vera, "workspaces.create", body: new { name = "Berlin" }))
            .Should().Be("permission_denied");
        (await world.Code(world.Vera, "workspaces.create", body: new { name = "Vera's" })).Should().BeNull();
        (await world.Code(world.Ben, "workspaces.create", body: new { name = "Vera's" }))
            .Should().Be("permission_denied");
        var audit = await world.Texts($"""
            select coalesce(reason, '') from audit_entry where action = 'workspaces.create' and outcome <> 'denied'
            """);
        audit.Should().Equal($"Allowed by {grant} at revision 1.");
        var told = await Explain(world, world.Vera, "workspaces.create");
        told["allowed"]!.GetValue<bool>().Should().BeFalse("a question has no body");
        told["failed"]![0]!["detail"]!.ToString().Should().Contain("no call here whose body");
    }

    [Fact]
    public async Task What_it_met_is_counted_by_mode_and_by_whom()
    {
        await using var world = await AccessWorld.Start();
        var policy = await Policy(world, new { name = "Counted", permissions = new[] { "invitations.list" } });
        await world.Tries(world.Admin);
        await world.Tries(world.Admin);
        await Set(world, policy, "enforce");
        await world.Tries(world.Owner);
        await Written(world);

        var hits = (await world.Call(world.Admin, "policies.hits", new { policy }))["items"]!.AsArray();

        hits.Select(hit => $"{hit!["mode"]} {hit["permission"]} {hit["subject_id"]} {hit["times"]}").Should().Equal(
            $"enforce invitations.list {Id(world.Owner)} 1", $"shadow invitations.list {Id(world.Admin)} 2");
        var first = await world.Call(world.Admin, "policies.hits", new { policy }, query: new { limit = 1 });
        var rest = await world.Call(world.Admin, "policies.hits", new { policy },
            query: new { limit = 1, cursor = first["next_cursor"]!.ToString() });
        rest["items"]![0]!["mode"]!.ToString().Should().Be("shadow");
        await world.Call(world.Admin, "members.remove", new { member = world.Members[world.Admin] });
        (await world.Texts($"select subject_id from access_policy_hit")).Should().Equal(Id(world.Owner));
    }

    [Fact]
    public async Task In_report_the_caller_and_the_log_are_told()
    {
        await using var world = await AccessWorld.Start();
        var policy = await Policy(world, new
        {
            name = "Reported", mode = "report", permissions = new[] { "workspaces.create", "members.list" },
        });

        var answer = await world.Tenants.Server.InProcess.Invoke(
            world.Admin, "workspaces.create", new Dictionary<string, string> { ["tenant"] = world.Tenant },
            new { name = "Berlin" });

        answer.Problem.Should().BeNull();
        (await world.Texts($"select coalesce(reason, '') from audit_entry where action = 'workspaces.create'"))
            .Should().Equal($"Allowed by admin at revision 1. It would be refused by {policy}.");
    }

    [Fact]
    public async Task Questions_and_replays_know_it()
    {
        await using var world = await AccessWorld.Start();
        await world.Grant(world.Vera, "invitations.list");
        var policy = await Policy(world, new
        {
            name = "Known", mode = "enforce", permissions = new[] { "invitations.list" },
        });

        var told = await Explain(world, world.Vera, "invitations.list");
        told["allowed"]!.GetValue<bool>().Should().BeFalse();
        told["by"]!.ToString().Should().Be(policy);
        told["policies"]!.AsArray().Select(one => $"{one!["policy_id"]} {one["mode"]} {one["since_revision"]}")
            .Should().Equal($"{policy} enforce 2");
        told["proof"]!.AsArray().Select(step => step!["kind"]!.ToString()).Should().Equal("user", "policy");
        told["missing"].Should().BeNull("no grant would help");

        await Set(world, policy, "report");
        var now = await Explain(world, world.Vera, "invitations.list");
        now["allowed"]!.GetValue<bool>().Should().BeTrue();
        now["policies"]!.AsArray().Should().ContainSingle("it is told of");
        var again = await world.Call(world.Admin, "access.replay", body: told["basis"]);
        again.ToJsonString().Should().Be(told.ToJsonString(), "it was in force then");
        (await world.Call(world.Admin, "access.replay", body: now["basis"])).ToJsonString()
            .Should().Be(now.ToJsonString());
    }

    [Fact]
    public async Task It_is_tried_on_what_was_decided()
    {
        await using var world = await AccessWorld.Start();
        await world.Tries(world.Admin);
        await world.Tries(world.Owner);
        await Written(world);
        var policy = await Policy(world, new
        {
            name = "Tried", permissions = new[] { "invitations.list" }, condition = "caller.tenant_role == 'admin'",
        });

        var enforced = await world.Call(world.Admin, "access.simulate", body: new { enforce = new[] { policy } });
        Flips(enforced).Should().Equal($"{Id(world.Admin)} False 1 ");
        var proposed = await world.Call(world.Admin, "access.simulate", body: new
        {
            policies = new[]
            {
                new
                {
                    name = "New", permissions = new[] { "invitations.list" },
                    condition = "caller.tenant_role == 'owner'",
                },
            },
        });
        Flips(proposed).Should().Equal($"{Id(world.Owner)} False 1 ");
        (await world.Tries(world.Admin)).Should().BeNull("nothing was done");
        (await world.Code(world.Admin, "access.simulate", body: new { enforce = new[] { "plc_no" } }))
            .Should().Be("input_invalid");
        (await world.Code(world.Admin, "access.simulate", body: new
        {
            enforce = new[] { "plc_00000000000000000000000000" },
        })).Should().Be("not_found");
        (await world.Problem(world.Admin, "access.simulate", body: new
        {
            policies = new[] { new { name = "New", permissions = new[] { "policies.list" } } },
        }))!.Errors[0].Pointer.Should().Be("/policies/0/permissions/0");
    }

    [Fact]
    public async Task Rules_of_apps_miss_what_is_forbidden()
    {
        const string Contract = """
            {
              "castellan": 1,
              "permissions": { "invoices.pay": "Pay an invoice." },
              "roles": { "cashier": { "permissions": ["invoices.pay"] } },
              "collections": {
                "invoices": {
                  "schema": { "properties": { "text": { "type": "string" } } },
                  "rules": {
                    "list": "tenant_member", "read": "tenant_member", "create": "tenant_member",
                    "update": "can('invoices.pay')", "delete": "tenant_member"
                  }
                }
              }
            }
            """;
        await using var world = await RecordWorld.Start(Contract);
        var (tenant, app_id) = (world.Tenant, world.Tenants.App.Value);
        await world.Tenants.Call(world.Ada, "grants.create", new { tenant },
            new { user_id = world.Ben.User!.Value.Value, permission = "invoices.pay", app_id });
        var first = await world.Id(world.Ada, "invoices", new { text = "one" });
        var second = await world.Id(world.Ada, "invoices", new { text = "two" });
        (await Write(world, "records.update", first)).Should().BeNull();

        var ofPermission = (await world.Tenants.Call(world.Ada, "policies.create", new { tenant }, new
        {
            name = "Payments", mode = "enforce", permissions = new[] { "invoices.pay" }, app_id,
            collection = "invoices", condition = "input.text == 'x' // what is written",
        }))["id"]!.ToString();
        (await Write(world, "records.update", first)).Should().Be("rule_denied");
        (await world.Code(world.Ben, "records.update", "invoices", second, new { text = "y" })).Should().BeNull();
        await world.Tenants.Call(world.Ada, "policies.delete", new { tenant, policy = ofPermission });
        (await Write(world, "records.update", first)).Should().BeNull();

        await world.Tenants.Call(world.Ada, "policies.create", new { tenant }, new
        {
            name = "Amounts", mode = "enforce", permissions = new[] { "records.create", "records.delete" }, app_id,
            collection = "invoices", condition = "permission == 'records.delete' || input.text == 'forbidden'",
        });
        (await Write(world, "records.delete", second)).Should().Be("permission_denied");
        (await world.Code(world.Ben, "records.create", "invoices", body: new { text = "forbidden" }))
            .Should().Be("permission_denied");
        (await world.Code(world.Ben, "records.create", "invoices", body: new { text = "allowed" }))
            .Should().BeNull();
    }

    [Fact]
    public async Task Other_ways_to_the_same_are_closed_with_it()
    {
        await using var world = await RecordWorld.Start("""
            {
              "castellan": 1,
              "collections": {
                "notes": {
                  "schema": { "properties": { "text": { "type": "string", "maxLength": 50 } } },
                  "unique": [["text"]],
                  "rules": {
                    "list": "tenant_member", "read": "tenant_member", "create": "tenant_member",
                    "update": "tenant_member", "delete": "tenant_member"
                  }
                }
              }
            }
            """);
        var (tenant, app_id) = (world.Tenant, world.Tenants.App.Value);
        var note = await world.Id(world.Ada, "notes", new { text = "one" });
        await world.Tenants.Call(world.Ada, "policies.create", new { tenant }, new
        {
            name = "No edits", mode = "enforce", permissions = new[] { "records.update", "records.delete" }, app_id,
            condition = "caller.id == 'BEN' || input.text == 'never'".Replace("BEN", world.Ben.User!.Value.Value),
        });
        await world.Tenants.Call(world.Ada, "policies.create", new { tenant }, new
        {
            name = "No lists", mode = "enforce", permissions = new[] { "records.list" }, app_id,
        });

        foreach (var operation in new[] { "records.update", "records.replace" })
        {
            (await world.Code(world.Ben, operation, "notes", note, new { text = "two" }))
                .Should().Be("permission_denied", operation);
        }
        (await world.Code(world.Ben, "records.delete", "notes", note)).Should().Be("permission_denied");
        (await world.Code(world.Ada, "records.query", "notes", body: new { })).Should().Be("permission_denied");
        (await world.Tenants.Code(world.Ben, "records.upsert", world.At("notes"), new { text = "new" }))
            .Should().Be("permission_denied");
        var items = new object[]
        {
            new { op = "create", record = new { text = "three" } },
            new { op = "update", id = note, record = new { text = "four" } },
            new { op = "delete", id = note },
            new { op = "upsert", on = new[] { "text" }, record = new { text = "one" } },
        };
        var told = await world.Tenants.Call(
            world.Ben, "records.bulk", world.At("notes"), new { atomic = false, items });
        told["results"]!.AsArray().Select(result => $"{result!["status"]} {result["code"]}").Should().Equal(
            "created ", "refused permission_denied", "refused permission_denied", "refused permission_denied");
        told = await world.Tenants.Call(world.Ada, "records.bulk", world.At("notes"), new
        {
            atomic = false,
            items = new[]
            {
                new { op = "update", id = note, record = new { text = "never" } },
                new { op = "update", id = note, record = new { text = "fine" } },
            },
        });
        told["results"]!.AsArray().Select(result => result!["status"]!.ToString()).Should().Equal("refused", "updated");
        (await world.Code(world.Ben, "records.bulk", "notes", body: new { items })).Should().Be("bulk_refused");
    }

    [Fact]
    public async Task It_binds_keys_and_who_acts_through_agents()
    {
        await using var world = await AccessWorld.Start();
        await Policy(world, new
        {
            name = "People only", mode = "enforce", permissions = new[] { "members.list" },
            condition = "caller.kind != 'user'",
        });

        (await world.Code(world.Tenants.Key, "members.list")).Should().Be("permission_denied");
        (await world.Code(world.Ben, "members.list")).Should().BeNull();
        (await world.Code(InProcess.Owner, "members.list")).Should().BeNull("staff are bound by their own roles");
    }

    [Fact]
    public async Task What_is_wrong_with_one_is_said()
    {
        await using var world = await AccessWorld.Start("--Access:PoliciesMax", "2");
        async Task<string> Wrong(object body) =>
            (await world.Problem(world.Admin, "policies.create", body: body))!.Errors[0].Code;

        (await Wrong(new { name = "x", condition = "caller.nothing" })).Should().Be("cel_error");
        (await Wrong(new { name = "x", permissions = new[] { "members.lst" } })).Should().Be("unknown_permission");
        (await Wrong(new { name = "x", permissions = new[] { "policies.list" } })).Should().Be("not_grantable");
        (await Wrong(new { name = "x", mode = "loud" })).Should().Be("not_a_choice");
        (await world.Code(world.Vera, "policies.create", body: new { name = "x" })).Should().Be("permission_denied");
        var first = await Policy(world, new { name = "One" });
        (await world.Code(world.Admin, "policies.create", body: new { name = "ONE" }))
            .Should().Be("access_name_taken");
        await Policy(world, new { name = "Two" });
        (await world.Code(world.Admin, "policies.create", body: new { name = "Three" }))
            .Should().Be("access_limit_reached");
        (await world.Code(world.Admin, "policies.update", new { policy = first }, new { name = "two" }))
            .Should().Be("access_name_taken");
        (await world.Code(world.Admin, "policies.update", new { policy = first }, new { name = "Uno" }, "\"7\""))
            .Should().Be("version_conflict");
        var renamed = await world.Call(world.Admin, "policies.update", new { policy = first }, new
        {
            name = "Uno", permissions = new[] { "members.list" }, condition = "true", description = "d",
        });
        ($"{renamed["name"]} {renamed["version"]} {renamed["permissions"]![0]} {renamed["mode"]}")
            .Should().Be("Uno 2 members.list shadow");
        var cleared = await world.Call(world.Admin, "policies.update", new { policy = first },
            new { condition = (string?)null });
        ($"{cleared["condition"]} {cleared["description"]}").Should().Be(" d");
        (await world.Code(world.Tenants.Key, "policies.update", new { policy = first }, new { name = "App's" }))
            .Should().Be("permission_denied", "it is for all apps");
        (await Wrong(new { name = "x", permissions = new[] { "members.list" }, collection = "invoices" }))
            .Should().Be("not_of_apps");
        await world.Call(world.Admin, "policies.delete", new { policy = first });
        var ofData = await Policy(
            world, new { name = "Data", permissions = new[] { "records.list" }, collection = "x" });
        (await world.Problem(world.Admin, "policies.update", new { policy = ofData },
            new { permissions = new[] { "members.list" } }))!.Errors[0].Code.Should().Be("not_of_apps");
        (await world.Call(world.Admin, "policies.list"))["items"]!.AsArray().Select(p => p!["name"]!.ToString())
            .Should().Equal("Two", "Data");
    }

    [Fact]
    public async Task It_ends_with_its_workspace()
    {
        await using var world = await AccessWorld.Start();
        var workspace = await world.Workspace();
        await Policy(world, new { name = "There", mode = "enforce", workspace_id = workspace });
        (await world.Code(world.Owner, "workspaces.get", new { workspace })).Should().Be("permission_denied");
        (await world.Code(world.Owner, "members.list")).Should().BeNull();
        (await world.Code(world.Admin, "policies.create",
            body: new { name = "x", workspace_id = "wsp_00000000000000000000000000" })).Should().Be("not_found");

        await world.Call(InProcess.Owner, "workspaces.delete", new { workspace });

        (await world.Call(world.Owner, "policies.list"))["items"]!.AsArray().Should().BeEmpty();
    }

    private static async Task<string> Policy(AccessWorld world, object body) =>
        (await world.Call(world.Admin, "policies.create", body: body))["id"]!.ToString();

    private static Task<JsonObject> Set(AccessWorld world, string policy, string mode, Caller? by = null) =>
        world.Call(by ?? world.Admin, "policies.update", new { policy }, new { mode });

    private static Task<JsonObject> Explain(AccessWorld world, Caller who, string permission) =>
        world.Call(world.Admin, "access.explain", body: new { user_id = Id(who), permission });

    private static Task<string?> Write(RecordWorld world, string operation, string record) => world.Code(
        world.Ben, operation, "invoices", record,
        operation == "records.update" ? new { text = "x" } : null);

    private static IEnumerable<string> Flips(JsonObject told) => told["flips"]!.AsArray()
        .Select(flip => $"{flip!["user_id"]} {flip["allowed"]!.GetValue<bool>()} {flip["times"]} ");

    private static string Id(Caller caller) => caller.User!.Value.Value;

    /// <summary>Has the counts written down.</summary>
    private static async Task Written(AccessWorld world)
    {
        var services = world.Tenants.Server.App.Services;
        var counts = services.GetRequiredService<Castellan.Access.AccessCounts>();
        var now = world.Tenants.Server.Clock.GetUtcNow();
        await services.GetRequiredService<DecisionStore>().Add(counts.Decisions.Drain(), now);
        await services.GetRequiredService<PolicyHitStore>().Add(counts.Policies.Drain(), now);
    }
}
