using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Records;
using static System.FormattableString;

namespace Castellan.Tests.Access;

/// <summary>What policies refuse, where it is asked what somebody may and who may.</summary>
public sealed class ProhibitionTests
{
    [Fact]
    public async Task What_a_policy_refuses_to_all_nobody_holds()
    {
        await using var world = await AccessWorld.Start();
        var role = await world.Role("Inviter", "invitations.list", "members.update");
        var grant = await world.Grant(new { user_id = Id(world.Vera), role_id = role });
        var policy = await Policy(world, new { name = "Closed", permissions = new[] { "invitations.list" } });
        await Policy(world, new { name = "Trial", permissions = new[] { "members.update" }, mode = "shadow" });
        await Policy(world, new { name = "Told", permissions = new[] { "members.update" }, mode = "report" });

        (await ByRole(world, world.Admin)).Should().NotContain("invitations.list").And.Contain("members.update");
        (await ByGrants(world, world.Vera)).Should().Equal($"{grant}: members.update");
        (await WhatCan(world, world.Vera))["forbidden"]!.ToJsonString().Should().Be(
            $$"""[{"policy_id":"{{policy}}","name":"Closed","permissions":["invitations.list"],"app_id":null,"""
            + "\"workspace_id\":null,\"collection\":null,\"condition\":null}]");
        (await WhoCan(world, "invitations.list")).Should().Be("nobody, but for Closed");
        (await WhoCan(world, "members.update")).Should().Be("owner admin vera");
        (await Explain(world, world.Owner, "invitations.list")).Should().Be(policy);

        await world.Call(world.Owner, "policies.update", new { policy }, new { mode = "shadow" });
        (await ByRole(world, world.Admin)).Should().Contain("invitations.list");
        (await WhoCan(world, "invitations.list")).Should().Be("owner admin vera");
    }

    [Fact]
    public async Task A_policy_with_a_condition_is_told_and_takes_nothing_away()
    {
        await using var world = await AccessWorld.Start();
        await Policy(world, new
        {
            name = "At night", permissions = new[] { "invitations.list" }, condition = "caller.kind == 'key'",
        });

        (await ByRole(world, world.Admin)).Should().Contain("invitations.list");
        var told = (await WhatCan(world, world.Admin))["forbidden"]!.AsArray().Should().ContainSingle().Which!;
        told["condition"]!.ToString().Should().Be("caller.kind == 'key'");
        (await WhoCan(world, "invitations.list")).Should().Be("owner admin, but for At night");
    }

    [Fact]
    public async Task A_policy_on_a_part_takes_away_what_is_for_that_part_alone()
    {
        await using var world = await AccessWorld.Start();
        var (berlin, bonn) = (await world.Workspace(), await world.Workspace("Bonn"));
        var here = await world.Grant(world.Vera, "workspaces.update", new { workspace_id = berlin });
        await world.Grant(world.Ben, "workspaces.update", new { workspace_id = berlin });
        var there = await world.Grant(world.Vera, "workspaces.update", new { workspace_id = bonn });
        await Policy(world, new
        {
            name = "Berlin", permissions = new[] { "workspaces.update" }, workspace_id = berlin,
        });

        (await ByRole(world, world.Admin)).Should().Contain("workspaces.update", "elsewhere it may be done");
        (await ByGrants(world, world.Vera)).Should().Equal($"{here}: ", $"{there}: workspaces.update");
        (await WhoCan(world, "workspaces.update")).Should().Be("owner admin vera, but for Berlin");
    }

    [Fact]
    public async Task A_policy_about_everything_leaves_what_none_can_forbid()
    {
        await using var world = await AccessWorld.Start();
        await Policy(world, new { name = "Closed" });

        // Nobody gets to the question by the rights of a member any more, but staff do.
        var can = await world.Call(InProcess.Owner, "access.what_can", new { member = world.Members[world.Admin] });
        can["by_role"]!.AsArray().Select(name => name!.ToString())
            .Should().Contain("policies.update").And.NotContain("members.list");
        (await WhoCan(world, "policies.list", InProcess.Owner)).Should().Be("owner admin");
        (await WhoCan(world, "members.list", InProcess.Owner)).Should().Be("nobody, but for Closed");
    }

    [Fact]
    public async Task What_is_for_another_app_alone_is_not_told_to_a_key()
    {
        await using var world = await AccessWorld.Start();
        await world.Call(world.Owner, "tenants.install", new { app = world.Tenants.OtherApp.Value });
        await Policy(world, new { name = "All", permissions = new[] { "members.update" }, condition = "false" });
        await Policy(world, new
        {
            name = "Other's", permissions = new[] { "members.update" }, app_id = world.Tenants.OtherApp.Value,
        });

        (await WhoCan(world, "members.update", InProcess.Owner)).Should().Be("owner admin, but for All Other's");
        (await WhoCan(world, "members.update", world.Tenants.Key)).Should().Be("owner admin, but for All");
        var can = await world.Call(
            world.Tenants.Key, "access.what_can", new { member = world.Members[world.Admin] });
        can["forbidden"]!.AsArray().Select(policy => policy!["name"]!.ToString()).Should().Equal("All");
    }

