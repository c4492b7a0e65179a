using System.Text;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Platform.Cel;

/// <summary>A run of the specification's own tests, and the page that tells its score.</summary>
internal static class CelConformance
{
    public const string PagePath = "docs/conformance/cel.md";

    /// <summary>Cases that fail, each with the reason why they may.</summary>
    public static readonly Dictionary<string, string> Known = [];

    public sealed record Result(ConformanceCase Case, string? OutOfScope, string? Wrong);

    public static async Task<List<Result>> Results()
    {
        await using var judge = Judge.Start("cel-conformance.mjs");
        var lines = await judge.Judged("");
        Assert.True(lines.Count > 2000, $"The judge printed {lines.Count} cases.");
        return [.. lines.Select(line =>
        {
            var tested = new ConformanceCase(line["file"]!.ToString(), line["section"]!.ToString(), line["test"]!);
            var reason = ConformanceScope.Reason(tested.File, tested.Test);
            return new Result(tested, reason, reason is null ? tested.Run() : null);
        })];
    }

    public static string Page(List<Result> results)
    {
        var inScope = results.Where(r => r.OutOfScope is null).ToList();
        var passed = inScope.Count(r => r.Wrong is null);
        var page = new StringBuilder($"""
            # Conformance of the expression language

            Rules are written in the Common Expression Language. These are the tests of its specification (the simple
            test files of cel-spec, as the npm package `@bufbuild/cel-spec` brings them), run against `Platform/Cel`.
            Where an error is expected, one of the check counts as well as one of the evaluation. Generated from a run.

            **{passed:n0} of {inScope.Count:n0} in scope pass** ({100.0 * passed / inScope.Count:n2} %).
            {results.Count - inScope.Count:n0} of all {results.Count:n0} are out of scope: see below.

            | file | cases | in scope | passed |
            |---|---|---|---|

            """);
        foreach (var file in results.GroupBy(r => r.Case.File).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var scoped = file.Count(r => r.OutOfScope is null);
            var good = file.Count(r => r is { OutOfScope: null, Wrong: null });
            page.Append($"| {file.Key} | {file.Count()} | {scoped} | {good} |\n");
        }
        page.Append("\n## Misses\n\n");
        if (passed == inScope.Count) page.Append("None.\n");
        foreach (var miss in inScope.Where(r => r.Wrong is not null))
            page.Append($"* `{miss.Case.Name}`: {Known.GetValueOrDefault(miss.Case.Name, miss.Wrong!)}\n");
        page.Append("\n## Out of scope\n\n| cases | what they ask for |\n|---|---|\n");
        foreach (var reason in results.Where(r => r.OutOfScope is not null).GroupBy(r => r.OutOfScope!)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal))
            page.Append($"| {reason.Count()} | {reason.Key} |\n");
        return page.ToString();
    }
}
