using System.Globalization;
using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Tests.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Budgets;

/// <summary>A world of records, with budgets on what is written. Projects have a unique key, their slug.</summary>
internal sealed class WriteWorld : IAsyncDisposable
{
    private WriteWorld(RecordWorld records) => Records = records;

    public RecordWorld Records { get; }

    public TestServer Server => Records.Tenants.Server;

    public static async Task<WriteWorld> Start(Action<IServiceCollection>? services = null) =>
        new(await RecordWorld.Start(services: services));

    /// <summary>Makes a budget of the tenant's for a day, as an operator; gives its id.</summary>
    public Task<string> Budget(string unit, long cap, string subject = "tenant", string? id = null) =>
        Budget(new { name = unit, subject, subject_id = id ?? Records.Tenant, unit, window = "day", cap });

    public async Task<string> Budget(object body) =>
        (await Records.Tenants.Call(InProcess.Owner, "budgets.create", body: body))["id"]!.ToString();

    public Task Raise(string budget, long cap) => Records.Tenants.Call(
        InProcess.Owner, "budgets.update", new { budget }, new { cap, reason = "A test." });

    /// <summary>Creates a project; gives the problem's code, or null where it is there.</summary>
    public Task<string?> Project(string? slug = null, Caller? by = null) =>
        Records.Code(by ?? Records.Ada, "records.create", "projects", body: new { name = "Acme", slug });

    public async Task<Answer> Do(
        string operation, string? record = null, object? body = null, object? query = null, string? key = null,
        Caller? by = null, InProcess? on = null) =>
        await (on ?? Server.InProcess).Invoke(
            by ?? Records.Ada, operation, Records.At("projects", record), body, query, key);

    public static object Items(int count, Func<int, object> record, bool atomic = true) => new
    {
        items = Enumerable.Range(0, count).Select(i => new { op = "create", record = record(i) }), atomic,
    };

    /// <summary>Waits until nodes have told what they spent and given back the rest; gives what is settled.</summary>
    public async Task<long> Settled(string budget)
    {
        var use = new JsonObject();
        await Poll.Until(
            async () =>
            {
                use = (await Records.Tenants.Call(InProcess.Owner, "budgets.get", new { budget }))["use"]!.AsObject();
                return Number(use["held"]) == 0;
            },
            () => Server.Clock.Advance(TimeSpan.FromSeconds(1)));
        return Number(use["settled"]);
    }

    /// <summary>Projects that are there.</summary>
    public async Task<int> Count()
    {
        var page = await Records.Tenants.Call(
            Records.Ada, "records.list", Records.At("projects"), query: new { count = "exact", limit = 1 });
        return (int)Number(page["count"]);
    }

    public ValueTask DisposeAsync() => Records.DisposeAsync();

    private static long Number(JsonNode? node) => long.Parse(node!.ToString(), CultureInfo.InvariantCulture);
}
