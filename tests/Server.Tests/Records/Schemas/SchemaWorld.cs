using System.Diagnostics;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Storage;
using Castellan.Tests.Tenants;
using Castellan.Tests.Tidy;

namespace Castellan.Tests.Records.Schemas;

/// <summary>A server whose app has the contract of a typical product, and people who use it in two tenants.</summary>
internal sealed class SchemaWorld : IAsyncDisposable
{
    /// <summary>When the server's clock starts.</summary>
    public static readonly DateTimeOffset Noon = new(2030, 1, 15, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Fewer would fit into a page or a cache, and show little.</summary>
    private const int RecordsMin = 10_000;

    private readonly Dictionary<string, string> members = [];
    private long number;
    private int loaded;
    private (TimeSpan Took, string Collection) longest;

    private SchemaWorld(TenantWorld tenants, string product) =>
        (Tenants, Contract) = (tenants, Read(product));

    public TenantWorld Tenants { get; }

    /// <summary>The file, as an app's repository has it.</summary>
    public string Contract { get; }

    public string North { get; private set; } = "";

    public string South { get; private set; } = "";

    /// <summary>A workspace in the north.</summary>
    public string Berlin { get; private set; } = "";

    /// <summary>Another one.</summary>
    public string Oslo { get; private set; } = "";

    /// <summary>Owner of the tenant to the north.</summary>
    public Caller Ada { get; private set; } = null!;

    /// <summary>Admin there.</summary>
    public Caller Ida { get; private set; } = null!;

    /// <summary>Member there, and in the south too.</summary>
    public Caller Ben { get; private set; } = null!;

    /// <summary>Member there, and of the workspace in Berlin.</summary>
    public Caller Cleo { get; private set; } = null!;

    /// <summary>Member there, who has a role of the app.</summary>
    public Caller Dan { get; private set; } = null!;

    /// <summary>Viewer there.</summary>
    public Caller Vic { get; private set; } = null!;

    /// <summary>Guest of the workspace in Oslo, and of nothing else.</summary>
    public Caller Gil { get; private set; } = null!;

    /// <summary>Owner of the tenant to the south.</summary>
    public Caller Sue { get; private set; } = null!;

    /// <summary>User of the app and member of nothing.</summary>
    public Caller Eve { get; private set; } = null!;

    /// <summary>A secret key of the app.</summary>
    public Caller Key => Tenants.Key;

    /// <summary>Ids of records that questions are about, by what they are.</summary>
    public Dictionary<string, string> Named { get; } = [];

    /// <summary>Where records of a collection lie.</summary>
    public TableName this[string collection] => Tenants.Service<TableNames>().Records(number, collection);

    /// <summary>The contract is applied, unless that is to be seen; nobody has a role of the app yet.</summary>
    public static async Task<SchemaWorld> Start(string product, bool apply = true)
    {
        var tenants = await TenantWorld.Start(LoggedDatabase.About(Plans.RecordTables));
        var world = new SchemaWorld(tenants, product)
        {
            Ada = await tenants.User("ada"), Ida = await tenants.User("ida"), Ben = await tenants.User("ben"),
            Cleo = await tenants.User("cleo"), Dan = await tenants.User("dan"), Vic = await tenants.User("vic"),
            Gil = await tenants.User("gil"), Sue = await tenants.User("sue"), Eve = await tenants.User("eve"),
        };
        await world.Settle();
        if (!apply) return world;
        await world.Apply();
        world.number = await tenants.Server.Database.Many($"select number from contract", row => row.Int64())
            is [var only] ? only : throw new InvalidOperationException("There is more than one contract.");
        return world;
    }

    public Task<JsonObject> Apply() => Deploy("contracts.apply");

    public Task<JsonObject> Plan() => Deploy("contracts.plan");

    /// <summary>Loads what a seed determines, and says how long that took.</summary>
    public async Task Fill(ITestOutputHelper output, Func<SeededNumbers, Task> fill)
    {
        var numbers = new SeededNumbers(SeededNumbers.Seed(output));
        var began = Stopwatch.GetTimestamp();
        await fill(numbers);
        output.WriteLine($"{loaded} records in {Stopwatch.GetElapsedTime(began).TotalSeconds:f1} s; the longest call, "
            + $"of {longest.Collection}, took {longest.Took.TotalMilliseconds:f0} ms");
        loaded.Should().BeGreaterThanOrEqualTo(RecordsMin);
    }

    /// <summary>Gives a member of the north roles of the app.</summary>
    public Task Give(Caller member, params string[] roles) => Tenants.Call(
        Ada, "members.app_roles.set", new { tenant = North, member = members[member.Display!] }, new { roles });

    /// <summary>Creates records by bulk calls, and gives their ids.</summary>
    public async Task<List<string>> Load(
        Caller by, string collection, IEnumerable<object> records, string? tenant = null, string? workspace = null)
    {
        var ids = new List<string>();
        foreach (var chunk in records.Chunk(Limits.RecordsPerBulk))
        {
            var items = chunk.Select(record => new { op = "create", record });
            var began = Stopwatch.GetTimestamp();
            var result = await Tenants.Call(by, "records.bulk", At(collection, tenant, workspace), new { items });
            if (Stopwatch.GetElapsedTime(began) is var took && took > longest.Took) longest = (took, collection);
            ids.AddRange(result["results"]!.AsArray().Select(r => r!["id"]!.ToString()));
        }
        loaded += ids.Count;
        return ids;
    }

    /// <summary>Deletes records by bulk calls.</summary>
    public async Task Delete(Caller by, string collection, IEnumerable<string> ids)
    {
        var items = ids.Select(id => new { op = "delete", id });
        await Tenants.Call(by, "records.bulk", At(collection), new { items });
    }

    /// <summary>Asks the database itself.</summary>
    public async Task<List<string>> PlainSql(Sql sql) =>
        await ((LoggedDatabase)Tenants.Server.Database).Unlogged.Many(sql, row => row.Text());

    public object At(string collection, string? tenant = null, string? workspace = null) =>
        new { collection, tenant = tenant ?? North, workspace };

    public ValueTask DisposeAsync() => Tenants.DisposeAsync();

    private Task<JsonObject> Deploy(string operation) => Tenants.Call(
        InProcess.Owner, operation, new { app = Tenants.App.Value }, new { contract = JsonNode.Parse(Contract) });

    private async Task Settle()
    {
        (North, South) = (await Tenants.Tenant(Ada, "North"), await Tenants.Tenant(Sue, "South"));
        (Berlin, Oslo) = (await Tenants.Workspace(Ada, North), await Tenants.Workspace(Ada, North, "Oslo"));
        foreach (var (user, role) in ((Caller, string)[])
            [(Ida, "admin"), (Ben, "member"), (Cleo, "member"), (Dan, "member"), (Vic, "viewer")])
        {
            members[user.Display!] = await Tenants.Join(Ada, North, user, role);
        }
        await Tenants.Call(Ada, "members.add", new { tenant = North, workspace = Berlin },
            new { user_id = Cleo.User!.Value.Value, role = "member" });
        await Tenants.Join(Ada, North, Gil, "member", Oslo);
        await Tenants.Join(Sue, South, Ben);
    }

    private static string Read(string product) => File.ReadAllText(
        Path.Combine(Tree.Root, "tests", "Server.Tests", "Records", "Schemas", product, "castellan.json"));
}
