using System.Reflection;
using BenchmarkDotNet.Running;
using Castellan.Bench;
using Castellan.Installation;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

// load, records, fair, fair-served, schemas, keys, access, relations, limits, budgets, nodes: the tables of
// bench/RESULTS.md.  bare: the reference endpoints.
// serve: the server without a Change's records.  Anything else is for BenchmarkDotNet.
switch (args)
{
    case ["load", var server, .. var rest]:
        var postgres = rest.Length > 0 && rest[0].Length > 0 ? rest[0] : null;
        var (rounds, seconds) = rest is [_, var n, var each] ? (int.Parse(n), int.Parse(each)) : (3, 5);
        var table = await new LoadBench(server, Environment.ProcessPath!, postgres, rounds, seconds).Run();
        Console.WriteLine(table);
        return;
    case ["records", var executable, var database, ("all" or "wide") and var which, var r, var s, .. var peer]:
        var parse = peer is [var address, var process, var session]
            ? new ParsePeer(new Uri(address), int.Parse(process), session)
            : null;
        var records = new RecordsBench(
            executable, Environment.ProcessPath!, database.Length > 0 ? database : null, parse, which == "wide");
        Console.WriteLine(await records.Run(int.Parse(r), int.Parse(s)));
        return;
    case ["schemas"]:
        Console.WriteLine(await SchemaBench.Run());
        return;
    case ["keys"]:
        Console.WriteLine(await KeysBench.Run());
        return;
    case ["budgets", .. var many]:
        Console.WriteLine(await BudgetsBench.Run(many is [var wanted, ..] ? int.Parse(wanted) : 1_000_000));
        return;
    case ["access"]:
        Console.WriteLine(await AccessBench.Run());
        return;
    case ["relations"]:
        Console.WriteLine(await RelationsBench.Run());
        return;
    case ["limits", .. var shared]:
        Console.WriteLine(await LimitsBench.Run(shared.FirstOrDefault()));
        return;
    case ["fair-served", var program, var emptied, var often]:
        Console.WriteLine(await new FairServedBench(
            program, emptied.Length > 0 ? emptied : null, int.Parse(often)).Run());
        return;
    case ["fair", .. var rest]:
        var (engine, times) = (rest.FirstOrDefault(""), rest is [_, var t] ? int.Parse(t) : 5);
        Console.WriteLine(await new FairBench(engine.Length > 0 ? engine : null, times).Run());
        return;
    case ["nodes", var nodes, var shared, var trials]:
        Console.WriteLine(await new NodesBench(nodes, shared, int.Parse(trials)).Run());
        return;
    case ["bare", var folder, var port, .. var connection]:
        await BareServer.Run(folder, int.Parse(port), connection.FirstOrDefault());
        return;
    case ["serve", .. var settings]:
        await ServeWithoutRecords([.. settings.Where(setting => setting != "--without-records")]);
        return;
    default:
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
        return;
}

static async Task ServeWithoutRecords(string[] settings)
{
    await using var app = Castellan.Server.Build(
        settings, builder => builder.Services.AddSingleton(new RecorderOptions(AuditAndEvents: false)));
    await app.Services.GetRequiredService<FirstStart>().Run(CancellationToken.None);
    foreach (var line in app.Services.GetServices<IStartLine>())
        Console.WriteLine(await line.Line(CancellationToken.None));
    await app.RunAsync();
}
