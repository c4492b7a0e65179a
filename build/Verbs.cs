namespace Castellan.Build;

/// <summary>What each verb does. `args` is what stands behind the verb on the command line.</summary>
internal static class Verbs
{
    private const string ServerTests = "Castellan.Server.Tests";
    private const string EndToEndTests = "Castellan.EndToEnd.Tests";

    // By folder, not by project: so it needs no build and covers build.cs too.
    private static readonly string[] WhiteSpace =
        ["format", "whitespace", ".", "--folder", "--exclude", "artifacts", "--exclude", "node_modules"];

    public static async Task<int> Run(Queue<string> args)
    {
        Console.WriteLine("Building, which takes a few minutes the first time ...");
        await Output.Build();
        await Output.Publish();
        await Output.BuildSample();
        var data = Environment.GetEnvironmentVariable("CASTELLAN_DATAFOLDER") ?? Shell.At("data");
        var listen = Environment.GetEnvironmentVariable("CASTELLAN_LISTEN") ?? "http://127.0.0.1:7300";
        // Its own banner would hide what the server and we say.
        string[] preview = ["preview", "--logLevel", "warn", "--host", "127.0.0.1", "--port", "5173", "--strictPort"];
        var running = Shell.Together(
            (Output.Server, ["serve", "--DataFolder", data, "--Listen", listen, .. args], Shell.Root),
            // Not by npm, which would leave it running when it is ended itself.
            ("node", ["node_modules/vite/bin/vite.js", .. preview], Output.Sample));
        // Where the server does not start, it has said why.
        await Task.WhenAny(running, SampleApp.Register(data, new Uri(listen)));
        return await running;
    }

    public static async Task<int> Test(Queue<string> args)
    {
        var engines = TestEnvironment.Engines(args);
        var tally = Tally.None;
        try
        {
            tally += await Suites.Command("format", "dotnet", [.. WhiteSpace, "--verify-no-changes"]);
            await using var environment = await TestEnvironment.Prepare(engines);
            foreach (var engine in environment.EngineNames)
            {
                var variables = environment.Variables(engine);
                tally += await Suites.DotNet(ServerTests, $"server-{engine}", variables, Suites.Only(engine));
                // What the run has observed is judged when it is over.
                tally += await Suites.DotNet(ServerTests, $"coverage-{engine}", variables, "-explicit", "only");
            }

            tally += await Suites.DotNet(
                EndToEndTests, "end-to-end", environment.Variables(engines), Suites.Only(engines));
            foreach (var folder in Machine.NpmFolders().Where(f => Suites.TestScript(f) is not null))
                tally += await Suites.Npm(folder, environment.Variables(engines));
            environment.PrintNotes();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever went wrong, the last line says that the run failed.
            var what = failure is BuildFailure ? failure.Message : failure.ToString();
            tally += Tally.Failure(what);
            Console.WriteLine(what);
        }

        tally.PrintFailures();
        Console.WriteLine();
        Console.WriteLine(tally);
        return tally.Failed == 0 ? 0 : 1;
    }

    public static async Task<int> EndToEnd(Queue<string> args)
    {
        var engines = TestEnvironment.Engines(args);
        await using var environment = await TestEnvironment.Prepare(engines);
        var tally = await Suites.DotNet(
            EndToEndTests, "end-to-end", environment.Variables(engines), Suites.Only(engines));
        return tally.Failed == 0 ? 0 : 1;
    }

    public static async Task<int> Storm(Queue<string> args)
    {
        var rounds = Number(args, "--rounds", 100);
        Entry.NothingLeft(args);
        await using var environment = await TestEnvironment.Prepare("all");
        var result = Suites.Report("storm.txt");
        var variables = new Dictionary<string, string>(environment.Variables("all"))
        {
            ["CASTELLAN_STORM_ROUNDS"] = $"{rounds}",
            ["CASTELLAN_STORM_RESULT"] = result,
        };
        var tally = await Suites.DotNet(
            EndToEndTests, "storm", variables, "-class", "Castellan.EndToEnd.Durability.StormTests");
        if (tally.Failed > 0) return 1;
        await Results.Replace("Durability", "storm", await File.ReadAllLinesAsync(result));
        return 0;
    }

    public static Task<int> Cel(Queue<string> args) =>
        AtLength(args, "cel", "CASTELLAN_CEL_RULES", "CASTELLAN_CEL_RESULT", "Rules as SQL",
            "Castellan.Tests.Platform.Cel.Sql.DifferentialTests");

    public static Task<int> Hostile(Queue<string> args) =>
        AtLength(args, "hostile", "CASTELLAN_HOSTILE_CALLS", "CASTELLAN_HOSTILE_RESULT", "Hostile calls",
            "Castellan.Tests.Records.Hostile.HostileTests");

