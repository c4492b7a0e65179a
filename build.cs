#!/usr/bin/env dotnet
#:include build/*.cs
#:property RootNamespace=Castellan.Build
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using Castellan.Build;

// The one entry of the project: `dotnet run build.cs -- <verb>`. A verb is a row here and a method in build/Verbs.cs.
Verb[] verbs =
[
    new("run", "", "Build everything and start the server on ./data with the sample app beside it.", Verbs.Run),
    new("test", "[--engine sqlite|postgres|all]", "Run every test; end with a line `N passed, N failed`.", Verbs.Test),
    new("e2e", "", "Run only the tests that drive the published executables from outside.", Verbs.EndToEnd),
    new("storm", "[--rounds N]", "kill -9 in a storm of writes, 100 times; write bench/RESULTS.md.", Verbs.Storm),
    new("hostile", "[--count N]", "Make 100,000 hostile calls against records on each engine; note it in bench/.",
        Verbs.Hostile),
    new("isolation", "[--count N]", "Make 500,000 calls with foreign ids on each engine; note it in bench/.",
        Verbs.Isolation),
    new("cel", "[--count N]", "Compare rules as SQL with the evaluator, 100,000 on each engine; note it in bench/.",
        Verbs.Cel),
    new("format", "", "Rewrite white space as .editorconfig says.", Verbs.Format),
    new("check", "", "Verify format, build with warnings as errors, run the tidy and freshness tests.", Verbs.Check),
    new("docs", "", "Write what is generated: docs/*, the client's types, the schema snapshots.", Verbs.Docs),
    new("bench", "[BenchmarkDotNet arguments]", "Run the benchmarks, all of them unless told.", Verbs.Bench),
    new("release", "", "Publish the server and the command line to artifacts/release.", Verbs.Release),
];

return await Entry.Run(verbs, args);
