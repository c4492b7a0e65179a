using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Records.Hostile;

/// <summary>
/// Hostile calls read and write nothing foreign. <c>dotnet run build.cs -- hostile</c> runs the long form: it gives the
/// number of calls in <c>CASTELLAN_HOSTILE_CALLS</c>, and a file for the result.
/// </summary>
public sealed class HostileTests(ITestOutputHelper output)
{
    private const long CallsOfShortRun = 3_000;
    private const long CallsUntilDefectIsFound = 20_000;

    private static readonly string[] Settings = ["--Tenants:OwnedMax", "10000", .. Unlimited.Settings];

    [Fact]
    public async Task Hostile_calls_read_and_write_nothing_foreign()
    {
        var wanted = Environment.GetEnvironmentVariable("CASTELLAN_HOSTILE_CALLS") is { } given
            ? long.Parse(given)
            : CallsOfShortRun;
        var seed = SeededNumbers.Seed(output);
        await using var world = await TenantWorld.Start(Settings);
        var run = new HostileRun(world, seed);

        var finding = await run.Run(wanted);

        finding.Should().BeNull();
        run.Kinds.Keys.Should().Contain(HostileRun.AllKinds, "each of them has to be tried");
        run.HonestDone.Should().BeGreaterThan(run.Kinds[HostileRun.Honestly] / 2, "refusals alone show little");
        run.Answers["done"].Should().BeGreaterThan(run.Calls / 4);
        Report($"{TestDatabase.Engine}, seed {seed}: {run.Calls:N0} calls by {run.Callers:N0} callers against "
            + $"{run.Contracts:N0} contracts; leaks: 0. Attacks: {Counted(run.Kinds)}. "
            + $"Answers: {Counted(run.Answers)}.");
    }

    /// <summary>Each is a mistake that one statement could have.</summary>
    public static TheoryData<string, string, string> Defects => new()
    {
        {
            "another tenant's records are read", @"r\.tenant_id = (\$\d+) and r\.deleted_at",
            "$1 = $1 and r.deleted_at"
        },
        { "what is deleted is read", @"r\.deleted_at is null", "r.id is not null" },
        { "a workspace is no bound", @"r\.workspace_id = (\$\d+)", "$1 = $1" },
        { "everybody is the owner", @"""r""\.""owner_id"" = (\$\d+)", "$1 = $1" },
        { "a reference leads to any tenant", @"r\.tenant_id = (\$\d+) and r\.id = ", "$1 = $1 and r.id = " },
        { "rules of writes are not asked", "case when .+? then 1 else 0 end", "1" },
        { "an update writes every record", @"(update ""c[^ ]+ set[\s\S]+) and id = (\$\d+)", "$1 and $2 = $2" },
        { "a delete takes every record", @"(delete from ""c[^ ]+ where .+) and id = (\$\d+)", "$1 and $2 = $2" },
        { "rows that refer are anybody's", @"""cel_\d+""\.""r\d_id"" = ""r""\.""id""", "true" },
    };

    [Theory]
    [MemberData(nameof(Defects))]
    public async Task Defect_of_a_statement_is_found(string what, string pattern, string replacement)
    {
        var regex = new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
        var hits = 0L;
        await using var world = await TenantWorld.Start(
            services => DefectiveDatabase.AddTo(services, text => regex.Replace(text, match =>
            {
                hits++;
                return match.Result(replacement);
            })),
            Settings);
        var run = new HostileRun(world, SeededNumbers.Seed(output));

        var finding = await run.Run(CallsUntilDefectIsFound);

        hits.Should().BePositive();
        finding.Should().NotBeNull(what);
        output.WriteLine($"Found by call {run.Calls}: {finding}");
    }

    [Theory]
    [InlineData("a secret comes back")]
    [InlineData("a hidden record is forbidden and not absent")]
    [InlineData("a count counts more")]
    public async Task Defect_of_an_answer_is_found(string what)
    {
        await using var world = await TenantWorld.Start(Settings);
        var run = new HostileRun(world, SeededNumbers.Seed(output))
        {
            Defect = (probe, reply) => (what[2], reply.IsDone) switch
            {
                ('s', true) when probe.Body is System.Text.Json.Nodes.JsonObject body && body["s0"] is { } secret =>
                    reply with { Text = reply.Text.Replace("\"f1\":", $"\"s0\":\"{secret}\",\"f1\":") },
                ('c', true) when probe.Listing is { Count: true } =>
                    reply with { Text = reply.Text.Replace("\"count\":", "\"count\":1") },
                ('h', false) when probe.Kind == "a hidden record" && reply.Code == "not_found" =>
                    reply with { Status = 403, Code = "rule_denied" },
                _ => reply,
            },
        };

        var finding = await run.Run(CallsUntilDefectIsFound);

        finding.Should().Contain("LEAK");
        output.WriteLine($"Found by call {run.Calls}: {finding}");
    }

    private static string Counted(IEnumerable<KeyValuePair<string, long>> counts) =>
        string.Join(", ", counts.Select(count => $"{count.Key} {count.Value:N0}"));

    private void Report(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("CASTELLAN_HOSTILE_RESULT") is { Length: > 0 } file)
            File.AppendAllText(file, line + "\n");
    }
}