    [Fact]
    public async Task Permissions_of_an_app_are_forbidden_in_that_app()
    {
        await using var world = await RecordWorld.Start("""
            {
              "castellan": 1,
              "permissions": { "invoices.read_all": "Read every invoice.", "invoices.pay": "Pay an invoice." },
              "roles": { "cashier": { "permissions": ["invoices.pay", "invoices.read_all"] } },
              "collections": {
                "invoices": {
                  "schema": { "properties": { "text": { "type": "string" } } },
                  "rules": {
                    "list": "owner", "read": "owner", "create": "tenant_member", "update": "can('invoices.pay')",
                    "delete": "owner"
                  }
                }
              }
            }
            """);
        var (tenant, app_id) = (world.Tenant, world.Tenants.App.Value);
        var member = (await world.Tenants.Call(world.Ada, "members.list", new { tenant }))["items"]!.AsArray()
            .Single(m => m!["user_id"]!.ToString() == Id(world.Ben))!["id"]!.ToString();
        await world.Tenants.Call(
            world.Ada, "members.app_roles.set", new { tenant, member }, new { roles = new[] { "cashier" } });
        foreach (var policy in new object[]
        {
            new { name = "No payments", mode = "enforce", permissions = new[] { "invoices.pay" }, app_id },
            new { name = "Invoices", mode = "enforce", collection = "invoices" },
        })
        {
            await world.Tenants.Call(world.Ada, "policies.create", new { tenant }, policy);
        }

        var can = await world.Tenants.Call(world.Ada, "access.what_can", new { tenant, member });
        can["app_roles"]![0]!["permissions"]!.ToJsonString().Should().Be("""["invoices.read_all"]""");
        (await Holders("invoices.pay")).Should().Be("0 No payments Invoices");
        (await Holders("invoices.read_all")).Should().Be("1 Invoices", "where no collection is named, it may be had");
        (await Holders("members.list")).Should().Be("2", "it is in no collection");

        async Task<string> Holders(string permission)
        {
            var told = await world.Tenants.Call(world.Ada, "access.who_can", new { tenant, permission });
            return string.Join(
                ' ', [Invariant($"{told["items"]!.AsArray().Count}"), .. Names(told["forbidden"]!)]);
        }
    }

    private static string Id(Caller caller) => caller.User!.Value.Value;

    private static IEnumerable<string> Names(JsonNode policies) =>
        policies.AsArray().Select(policy => policy!["name"]!.ToString());

    private static async Task<string> Policy(AccessWorld world, object body)
    {
        var policy = System.Text.Json.JsonSerializer.SerializeToNode(body)!.AsObject();
        policy.TryAdd("mode", "enforce");
        return (await world.Call(InProcess.Owner, "policies.create", body: policy))["id"]!.ToString();
    }

    private static Task<JsonObject> WhatCan(AccessWorld world, Caller who) =>
        world.Call(world.Owner, "access.what_can", new { member = world.Members[who] });

    private static async Task<IEnumerable<string>> ByRole(AccessWorld world, Caller who) =>
        (await WhatCan(world, who))["by_role"]!.AsArray().Select(name => name!.ToString());

    private static async Task<IEnumerable<string>> ByGrants(AccessWorld world, Caller who) =>
        (await WhatCan(world, who))["by_grants"]!.AsArray().Select(grant =>
            $"{grant!["grant_id"]}: {string.Join(", ", grant["permissions"]!.AsArray())}");

    /// <summary>Names of members, and of policies that can refuse it.</summary>
    private static async Task<string> WhoCan(AccessWorld world, string permission, Caller? by = null)
    {
        var told = await world.Call(by ?? world.Owner, "access.who_can", new { permission });
        string[] holders = [.. told["items"]!.AsArray().Select(holder => Name(holder!["user_id"]!.ToString()))];
        string[] policies = [.. Names(told["forbidden"]!)];
        return (holders.Length == 0 ? "nobody" : string.Join(' ', holders))
            + (policies.Length == 0 ? "" : $", but for {string.Join(' ', policies)}");

        string Name(string user) => new (string Name, Caller Who)[]
        {
            ("owner", world.Owner), ("admin", world.Admin), ("ben", world.Ben), ("vera", world.Vera),
        }.Single(one => Id(one.Who) == user).Name;
    }

    /// <summary>By what it is denied.</summary>
    private static async Task<string> Explain(AccessWorld world, Caller who, string permission)
    {
        var said = await world.Call(
            world.Owner, "access.explain", body: new { user_id = Id(who), permission });
        said["allowed"]!.GetValue<bool>().Should().BeFalse();
        return said["by"]!.ToString();
    }
}