    public static Task<int> Isolation(Queue<string> args) =>
        AtLength(args, "isolation", "CASTELLAN_ISOLATION_CALLS", "CASTELLAN_ISOLATION_RESULT", "Isolation",
            "Castellan.Tests.Isolation.MatrixTests", usual: 500_000);

    public static async Task<int> Format(Queue<string> args)
    {
        Entry.NothingLeft(args);
        return await Shell.Run("dotnet", WhiteSpace);
    }

    public static async Task<int> Check(Queue<string> args)
    {
        Entry.NothingLeft(args);
        await Shell.Must("dotnet", [.. WhiteSpace, "--verify-no-changes"]);
        await Output.Build();
        await Machine.InstallNpm(Shell.At("tests", "judges"));
        var tally = await Suites.DotNet(
            ServerTests, "tidy", new Dictionary<string, string>(),
            "-namespace", "Castellan.Tests.Tidy", "-namespace", "Castellan.Tests.Docs");
        return tally.Failed == 0 ? 0 : 1;
    }

    public static async Task<int> Docs(Queue<string> args)
    {
        Entry.NothingLeft(args);
        await Machine.Install(Machine.Postgres);
        await Output.Build();
        await Machine.InstallNpm(Shell.At("tests", "judges"));
        await using var cluster = await PostgresCluster.Start();
        var write = new Dictionary<string, string>
        {
            ["CASTELLAN_WRITE_DOCS"] = "1", ["CASTELLAN_TEST_POSTGRES"] = cluster.ConnectionString,
        };
        var tally = await Suites.DotNet(ServerTests, "docs", write, "-namespace", "Castellan.Tests.Docs");
        // Each engine writes its own schema.
        write["CASTELLAN_TEST_ENGINE"] = "postgres";
        tally += await Suites.DotNet(
            ServerTests, "docs-postgres", write, "-class", "Castellan.Tests.Docs.SchemaTests");
        if (tally.Failed > 0) return 1;
        // The client's types are made from the API's description, so after it.
        var client = Shell.At("clients", "typescript");
        await Machine.InstallNpm(client);
        return await Shell.Run("npm", ["run", "generate", "--silent"], client);
    }

    public static async Task<int> Bench(Queue<string> args)
    {
        await Machine.Install(Machine.Wrk);
        await Output.Build();
        string[] chosen = args.Count > 0 ? [.. args] : ["--filter", "*"];
        return await Shell.Run(
            Output.Of("Castellan.Bench"), ["--artifacts", Shell.At("artifacts", "bench"), .. chosen]);
    }

    public static async Task<int> Release(Queue<string> args)
    {
        Entry.NothingLeft(args);
        await Output.Build();
        await Output.Publish();
        return 0;
    }

    /// <summary>
    /// Runs the long form of a random test on both engines, and notes what it says below a heading of bench/RESULTS.md.
    /// </summary>
    private static async Task<int> AtLength(
        Queue<string> args, string verb, string countVariable, string resultVariable, string heading, string test,
        int usual = 100_000)
    {
        var count = Number(args, "--count", usual);
        Entry.NothingLeft(args);
        await Machine.Install(Machine.Postgres);
        await Output.Build();
        await using var cluster = await PostgresCluster.Start();
        var result = Suites.Report($"{verb}.txt");
        var tally = Tally.None;
        foreach (var engine in new[] { "sqlite", "postgres" })
        {
            var variables = new Dictionary<string, string>
            {
                ["CASTELLAN_TEST_ENGINE"] = engine,
                ["CASTELLAN_TEST_POSTGRES"] = cluster.ConnectionString,
                [countVariable] = $"{count}",
                [resultVariable] = result,
            };
            tally += await Suites.DotNet(ServerTests, $"{verb}-{engine}", variables, "-class", test);
        }

        if (tally.Failed > 0) return 1;
        var commit = (await Shell.Printed("git", "rev-parse", "--short", "HEAD")).Trim();
        string[] lines = [$"commit {commit}", .. await File.ReadAllLinesAsync(result)];
        await Results.Replace(heading, verb, lines);
        return 0;
    }

    /// <summary>Takes a whole number from 1 behind its option, where that stands first.</summary>
    private static int Number(Queue<string> args, string option, int otherwise)
    {
        if (!args.TryPeek(out var given) || given != option) return otherwise;
        args.Dequeue();
        return args.TryDequeue(out var text) && int.TryParse(text, out var number) && number >= 1
            ? number
            : throw new BuildFailure($"{option} is a whole number from 1.");
    }
}
