using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Tests.Agents;
using Castellan.Tests.Isolation;

namespace Castellan.Tests.Access;

/// <summary>What access.explain says of a member, a key and an agent is what happens when they call.</summary>
public sealed class ExplainedCallTests
{
    private const int Rounds = 8;
    private const int GrantsEach = 15;

    /// <summary>What is asked about, and a call of it.</summary>
    private static readonly (string Permission, string Path)[] Calls =
    [
        ("members.list", "members"), ("invitations.list", "invitations"), ("workspaces.list", "workspaces"),
        ("tenants.budgets.list", "budgets"), ("roles.list", "roles"),
        ("workspaces.members", "workspaces/{workspace}/members"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Explanations_and_replays_agree_with_calls(int seed)
    {
        await using var stage = await AgentStage.Start();
        var walk = await Walk.Begin(stage, new SeededNumbers(seed));
        for (var round = 0; round < Rounds; round++) await walk.Round();

        walk.Disagreeing.Should().BeEmpty($"seed {seed}");
        walk.Allowed.Should().BeGreaterThan(30);
        walk.Denied.Should().BeGreaterThan(30);
    }

    private sealed record Asker(string Field, string Id, bool IsAgent);

    /// <summary>Random grants and policies, and what is said and done under them.</summary>
    private sealed class Walk(AgentStage stage, SeededNumbers random, string[] workspaces, Actor key, string group)
    {
        private readonly HostileWorld hostile = stage.World.Hostile;
        private readonly string tenant = stage.World.Tenant;

        public List<string> Disagreeing { get; } = [];

        public int Allowed { get; private set; }

        public int Denied { get; private set; }

        private string Vera => hostile.Vera.Caller.User!.Value.Value;

        private string Key => key.Caller.Key!.Value.Value;

        public static async Task<Walk> Begin(AgentStage stage, SeededNumbers random)
        {
            var (hostile, tenant) = (stage.World.Hostile, stage.World.Tenant);
            string[] workspaces = [await hostile.NewWorkspace(tenant), await hostile.NewWorkspace(tenant)];
            var key = await hostile.NewKey(hostile.App, permissions: ["members.list"]);
            var group = await hostile.NewGroup(tenant);
            var walk = new Walk(stage, random, workspaces, key, group);
            await walk.AsAda("groups.members.add", new { tenant, group }, new JsonObject { ["user_id"] = walk.Vera });
            return walk;
        }

        public async Task Round()
        {
            await stage.Widen([.. Calls.Select(call => call.Permission)]);
            var grants = new List<string>();
            for (var i = 0; i < GrantsEach; i++)
                grants.Add(await Made("grants.create", await RandomGrant()));
            List<string> policies = [];
            for (var i = random.Below(3); i > 0; i--) policies.Add(await Made("policies.create", RandomPolicy()));
            if (Chance(3)) hostile.Server.Clock.Advance(TimeSpan.FromMinutes(6));
            // What was granted before may be more than the agent may have now.
            if (Chance(2))
                await stage.Widen([.. Calls.Select(call => call.Permission).Where(_ => Chance(2)), "roles.get"]);
            var vera = (await hostile.SignedIn("vera")).Bearer!;
            foreach (var (permission, path) in Calls)
            {
                foreach (var workspace in path.Contains('{', StringComparison.Ordinal) ? workspaces : [null!])
                {
                    await Compare(new Asker("user_id", Vera, IsAgent: false), vera, permission, path, workspace);
                    await Compare(new Asker("key_id", Key, IsAgent: false), key.Bearer!, permission, path, workspace);
                    await Compare(new Asker("agent_id", stage.Agent, IsAgent: true), hostile.Agent.Bearer!, permission,
                        path, workspace);
                }
            }
            foreach (var grant in grants.Where(_ => !Chance(3)))
                await AsAda("grants.revoke", new { tenant, grant }, null);
            foreach (var policy in policies) await AsAda("policies.delete", new { tenant, policy }, null);
        }

        private async Task Compare(Asker who, string bearer, string permission, string path, string? workspace)
        {
            var said = await AsAda("access.explain", new { tenant }, new JsonObject
            {
                [who.Field] = who.Id, ["permission"] = permission, ["app_id"] = hostile.App.Value,
                ["workspace_id"] = workspace,
            });
            var at = $"/v1/tenants/{tenant}/{path.Replace("{workspace}", workspace, StringComparison.Ordinal)}";
            var (_, answer) = await stage.Send("GET", at,
                key: who.IsAgent ? null : "", run: who.IsAgent ? null : "", bearer: bearer);
            var isDone = answer["code"] is null;
            if (isDone) Allowed++;
            else Denied++;
            if (isDone != said["allowed"]!.GetValue<bool>()) Disagreeing.Add($"{answer} is said to be {said}");
            var again = await AsAda("access.replay", new { tenant }, said["basis"]!.DeepClone().AsObject());
            if (again.ToJsonString() != said.ToJsonString()) Disagreeing.Add($"{said} is replayed as {again}");
        }

        private async Task<JsonObject> RandomGrant()
        {
            var grant = new JsonObject
            {
                ["condition"] = RandomCondition(),
                ["expires_at"] = Chance(4) ? hostile.Server.Clock.GetUtcNow().AddMinutes(5).ToString("O") : null,
                ["app_id"] = Chance(4) ? hostile.App.Value : null,
                ["workspace_id"] = Chance(4) ? workspaces[0] : null,
            };
            var (field, id) = One(
                ("user_id", Vera), ("group_id", group), ("key_id", Key), ("agent_id", stage.Agent));
            grant[field] = id;
            if (!Chance(4)) grant["permission"] = One(Calls).Permission;
            else grant["role_id"] = await Made("roles.create", new JsonObject
            {
                ["name"] = hostile.Next("Role "), ["permissions"] = new JsonArray(One(Calls).Permission),
            });
            return grant;
        }

        private JsonObject RandomPolicy() => new()
        {
            ["name"] = hostile.Next("Policy "), ["mode"] = Chance(3) ? "shadow" : "enforce",
            ["permissions"] = new JsonArray(One(Calls).Permission), ["condition"] = RandomCondition(),
            ["workspace_id"] = Chance(4) ? workspaces[0] : null,
        };

        private string? RandomCondition() => Chance(2) ? null : One(
            "caller.kind == 'agent'", "caller.kind != 'agent'", "caller.agent_id != null", $"caller.id == '{Key}'",
            $"resource.app_id == '{hostile.App}'", $"resource.workspace_id == '{workspaces[0]}'",
            "caller.tenant_role == null", "permission.startsWith('members')", "size(caller.groups) > 0",
            "input.anything == 1");

        private bool Chance(int oneOf) => random.Below(oneOf) == 0;

        private T One<T>(params T[] of) => of[random.Below(of.Length)];

        private async Task<string> Made(string operation, JsonObject body) =>
            (await AsAda(operation, new { tenant }, body))["id"]!.ToString();

        private Task<JsonObject> AsAda(string operation, object path, JsonObject? body) =>
            hostile.CallAs(hostile.Ada, operation, path, body);
    }
}
