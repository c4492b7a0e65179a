using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Kernel;

/// <summary>An app with a secret key, registered through the ordinary operations.</summary>
internal sealed record Credentials(AppId App, KeyId Key, string Secret, string Publishable)
{
    /// <summary>The key's caller, as the resolver makes it.</summary>
    public Caller Caller => Caller.OfKey("sandbox", App, Key, ["*"]);

    public static async Task<Credentials> Register(
        TestServer server, string name = "Portal", string[]? permissions = null, string[]? origins = null)
    {
        var gate = server.InProcess;
        var app = await gate.Call(InProcess.Owner, "apps.create", body: new { name, owner = "ops" });
        var place = new { app = app["id"]!.ToString(), environment = "sandbox" };
        var settings = origins is null
            ? await gate.Call(InProcess.Owner, "apps.settings.get", path: place)
            : await gate.Call(InProcess.Owner, "apps.settings.update", path: place, body: new { origins });
        var made = await gate.Call(InProcess.Owner, "keys.create", path: place,
            body: new { name = "server", permissions = permissions ?? ["*"] });
        return new Credentials(
            new AppId(place.app), new KeyId(made["key"]!["id"]!.ToString()), made["secret"]!.ToString(),
            settings["publishable_key"]!.ToString());
    }

    public Task<System.Text.Json.Nodes.JsonObject> Move(TestServer server, string state) => server.InProcess.Call(
        InProcess.Owner, "apps.transition", path: new { app = App.Value }, body: new { state, reason = "a test" });
}

/// <summary>
/// How many rows each table has: what a refused call must not change. On PostgreSQL the sequencer moves rows between
/// its own tables after each commit, at a time of its own; they are left out.
/// </summary>
internal sealed record Rows(IReadOnlyDictionary<string, long> Counts)
{
    /// <summary>The sequencer's own tables.</summary>
    public static readonly string[] Sequencer =
        ["sequence_queue", "sequence_mark", "audit_position", "audit_tenant", "audit_subject", "event_position"];

    public static async Task<Rows> Count(TestServer server)
    {
        var names = TestDatabase.Engine == "postgres"
            ? await server.Database.Many(
                $"select tablename::text from pg_tables where schemaname = 'public' order by 1", row => row.Text())
            : await server.Database.Many(
                $"select name from sqlite_master where type = 'table' order by name", row => row.Text());
        var counts = new SortedDictionary<string, long>();
        foreach (var name in names.Except(Sequencer))
        {
            var count = await server.Database.One(
                $"select cast(count(*) as text) from {new Identifier(name)}", row => row.Text());
            counts.Add(name, long.Parse(count!));
        }
        return new Rows(counts);
    }
}
