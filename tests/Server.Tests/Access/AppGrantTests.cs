using AwesomeAssertions;
using Castellan.Access;
using Castellan.Access.Policies;
using Castellan.Kernel;
using Castellan.Tests.Records;

namespace Castellan.Tests.Access;

/// <summary>Permissions that an app declares, granted: its rules ask for them with can().</summary>
public sealed class AppGrantTests
{
    private const string Contract = """
        {
          "castellan": 1,
          "permissions": { "invoices.read_all": "Read every invoice.", "invoices.pay": "Pay an invoice." },
          "roles": { "cashier": { "permissions": ["invoices.pay"] } },
          "collections": {
            "invoices": {
              "schema": { "properties": { "text": { "type": "string" }, "pair_id": { "type": "string" } } },
              "references": { "pair_id": { "collection": "receipts", "on_delete": "set_null" } },
              "workspace": "optional",
              "rules": {
                "list": "owner || can('invoices.read_all')", "read": "owner || can('invoices.read_all')",
                "create": "tenant_member", "update": "can('invoices.pay')", "delete": "owner"
              }
            },
            "receipts": {
              "schema": { "properties": { "text": { "type": "string" } } },
              "rules": {
                "list": "owner || can('invoices.read_all')", "read": "owner || can('invoices.read_all')",
                "create": "tenant_member", "update": "can('invoices.pay')", "delete": "owner"
              }
            }
          }
        }
        """;

    [Fact]
    public async Task A_granted_permission_is_seen_by_rules_until_it_ends()
    {
        await using var world = await RecordWorld.Start(Contract);
        var invoice = await world.Id(world.Ada, "invoices", new { text = "one" });
        (await Get(world, "invoices", invoice)).Should().Be("not_found");

        var grant = await Grant(world, "invoices.read_all");
        (await Get(world, "invoices", invoice)).Should().BeNull();
        (await world.Values(world.Ben, "invoices", "text")).Should().Equal("one");
        (await Pay(world, invoice)).Should().Be("rule_denied", "another one was granted");

        await world.Tenants.Call(world.Ada, "grants.revoke", new { tenant = world.Tenant, grant });
        (await Get(world, "invoices", invoice)).Should().Be("not_found");
        (await world.Values(world.Ben, "invoices", "text")).Should().BeEmpty();
    }

    [Fact]
    public async Task It_is_for_its_collection_also_where_a_filter_leads_to_another()
    {
        await using var world = await RecordWorld.Start(Contract);
        var receipt = await world.Id(world.Ada, "receipts", new { text = "secret" });
        var invoice = await world.Id(world.Ada, "invoices", new { text = "one", pair_id = receipt });
        await Grant(world, "invoices.read_all", new { collection = "invoices" });

        (await Get(world, "invoices", invoice)).Should().BeNull();
        (await Get(world, "receipts", receipt)).Should().Be("not_found");
        var query = new { where = "record.pair.text == 'secret'" };
        (await world.Values(world.Ben, "invoices", "text", query)).Should().BeEmpty("the receipt is hidden");

        await Grant(world, "invoices.read_all", new { collection = "receipts" });
        (await world.Values(world.Ben, "invoices", "text", query)).Should().Equal("one");
    }

    [Fact]
    public async Task It_is_for_its_record_where_the_call_names_that()
    {
        await using var world = await RecordWorld.Start(Contract);
        var first = await world.Id(world.Ada, "invoices", new { text = "one" });
        var second = await world.Id(world.Ada, "invoices", new { text = "two" });
        await Grant(world, "invoices.read_all", new { collection = "invoices", record_id = first });
        await Grant(world, "invoices.pay", new { collection = "invoices", record_id = first });

        (await Get(world, "invoices", first)).Should().BeNull();
        (await Get(world, "invoices", second)).Should().Be("not_found");
        (await Pay(world, first)).Should().BeNull();
        (await Pay(world, second)).Should().Be("not_found");
        (await world.Values(world.Ben, "invoices", "text")).Should().BeEmpty("a list names no record");
    }

    [Fact]
    public async Task It_is_for_its_workspace_where_the_call_names_that()
    {
        await using var world = await RecordWorld.Start(Contract);
        var berlin = await world.Tenants.Workspace(world.Ada, world.Tenant);
        var bonn = await world.Tenants.Workspace(world.Ada, world.Tenant, "Bonn");
        await world.Id(world.Ada, "invoices", new { text = "berlin" }, berlin);
        await world.Id(world.Ada, "invoices", new { text = "bonn" }, bonn);
        await world.Id(world.Ada, "receipts", new { text = "everywhere" });
        await Grant(world, "invoices.read_all", new { workspace_id = berlin });

        (await Listed(world, "invoices", berlin)).Should().Equal("berlin");
        (await Listed(world, "invoices", bonn)).Should().BeEmpty();
        (await Listed(world, "invoices", null)).Should().BeEmpty();
        (await Listed(world, "receipts", berlin)).Should().BeEmpty("receipts lie in no workspace");
    }

