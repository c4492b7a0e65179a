using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Access.AuthZen;
using Castellan.Tests.Records;

namespace Castellan.Tests.Access;

/// <summary>A decision is given once more as it was, or it is said why that cannot be.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task A_decision_is_the_same_again_whatever_has_changed_since()
    {
        await using var world = await AccessWorld.Start();
        var workspace = await world.Workspace();
        var group = await world.Group("Sales", world.Vera, world.Ben);
        var role = await world.Role("Inviter", "invitations.list", "workspaces.update");
        var soon = world.Tenants.Server.Clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        var byRole = await world.Grant(new { group_id = group, role_id = role }, new { expires_at = soon });
        await world.Grant(world.Vera, "groups.create", new { workspace_id = workspace });
        await world.Grant(
            world.Ben, "members.update",
            new { condition = "caller.tenant_role == 'member' && size(caller.groups) == 1" });
        var before = new List<JsonObject>();
        foreach (var who in new[] { world.Owner, world.Admin, world.Ben, world.Vera })
        {
            foreach (var permission in Asked)
            {
                before.Add(await Explain(world, who, permission));
                before.Add(await Explain(world, who, permission, workspace));
            }
        }
        before.Select(answer => answer["allowed"]!.GetValue<bool>()).Should().Contain(true).And.Contain(false);

        await world.Call(world.Admin, "roles.update", new { role }, new { permissions = new[] { "members.list" } });
        await world.Call(world.Admin, "grants.revoke", new { grant = byRole });
        await world.Call(world.Admin, "groups.members.remove", new { group, member = world.Members[world.Ben] });
        await world.Call(
            world.Owner, "members.update", new { member = world.Members[world.Ben] }, new { role = "admin" });
        await world.Call(world.Admin, "workspaces.delete", new { workspace });
        await world.Call(world.Admin, "groups.delete", new { group });
        await world.Call(world.Admin, "members.remove", new { member = world.Members[world.Vera] });
        world.Tenants.Server.Clock.Advance(TimeSpan.FromHours(6));

        foreach (var answer in before)
        {
            var again = await world.Call(world.Admin, "access.replay", body: answer["basis"]!);
            again.ToJsonString().Should().Be(answer.ToJsonString());
        }
    }

    [Fact]
    public async Task A_gateways_decision_needs_the_words_by_which_it_was_asked()
    {
        await using var world = await AuthZenWorld.Start(["route.get"]);
        var access = world.Access;
        var grant = await access.Grant(
            access.Vera, "route.get", new { condition = "asked.resource.properties.owner == asked.subject.id" });
        await world.Call(access.Vera, "vera@idp");
        JsonObject Question(string owner) => JsonSerializer.SerializeToNode(new
        {
            subject = new { type = "user", id = "vera@idp" }, action = new { name = "GET" },
            resource = new { type = "route", id = "/", properties = new { owner } },
        })!.AsObject();
        var decided = await world.Post("evaluation", Question("vera@idp"));
        var denied = await world.Post("evaluation", Question("ben@idp"));
        (decided["decision"]!.GetValue<bool>(), denied["decision"]!.GetValue<bool>()).Should().Be((true, false));
        await access.Call(access.Admin, "grants.revoke", new { grant });
        (await world.Post("evaluation", Question("vera@idp")))["decision"]!.GetValue<bool>().Should().BeFalse();

        foreach (var (answer, owner) in new[] { (decided, "vera@idp"), (denied, "ben@idp") })
        {
            var body = answer["context"]!["basis"]!.DeepClone().AsObject();
            (await access.Code(access.Admin, "access.replay", body: body)).Should().Be("replay_unknown");
            body["asked"] = Question("someone");
            (await access.Code(access.Admin, "access.replay", body: body)).Should().Be("replay_unknown");
            body["asked"] = Question(owner);
            var again = await access.Call(access.Admin, "access.replay", body: body);
            again["allowed"]!.GetValue<bool>().Should().Be(answer["decision"]!.GetValue<bool>());
            again["proof"]!.ToJsonString().Should().Be(answer["context"]!["determined_by"]?.ToJsonString() ?? "[]");
        }
    }

    [Fact]
    public async Task What_is_not_kept_is_said_instead_of_an_answer()
    {
        await using var world = await AccessWorld.Start();
        await world.Grant(world.Vera, "invitations.list");
        var basis = (await Explain(world, world.Vera, "invitations.list"))["basis"]!.AsObject();
        async Task<Problem?> With(string field, JsonNode? value)
        {
            var body = basis.DeepClone().AsObject();
            body[field] = value;
            return await world.Problem(world.Admin, "access.replay", body: body);
        }

        (await With("revision", 2))!.Detail.Should().Contain("no revision 2");
        (await With("built_in_roles", "0123456789abcdef"))!.Detail.Should().Contain("built-in roles");
        (await With("asked_digest", "0123"))!.Type.Code.Should().Be("replay_unknown");
        var stranger = await world.Tenants.User("stranger");
        (await With("user_id", stranger.User!.Value.Value))!.Type.Code.Should().Be("not_found");
        (await With("user_id", "usr_00000000000000000000000000"))!.Type.Code.Should().Be("not_found");
        (await With("permission", "nothing.known"))!.Type.Code.Should().Be("input_invalid");
        (await With("revision", 0)).Should().BeNull("before the first grant there was none");
    }

    [Fact]
    public async Task A_decision_in_a_workspace_that_is_gone_is_given_again_where_a_policy_alone_was_about_it()
    {
        await using var world = await AccessWorld.Start();
        var (workspace, strange) = (await world.Workspace(), await world.Workspace());
        await world.Call(world.Admin, "policies.create", body: new
        {
            name = "Closed", mode = "enforce", permissions = new[] { "workspaces.update" }, workspace_id = workspace,
        });
        var refused = await Explain(world, world.Admin, "workspaces.update", workspace);
        var free = await Explain(world, world.Admin, "workspaces.update", strange);
        refused["allowed"]!.GetValue<bool>().Should().BeFalse();
        await world.Call(world.Admin, "workspaces.delete", new { workspace });
        await world.Call(world.Admin, "workspaces.delete", new { workspace = strange });

        (await world.Call(world.Admin, "access.replay", body: refused["basis"]!)).ToJsonString()
            .Should().Be(refused.ToJsonString());
        (await world.Code(world.Admin, "access.replay", body: free["basis"]!)).Should().Be("not_found");
    }

    [Fact]
    public async Task A_decision_by_a_role_of_the_app_is_of_its_contract()
    {
        const string Contract = """
            {
              "castellan": 1, "collections": {}, "permissions": { "invoices.pay": "Pay." },
              "roles": { "cashier": { "permissions": ["invoices.pay"] } }
            }
            """;
        await using var world = await RecordWorld.Start(Contract);
        var (tenant, ben) = (world.Tenant, world.Ben.User!.Value.Value);
        var member = (await world.Tenants.Call(world.Ada, "members.list", new { tenant }))["items"]!.AsArray()
            .Single(m => m!["user_id"]!.ToString() == ben)!["id"]!.ToString();
        Task<JsonObject> SetRoles(params string[] roles) => world.Tenants.Call(
            world.Ada, "members.app_roles.set", new { tenant, member }, new { roles });
        await SetRoles("cashier");
        var answer = await world.Tenants.Call(
            world.Ada, "access.explain", new { tenant }, new { user_id = ben, permission = "invoices.pay" });
        answer["basis"]!["app_roles"]!.ToJsonString().Should().Be("""["cashier"]""");
        await SetRoles();

        var again = await world.Tenants.Call(world.Ada, "access.replay", new { tenant }, answer["basis"]);
        again.ToJsonString().Should().Be(answer.ToJsonString());
        await world.Apply(Contract.Replace("Pay.", "Pay one.", StringComparison.Ordinal));
        (await world.Tenants.Code(world.Ada, "access.replay", new { tenant }, answer["basis"]))
            .Should().Be("replay_unknown");
    }

    private static readonly string[] Asked =
        ["invitations.list", "workspaces.update", "groups.create", "members.update", "members.list"];

    private static Task<JsonObject> Explain(
        AccessWorld world, Caller of, string permission, string? workspace_id = null) => world.Call(
        world.Admin, "access.explain", body: new { user_id = of.User!.Value.Value, permission, workspace_id });
}
