using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Castellan.Access.Permissions;
using Castellan.Access.Questions;
using Castellan.Kernel;

namespace Castellan.Bench;

/// <summary>
/// What a decision costs inside the process, in a tenant that has given away much: 100 roles with 1,000 permissions of
/// an app's contract among them, granted to one member one by one, 20 of them under a condition; and has 20 policies in
/// force, each with a condition that is not true. Each call is timed by itself. On SQLite, whose memory is exact.
/// </summary>
internal static class AccessBench
{
    private const int Roles = 100;
    private const int PermissionsOfRole = 10;
    private const int Conditions = 20;
    private const int Policies = 20;
    private const int Calls = 100_000;

    public static async Task<string> Run()
    {
        await using var server = await InServer.Start("Operator", "User", "Tenant");
        var world = await World.Make(server);
        var (access, explainer) = (server.Service<IAccess>(), server.Service<AccessExplainer>());
        var operations = server.Service<OperationTable>().ByName;
        var scope = new TenantScope("sandbox", world.Tenant, null, world.App);
        var resource = new ResourcePattern(world.App, null, null, null);
        var (list, create) = (operations["workspaces.list"], operations["workspaces.create"]);
        var (granted, plain) = (new Permission("workspaces.create", null), new Permission("workspaces.list", null));
        var (ofApp, ungranted) = (
            new Permission($"p{Roles - 1}.n0", world.App), new Permission("members.remove", null));
        var text = new StringBuilder("| case | p50 us | p99 us | p99.9 us |\n|---|---|---|---|\n");
        text.Append(await Line("decide, a built-in role allows", () => Decide(list, allowed: true)));
        text.Append(await Line("decide, the last of 100 roles allows", () => Decide(create, allowed: true)));
        text.Append(await Line("decide, nothing allows", () => Decide(operations["members.remove"], allowed: false)));
        text.Append(await Line("explain, a built-in role allows", () => Explain(plain, allowed: true)));
        text.Append(await Line("explain, the last of 100 roles allows", () => Explain(granted, allowed: true)));
        text.Append(await Line("explain, an app's permission by a role", () => Explain(ofApp, allowed: true)));
        text.Append(await Line("explain, nothing allows", () => Explain(ungranted, allowed: false)));
        return text.ToString();

        async ValueTask Decide(Operation operation, bool allowed)
        {
            var decision = await access.Decide(world.Invocation(operation));
            if (decision.Outcome is DecisionOutcome.Allow != allowed)
                throw new InvalidOperationException($"{operation.Name}: {decision.Outcome} {decision.Reason}");
        }

        async ValueTask Explain(Permission permission, bool allowed)
        {
            var said = await explainer.Explain(scope, world.Member, permission, resource, world.Now);
            if (said.Allowed != allowed) throw new InvalidOperationException($"{permission.Name}: {said.Allowed}");
        }
    }

    private static async Task<string> Line(string name, Func<ValueTask> call)
    {
        var ticks = new long[Calls];
        // The first round is for the runtime to compile.
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Calls; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await call();
                ticks[i] = Stopwatch.GetTimestamp() - start;
            }
        }
        Array.Sort(ticks);
        return string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {At(0.5):N1} | {At(0.99):N1} | {At(0.999):N1} |\n");

        double At(double share) => ticks[(int)(share * (Calls - 1))] * 1e6 / Stopwatch.Frequency;
    }

    /// <summary>A tenant with a viewer, to whom its owner has granted everything by the ordinary operations.</summary>
    private sealed class World(InServer server)
    {
        private Caller owner = Caller.Nobody;
        private Caller member = Caller.Nobody;

        public AppId App { get; private set; }

        public TenantId Tenant { get; private set; }

        public UserId Member => member.User!.Value;

        public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

        public static async Task<World> Make(InServer server)
        {
            var world = new World(server) { App = await server.NewApp() };
            await server.Call(
                server.Owner, "contracts.apply", new() { ["app"] = world.App.Value }, Contract());
            (world.owner, world.member) =
                (await server.NewUser("owner", world.App), await server.NewUser("member", world.App));
            var made = await server.Call(world.owner, "tenants.create", [], new JsonObject { ["name"] = "Acme" });
            world.Tenant = new TenantId(made["id"]!.ToString());
            var at = new Dictionary<string, string> { ["tenant"] = world.Tenant.Value };
            var invited = await server.Call(world.owner, "invitations.create", at, new JsonObject
            {
                ["email"] = "member@example.com", ["role"] = "viewer",
            });
            await server.Call(
                world.member, "invitations.accept", [],
                new JsonObject { ["invitation_id"] = invited["id"]!.ToString() });
            for (var i = 0; i < Roles; i++) await world.Grant(at, i);
            for (var i = 0; i < Policies; i++) await world.Forbid(at, i);
            return world;
        }

        public Invocation Invocation(Operation operation) => new(
            member with { TenantRole = TenantRole.Viewer }, operation, InServer.Request([], []),
            TimeProvider.System.GetUtcNow(), CancellationToken.None)
        {
            Tenant = Tenant,
        };

        /// <summary>The last role holds an operation too.</summary>
        private async Task Grant(Dictionary<string, string> at, int number)
        {
            var names = Enumerable.Range(0, PermissionsOfRole).Select(n => $"p{number}.n{n}");
            if (number == Roles - 1) names = names.Append("workspaces.create");
            var role = await server.Call(owner, "roles.create", at, new JsonObject
            {
                ["name"] = $"role {number}",
                ["app_id"] = App.Value,
                ["permissions"] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]),
            });
            var grant = new JsonObject { ["user_id"] = Member.Value, ["role_id"] = role["id"]!.ToString() };
            if (number < Conditions) grant["condition"] = "caller.tenant_role == 'owner' && now > timestamp(0)";
            await server.Call(owner, "grants.create", at, grant);
        }

        private Task<JsonObject> Forbid(Dictionary<string, string> at, int number) =>
            server.Call(owner, "policies.create", at, new JsonObject
            {
                ["name"] = $"policy {number}",
                ["mode"] = "enforce",
                ["condition"] = "caller.kind == 'key' && now > timestamp(0)",
            });

        private static JsonObject Contract()
        {
            var permissions = new JsonObject();
            for (var role = 0; role < Roles; role++)
            {
                for (var n = 0; n < PermissionsOfRole; n++) permissions[$"p{role}.n{n}"] = "One of many.";
            }
            return new JsonObject
            {
                ["contract"] = new JsonObject
                {
                    ["castellan"] = 1, ["permissions"] = permissions, ["collections"] = new JsonObject(),
                },
            };
        }
    }
}