    [Fact]
    public async Task What_an_app_declares_is_granted_for_it_alone()
    {
        await using var world = await RecordWorld.Start(Contract);
        var (ben, tenant) = (world.Ben.User!.Value.Value, world.Tenant);
        async Task<string?> Give(Caller by, string permission, string? app_id = null) => await world.Tenants.Code(
            by, "grants.create", new { tenant }, new { user_id = ben, permission, app_id });

        (await Give(world.Ada, "invoices.void")).Should().Be("input_invalid");
        (await Give(InProcess.Owner, "invoices.pay")).Should().Be("input_invalid", "an operator says whose it is");
        (await Give(InProcess.Owner, "invoices.pay", world.Tenants.App.Value)).Should().BeNull();
        (await Give(world.Ben, "invoices.read_all")).Should().Be("permission_denied");
        (await Give(world.Ada, "grants.create")).Should().BeNull();
        (await Give(world.Ben, "invoices.read_all")).Should().Be("grant_too_high");
    }

    [Fact]
    public async Task Roles_of_the_app_and_of_the_tenant_are_both_told_of()
    {
        await using var world = await RecordWorld.Start(Contract);
        var (tenant, ben) = (world.Tenant, world.Ben.User!.Value.Value);
        var member = (await world.Tenants.Call(world.Ada, "members.list", new { tenant }))["items"]!.AsArray()
            .Single(m => m!["user_id"]!.ToString() == ben)!["id"]!.ToString();
        await world.Tenants.Call(
            world.Ada, "members.app_roles.set", new { tenant, member }, new { roles = new[] { "cashier" } });
        var role = (await world.Tenants.Call(world.Ada, "roles.create", new { tenant },
            new { name = "Reader", permissions = new[] { "invoices.read_all", "members.update" } }))["id"]!.ToString();
        await world.Tenants.Call(world.Ada, "grants.create", new { tenant }, new { user_id = ben, role_id = role });

        async Task<string> By(string permission) => (await world.Tenants.Call(
            world.Ada, "access.explain", new { tenant }, new { user_id = ben, permission }))
            ["proof"]![1]!["kind"]!.ToString();
        async Task<int> Holders(string permission) => (await world.Tenants.Call(
            world.Ada, "access.who_can", new { tenant, permission }))["items"]!.AsArray().Count;

        (await By("invoices.pay")).Should().Be("app_role");
        (await By("invoices.read_all")).Should().Be("role");
        (await By("members.update")).Should().Be("role");
        (await Holders("invoices.pay")).Should().Be(1);
        (await Holders("invoices.read_all")).Should().Be(1);
        (await Holders("members.update")).Should().Be(2);
        var can = await world.Tenants.Call(world.Ada, "access.what_can", new { tenant, member });
        can["app_roles"]![0]!["name"]!.ToString().Should().Be("cashier");
    }

    [Fact]
    public async Task What_a_policy_says_to_what_a_rule_asks_for_is_counted_and_told()
    {
        await using var world = await RecordWorld.Start(Contract);
        var (tenant, ben) = (world.Tenant, world.Ben.User!.Value.Value);
        var invoice = await world.Id(world.Ada, "invoices", new { text = "one" });
        await Grant(world, "invoices.pay");
        await Grant(world, "invoices.read_all");
        async Task<string> Policy(string name, string mode) => (await world.Tenants.Call(
            world.Ada, "policies.create", new { tenant },
            new { name, mode, permissions = new[] { "invoices.pay" } }))["id"]!.ToString();
        var (shadow, report) = (await Policy("Shadow", "shadow"), await Policy("Report", "report"));

        (await Pay(world, invoice)).Should().BeNull();
        (await Get(world, "invoices", invoice)).Should().BeNull("its rule asks for something else");
        await world.Tenants.Call(world.Ben, "records.explain", new { tenant, collection = "invoices" },
            new { operation = "update", record_id = invoice });
        (await world.Code(world.Ada, "records.update", "invoices", invoice, new { text = "no" }))
            .Should().Be("rule_denied", "who does not have it meets no policy");
        var refusing = await Policy("Refuse", "enforce");
        (await Pay(world, invoice)).Should().Be("rule_denied");
        await world.Tenants.Service<PolicyHitStore>().Add(
            world.Tenants.Service<AccessCounts>().Policies.Drain(), world.Tenants.Server.Clock.GetUtcNow());

        foreach (var (policy, times) in new[] { (shadow, 2), (report, 2), (refusing, 1) })
        {
            var hits = (await world.Tenants.Call(world.Ada, "policies.hits", new { tenant, policy }))["items"]!;
            hits.AsArray().Select(hit => $"{hit!["permission"]} {hit["subject_id"]} {hit["times"]}")
                .Should().Equal($"invoices.pay {ben} {times}");
        }
        (await world.Texts($"""
            select reason from audit_entry where action = 'records.update' and outcome = 'done' and actor_id = {ben}
            """)).Should().ContainSingle().Which.Should().Contain($"It would be refused by {report}.");
    }

    private static async Task<string> Grant(RecordWorld world, string permission, object? more = null)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        (body["user_id"], body["permission"]) = (world.Ben.User!.Value.Value, permission);
        var made = await world.Tenants.Call(world.Ada, "grants.create", new { tenant = world.Tenant }, body);
        return made["id"]!.ToString();
    }

    private static Task<string?> Get(RecordWorld world, string collection, string record) =>
        world.Code(world.Ben, "records.get", collection, record);

    private static Task<string?> Pay(RecordWorld world, string record) =>
        world.Code(world.Ben, "records.update", "invoices", record, new { text = "paid" });

    private static async Task<List<string>> Listed(RecordWorld world, string collection, string? workspace) =>
    [
        .. (await world.List(world.Ben, collection, workspace: workspace))["items"]!.AsArray()
            .Select(item => $"{item!["text"]}"),
    ];
}
