using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Access.Questions;
using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Bench;

/// <summary>
/// What a decision costs inside the process, and what its explanation, in a tenant that has given away much: 100 roles
/// with 1,000 permissions of an app's contract among them, granted to one member one by one, 20 of them under a
/// condition; and has 20 policies in force, each with a condition that is not true, but for one operation. A question
/// is asked both ways in turns, and each answer timed by itself: from a call that the gate has described to its
/// decision, counted; from the names in a question to its explanation. On SQLite, whose memory is exact.
/// </summary>
internal static class AccessBench
{
    private const int Roles = 100;
    private const int PermissionsOfRole = 10;
    private const int Conditions = 20;
    private const int Policies = 20;
    private const int Calls = 100_000;

    /// <summary>What the last policy forbids.</summary>
    private const string Forbidden = "members.list";

    public static async Task<string> Run()
    {
        await using var server = await InServer.Start("Operator", "User", "Tenant");
        var world = await World.Make(server);
        var text = new StringBuilder("""
            | question | decide: p50 us | p99 | p99.9 | explain: p50 us | p99 | p99.9 | times p50 |
            |---|---|---|---|---|---|---|---|

            """);
        foreach (var (name, operation, allowed) in ((string, string, bool)[])
        [
            ("a built-in role allows", "workspaces.list", true),
            ("the last of 100 roles allows", "workspaces.create", true),
            ("nothing allows", "members.remove", false),
            ("the last of 20 policies refuses", Forbidden, false),
        ])
        {
            var asked = new Permission(operation, null);
            text.Append(await Line(name, world.Decide(operation, allowed), world.Explain(asked, allowed)));
        }
        foreach (var (name, permission, allowed) in ((string, string, bool)[])
        [
            ("an app's permission, by the last role", $"p{Roles - 1}.n0", true),
            ("an app's permission, that nothing allows", "p0.n0", false),
        ])
        {
            var asked = new Permission(permission, world.App);
            text.Append(await Line(name, world.Check(asked, allowed), world.Explain(asked, allowed)));
        }
        return text.ToString();
    }

    /// <summary>Both ways in turns; what is returned by a way is timed, what it does before is not.</summary>
    private static async Task<string> Line(string name, Func<Func<ValueTask>> decide, Func<Func<ValueTask>> explain)
    {
        var (decided, explained) = (new long[Calls], new long[Calls]);
        // The first round is for the runtime to compile.
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Calls; i++)
            {
                decided[i] = await Timed(decide());
                explained[i] = await Timed(explain());
            }
        }
        Array.Sort(decided);
        Array.Sort(explained);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {Figures(decided)} | {Figures(explained)} | {At(explained, 0.5) / At(decided, 0.5):N1} |\n");
    }

    private static async ValueTask<long> Timed(Func<ValueTask> call)
    {
        var start = Stopwatch.GetTimestamp();
        await call();
        return Stopwatch.GetTimestamp() - start;
    }

    private static string Figures(long[] ticks) => string.Create(
        CultureInfo.InvariantCulture, $"{At(ticks, 0.5):N2} | {At(ticks, 0.99):N1} | {At(ticks, 0.999):N1}");

    private static double At(long[] ticks, double share) =>
        ticks[(int)(share * (Calls - 1))] * 1e6 / Stopwatch.Frequency;

    /// <summary>A tenant with a viewer, to whom its owner has granted everything by the ordinary operations.</summary>
    private sealed class World(InServer server)
    {
        private Caller owner = Caller.Nobody;
        private Caller member = Caller.Nobody;

        public AppId App { get; private set; }

        public TenantId Tenant { get; private set; }

        private UserId Member => member.User!.Value;

        private DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

        private TenantScope Scope => new("sandbox", Tenant, null, App);

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

        /// <summary>As the gate decides; a call is described before.</summary>
        public Func<Func<ValueTask>> Decide(string name, bool allowed)
        {
            var (access, operation) = (server.Service<IAccess>(), server.Service<OperationTable>().ByName[name]);
            return () =>
            {
                var invocation = new Invocation(
                    member with { TenantRole = TenantRole.Viewer }, operation, InServer.Request([], []), Now,
                    CancellationToken.None)
                {
                    Tenant = Tenant,
                };
                return async () =>
                {
                    var decision = await access.Decide(invocation);
                    Require(decision.Outcome is DecisionOutcome.Allow == allowed, name);
                };
            };
        }

        /// <summary>
        /// From the same names, by the same parts: who the member is, roles of the app, grants and policies.
        /// </summary>
        public Func<Func<ValueTask>> Check(Permission permission, bool allowed)
        {
            var (directory, apps) = (server.Service<GrantDirectory>(), server.Service<IAppPermissions>());
            var (judge, policies) = (server.Service<GrantJudge>(), server.Service<PolicyJudge>());
            var members = server.Service<MemberDirectory>();
            return () => async () =>
            {
                var facts = await members.Find(Scope, Member);
                var held = await apps.Held(Scope, App, Member);
                var grants = await directory.Find(Tenant);
                var question = new GrantQuestion(
                    Tenant, Member, facts.Role, permission, new ResourcePattern(App, null, null, null), Now);
                var may = (held.Any(role => role.Permissions.Contains(permission.Name))
                    || judge.Find(grants, question) is not null) && !policies.Forbids(grants, question);
                Require(may == allowed, permission.Name);
            };
        }

        public Func<Func<ValueTask>> Explain(Permission permission, bool allowed)
        {
            var (explainer, resource) = (
                server.Service<AccessExplainer>(), new ResourcePattern(App, null, null, null));
            return () => async () =>
            {
                var said = await explainer.Explain(Scope, Member, permission, resource, Now);
                Require(said.Allowed == allowed, permission.Name);
            };
        }

        private static void Require(bool isAsExpected, string question)
        {
            if (!isAsExpected) throw new InvalidOperationException($"{question}: the answer is another.");
        }

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
                ["condition"] = number < Policies - 1
                    ? "caller.kind == 'key' && now > timestamp(0)"
                    : $"permission == '{Forbidden}'",
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
