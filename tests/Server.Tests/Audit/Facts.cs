using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Audit;

/// <summary>Makes changes of all kinds by the real way of writing, without an operation in front.</summary>
internal static class Facts
{
    public static async Task Record(
        this TestServer server, Caller caller, string action, string target, TenantId? tenant = null, int events = 1)
    {
        var changes = server.App.Services.GetRequiredService<Changes>();
        await changes.RunAs(caller, action, change =>
        {
            var about = new Target("thing", target);
            change.Audit(about, Snapshot.None, new Snapshot("{}"u8.ToArray()), "because", tenant);
            for (var i = 0; i < events; i++)
                change.Emit("thing.changed", about, new Snapshot("""{"a":1}"""u8.ToArray()), tenant);
            return ValueTask.FromResult(true);
        });
    }

    /// <summary>Waits until everything that was committed is numbered and noted.</summary>
    public static async Task Sequenced(this TestServer server)
    {
        var sequencer = server.App.Services.GetRequiredService<Sequencer>();
        do await sequencer.CatchUp(TestContext.Current.CancellationToken);
        while (await IsWaiting(server));
    }

    private static async Task<bool> IsWaiting(TestServer server) =>
        (TestServer.Engine == "sqlite"
            ? await server.Database.Many(
                $"select 1 from sequence_mark where position < (select max(position) from audit_entry)",
                row => row.Int64())
            : await server.Database.Many($"select id from sequence_queue limit 1", row => row.Int64())).Count > 0;

    public static async Task<AppId> App(this TestServer server, string name)
    {
        var app = await server.InProcess.Call(InProcess.Owner, "apps.create", body: new { name, owner = "ops" });
        return new AppId(app["id"]!.ToString());
    }

    public static Caller Key(AppId app, params string[] permissions) =>
        Caller.OfKey("sandbox", app, KeyId.New(DateTimeOffset.UnixEpoch.AddYears(60)), permissions);

    public static Caller Operator(OperatorRole role, string environment = "sandbox") => Caller.OfOperator(
        OperatorId.New(DateTimeOffset.UnixEpoch.AddYears(60)), role, environment, "staff@example.com");
}
