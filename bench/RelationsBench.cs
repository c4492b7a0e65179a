using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Castellan.Platform.Storage;

namespace Castellan.Bench;

/// <summary>
/// What it costs to ask whether somebody may by relationships, among 1,000,000 of them in one tenant: a document is in
/// a folder, the folder is a team's, and its members read it. Each call is a whole <c>records.get</c> through the gate,
/// of a document all over the table, for a member of half of the teams. On SQLite.
/// </summary>
internal static class RelationsBench
{
    private const int Teams = 20_000;
    private const int Folders = 100_000;
    private const int Documents = 100_000;
    private const int Members = 800_000;
    private const int Calls = 50_000;

    private const string Contract = """
        {
          "castellan": 1,
          "collections": {
            "teams": {
              "schema": { "properties": { "name": { "type": "string" } } },
              "rules": { "list": "tenant_member", "read": "tenant_member", "create": "tenant_member" }
            },
            "team_members": {
              "schema": { "properties": {
                "team_id": { "type": "string", "maxLength": 40 }, "user_id": { "type": "string", "maxLength": 40 } } },
              "references": { "team_id": { "collection": "teams", "back": "members" } },
              "unique": [["team_id", "user_id"]],
              "rules": { "list": "tenant_member", "read": "tenant_member", "create": "tenant_member" }
            },
            "folders": {
              "schema": { "properties": { "team_id": { "type": "string", "maxLength": 40 } } },
              "references": { "team_id": { "collection": "teams" } },
              "rules": { "list": "tenant_member", "read": "tenant_member", "create": "tenant_member" }
            },
            "documents": {
              "schema": { "properties": {
                "folder_id": { "type": "string", "maxLength": 40 }, "text": { "type": "string" } } },
              "references": { "folder_id": { "collection": "folders" } },
              "rules": {
                "read": "record.folder.team.members.exists(m, m.user_id == caller.id)",
                "update": "record.owner_id == caller.id || record.folder.team.members.exists(m, m.user_id == caller.id)"
              }
            }
          }
        }
        """;

    public static async Task<string> Run()
    {
        await using var server = await InServer.Start("Operator", "User", "Tenant", "App", "Environment", "Address");
        var app = await server.NewApp();
        await server.Call(server.Owner, "contracts.apply", new() { ["app"] = app.Value }, new JsonObject
        {
            ["contract"] = JsonNode.Parse(Contract),
        });
        var (owner, member) = (await server.NewUser("owner", app), await server.NewUser("member", app));
        var made = await server.Call(owner, "tenants.create", [], new JsonObject { ["name"] = "Acme" });
        var tenant = made["id"]!.ToString();
        var invited = await server.Call(owner, "invitations.create", new() { ["tenant"] = tenant }, new JsonObject
        {
            ["email"] = "member@example.com", ["role"] = "member",
        });
        await server.Call(
            member, "invitations.accept", [], new JsonObject { ["invitation_id"] = invited["id"]!.ToString() });
        await Load(server.Database, tenant, owner.User!.Value.Value, member.User!.Value.Value);
        var text = new StringBuilder("| case | p50 us | p99 us | p99.9 us |\n|---|---|---|---|\n");
        text.Append(await Line("records.get, by three relationships", even: true));
        text.Append(await Line("records.get, refused by them", even: false));
        return text.ToString();

        async Task<string> Line(string name, bool even)
        {
            var ticks = new long[Calls];
            // The first round is for the runtime to compile.
            for (var round = 0; round < 2; round++)
            {
                for (var i = 0; i < Calls; i++)
                {
                    // The member is in the teams with even numbers, and document n is in folder n of team n.
                    var number = (int)((uint)i * 2_654_435_761u % (Documents / 2) * 2) + (even ? 0 : 1);
                    var request = InServer.Request(
                        new() { ["collection"] = "documents", ["record"] = Id("doc", number) }, [], tenant);
                    var start = Stopwatch.GetTimestamp();
                    var answer = await server.Ask(member, "records.get", request);
                    ticks[i] = Stopwatch.GetTimestamp() - start;
                    if (answer.Problem is null != even)
                        throw new InvalidOperationException($"{number}: {answer.Problem}");
                }
            }
            Array.Sort(ticks);
            return string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {At(0.5):N1} | {At(0.99):N1} | {At(0.999):N1} |\n");

            double At(double share) => ticks[(int)(share * (Calls - 1))] * 1e6 / Stopwatch.Frequency;
        }
    }

    private static string Id(string kind, int number) => $"rec_{Number(kind)}{1_000_000_000 + number}";

    private static string Number(string kind) =>
        $"01q40000000000{(kind == "doc" ? "00" : kind == "fol" ? "01" : "02")}";

    /// <summary>Written as the server writes them, by SQL, because there are so many.</summary>
    private static async Task Load(IDatabase database, string tenant, string owner, string member) =>
        await database.RunScript(
            $"""
            {Rows("c1_teams", "tea", Teams, "name", "'Team ' || i")}
            {Rows("c1_folders", "fol", Folders, "team_id", Made("tea", $"i % {Teams}"))}
            {Rows("c1_documents", "doc", Documents, "folder_id, text", $"{Made("fol", "i")}, 'lorem ipsum'")}
            {Rows("c1_team_members", "mem", Members, "team_id, user_id",
                $"{Made("tea", $"i % {Teams}")}, "
                + $"case when i < {Teams} and i % 2 = 0 then '{member}' else 'usr_' || i end")}
            analyze;
            """.Replace("$tenant", tenant).Replace("$owner", owner),
            CancellationToken.None);

    private static string Rows(string table, string kind, int count, string columns, string values) => $"""
        with recursive number (i) as (select 0 union all select i + 1 from number where i < {count} - 1)
        insert into {table} (tenant_id, id, owner_id, version, created_at, updated_at, actor, {columns})
        select '$tenant', {Made(kind, "i")}, '$owner', 1, 1788000000000, 1788000000000, 'user', {values} from number;
        """;

    private static string Made(string kind, string number) =>
        $"'rec_{Number(kind)}' || cast(1000000000 + {number} as text)";
}
