using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Platform.Cel.Sql;

/// <summary>
/// What SQL selects is what the evaluator says, of random rules and rows. <c>dotnet run build.cs -- cel</c> runs the
/// long form: it gives the number of rules in <c>CASTELLAN_CEL_RULES</c>, and a file for the result.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const long RulesOfShortRun = 2_000;
    private const long RulesUntilDefectIsFound = 4_000;

    private TestDatabase files = null!;
    private IDatabase database = null!;

    private static SqlDialect Dialect => TestDatabase.Engine == "postgres" ? SqlDialect.Postgres : SqlDialect.Sqlite;

    public async ValueTask InitializeAsync()
    {
        files = await TestDatabase.Create();
        database = files.Open();
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await files.DisposeAsync();
    }

    [Fact]
    public async Task Rows_that_sql_selects_are_those_of_which_the_evaluator_says_so()
    {
        var wanted = Environment.GetEnvironmentVariable("CASTELLAN_CEL_RULES") is { } given
            ? long.Parse(given)
            : RulesOfShortRun;
        var seed = SeededNumbers.Seed(output);
        var run = new Differential(database, Dialect, seed);

        var disagreement = await run.Run(wanted);

        disagreement.Should().BeNull();
        var tried = run.Rules + run.Unchecked + run.Refused + run.Unbound;
        run.Rules.Should().BeGreaterThan(tried * 9 / 10, "rules that do not compile show nothing");
        var pairs = run.Trues + run.Falses + run.Errors;
        run.Trues.Should().BeGreaterThan(pairs / 10, "rules that select nothing show little");
        run.Falses.Should().BeGreaterThan(pairs / 10);
        run.Errors.Should().BeGreaterThan(pairs / 20);
        Report($"{TestDatabase.Engine}, seed {seed}: {run.Rules:N0} rules ({run.Texts:N0} distinct statements; "
            + $"{tried - run.Rules:N0} more were refused) over {run.Rows} rows each, {pairs:N0} pairs: "
            + $"{run.Trues:N0} true, {run.Falses:N0} false, {run.Errors:N0} errors; no disagreement.");
    }

    /// <summary>Each is a mistake that a compiler like this one could make.</summary>
    public static TheoryData<string, string, string> Defects => new()
    {
        { "null is not unequal", "is distinct from", "<>" },
        { "another tenant's rows are joined", """ and "cel_\d+"\."tenant_id" = "\w+"\."tenant_id" """, " " },
        { "deleted rows are joined", """ and "cel_\d+"\."deleted_at" is null""", "" },
        { "an error among the rows counts as false", @"\) is not true", ") = false" },
        { "a limit counts as below it", "<= ", "< " },
        { "a null is outside of no list", """ or "\w+"\."\w+" is null\)""", ")" },
        { "a JSON text counts as number", "<> 'number'|in \\('integer', 'real'\\)", "is null" },
        { "a bool is not asked", " = true", " is not null" },
        { "a search ignores where a text begins", """ >= (\$\d+) and""", " <> $1 and" },
        { "what is there once may be there again", @"\) = 1 ", ") >= 1 " },
    };

    [Theory]
    [MemberData(nameof(Defects))]
    public async Task Defect_is_found(string what, string pattern, string replacement)
    {
        var regex = new Regex(pattern.TrimEnd(), RegexOptions.None, TimeSpan.FromSeconds(1));
        var hits = 0L;
        var run = new Differential(database, Dialect, SeededNumbers.Seed(output))
        {
            Defect = text => regex.Replace(text, match =>
            {
                hits++;
                return match.Result(replacement.TrimEnd());
            }),
        };

        var disagreement = await Found(run);

        hits.Should().BePositive();
        disagreement.Should().NotBeNull(what);
        output.WriteLine($"Found by rule {run.Rules}.");
    }

    /// <summary>A defect may also make a statement that the database refuses.</summary>
    private static async Task<string?> Found(Differential run)
    {
        try
        {
            return await run.Run(RulesUntilDefectIsFound);
        }
        catch (InvalidOperationException refused) when (refused.InnerException is not null)
        {
            return refused.Message;
        }
    }

    private void Report(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("CASTELLAN_CEL_RESULT") is { Length: > 0 } file)
            File.AppendAllText(file, line + "\n");
    }
}
