namespace Castellan.Build;

/// <summary>
/// What every test program finds: the machine provisioned, everything built and published, a PostgreSQL where one is
/// asked for, and environment variables that say where all of it is.
/// </summary>
internal sealed class TestEnvironment : IAsyncDisposable
{
    private const string Sqlite = "sqlite";
    private const string Postgres = "postgres";
    private const string All = "all";

    private readonly string notes = Suites.Report("notes.txt");
    private PostgresCluster? cluster;

    private TestEnvironment(string engines) => EngineNames = engines == All ? [Sqlite, Postgres] : [engines];

    public IReadOnlyList<string> EngineNames { get; }

    /// <summary>Takes `--engine` from the arguments: sqlite, postgres or all (the default).</summary>
    public static string Engines(Queue<string> args)
    {
        var engines = All;
        if (args.TryPeek(out var option) && option == "--engine")
        {
            args.Dequeue();
            args.TryDequeue(out engines!);
        }

        Entry.NothingLeft(args);
        return engines is Sqlite or Postgres or All
            ? engines
            : throw new BuildFailure($"--engine is {Sqlite}, {Postgres} or {All}, not \"{engines}\".");
    }

    public static async Task<TestEnvironment> Prepare(string engines)
    {
        var environment = new TestEnvironment(engines);
        var postgres = environment.EngineNames.Contains(Postgres);
        await Machine.Install(Machine.Chromium, Machine.Strace, Machine.Redis);
        if (postgres) await Machine.Install(Machine.Postgres);
        await Machine.InstallNpm(Shell.At("tests", "judges"));
        await Output.Build();
        await Output.Publish();
        await Output.BuildSample();
        if (postgres) environment.cluster = await PostgresCluster.Start();
        return environment;
    }

    /// <summary>The variables of one run. `engine` is all for a suite that chooses by itself.</summary>
    public IReadOnlyDictionary<string, string> Variables(string engine)
    {
        var variables = new Dictionary<string, string>
        {
            ["CASTELLAN_TEST_ENGINE"] = engine,
            ["CASTELLAN_TEST_NOTES"] = notes,
            ["CASTELLAN_TEST_OBSERVED"] = Suites.Report($"observed-{engine}.txt"),
            ["CASTELLAN_SERVER"] = Output.Server,
            ["CASTELLAN_CLI"] = Output.CommandLine,
            ["CASTELLAN_SAMPLE"] = Path.Combine(Output.Sample, "dist"),
            ["CASTELLAN_CHROMIUM"] = Shell.Find("chromium") ?? "",
            ["CASTELLAN_TEST_SCREENSHOTS"] = Shell.At("artifacts", "test-results", "screenshots"),
        };
        if (cluster is not null && engine != Sqlite) variables["CASTELLAN_TEST_POSTGRES"] = cluster.ConnectionString;
        return variables;
    }

    /// <summary>Prints what tests wrote down for the reader, such as vectors that are not on this machine.</summary>
    public void PrintNotes()
    {
        if (!File.Exists(notes)) return;
        Console.WriteLine("\nNotes:");
        foreach (var note in File.ReadLines(notes).Distinct()) Console.WriteLine($"  {note}");
    }

    public ValueTask DisposeAsync() => cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}
