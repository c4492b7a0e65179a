using System.Text.RegularExpressions;

namespace Castellan.Tests.Tidy;

/// <summary>Rules that need no more than the text of a file.</summary>
internal static partial class TextRules
{
    public const int LinesMax = 500;
    public const int ColumnsMax = 120;
    public const int BytesMax = 500_000;

    /// <summary>What is generated grows with what it describes, and nobody reads it through.</summary>
    public const int GeneratedBytesMax = 2_000_000;

    private static readonly string[] Code = [".cs", ".ts", ".tsx", ".js", ".mjs", ".css", ".sql", ".sh"];

    /// <summary>Files that may be longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongFiles = [];

    public static IEnumerable<Finding> Length(SourceFile file)
    {
        if (!IsCode(file) || LongFiles.ContainsKey(file.Path)) yield break;
        var lines = file.Lines.Length - 1;
        if (lines > LinesMax)
            yield return file.Whole($"{lines} lines, at most {LinesMax}: a second noun hides here; split by it.");
    }

    public static IEnumerable<Finding> Columns(SourceFile file) =>
        !IsCode(file) ? [] : Matching(
            file, line => line.Length > ColumnsMax ? $"{line.Length} columns, at most {ColumnsMax}." : null);

    public static IEnumerable<Finding> Size(SourceFile file)
    {
        var most = file.IsGenerated ? GeneratedBytesMax : BytesMax;
        if (file.SizeBytes > most)
            yield return file.Whole($"{file.SizeBytes} bytes, at most {most}: let a package or a script bring it.");
    }

    public static IEnumerable<Finding> OpenEnds(SourceFile file)
    {
        // In C# only comments are read (CodeRules), so that a rule about such words can be written down.
        if (file.IsCSharp || !(IsCode(file) || file.Path.EndsWith(".md", StringComparison.Ordinal))) return [];
        return Matching(file, line => OpenEnd().IsMatch(line) ? "An open end: finish it, or open an issue." : null);
    }

    public static IEnumerable<Finding> MachinePaths(SourceFile file) => Matching(
        file, line => MachinePath().Match(line) is { Success: true } m
            ? $"\"{m.Value}\" is a path of one machine: make it relative, or an option."
            : null);

    public static IEnumerable<Finding> RegistryHosts(SourceFile file) => Matching(
        file, line => RegistryHost().Match(line) is { Success: true } m
            ? $"\"{m.Value}\" is a package registry: where packages come from is the machine's matter."
            : null);

    public static IEnumerable<Finding> SkippedScripts(SourceFile file)
    {
        if (!Path.GetExtension(file.Path).StartsWith(".ts", StringComparison.Ordinal)) return [];
        return Matching(
            file, line => SkippedScript().IsMatch(line) ? "A test that does not run: mend it or remove it." : null);
    }

    public static bool IsOpenEnd(string comment) => OpenEnd().IsMatch(comment);

    private static bool IsCode(SourceFile file) => !file.IsGenerated && Code.Contains(Path.GetExtension(file.Path));

    private static IEnumerable<Finding> Matching(SourceFile file, Func<string, string?> complaint)
    {
        var number = 0;
        foreach (var line in file.Lines)
        {
            number++;
            if (complaint(line.TrimEnd('\r')) is { } message) yield return file.At(number, message);
        }
    }

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OpenEnd();

    [GeneratedRegex(
        @"(?<![\w.])/(?:home|Users)/\w+/|(?<![\w./])/(?:root|work)/|\b[A-Z]:\\Users\\",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"\b(?:[a-z0-9-]+\.)*(?:nuget\.org|npmjs\.(?:org|com)|yarnpkg\.com|debian\.org|pypi\.org|docker\.io)\b",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(
        @"\.(?:skip|only|todo)\(|\b(?:skip|only|todo): *true\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SkippedScript();
}
