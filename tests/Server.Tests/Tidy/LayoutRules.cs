using System.Text.RegularExpressions;

namespace Castellan.Tests.Tidy;

/// <summary>Rules about which files there are.</summary>
internal static partial class LayoutRules
{
    private static readonly string[] Headings =
        ["Purpose", "Terms", "Tables", "Invariants and limits", "What others may call"];

    /// <summary>What may lie at the root: what people look for there, and what tools read only there.</summary>
    private static readonly string[] RootFiles =
    [
        "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE",
        "build.cs", "Castellan.slnx", "global.json", "Directory.Build.props", "Directory.Packages.props",
        "BannedSymbols.txt", ".editorconfig", ".gitattributes", ".gitignore",
    ];

    private static readonly string[] RootFolders =
        [".ci", "bench", "build", "clients", "console", "docs", "samples", "src", "tests"];

    public static IEnumerable<Finding> Places(SourceFile file)
    {
        var top = file.Path.Split('/')[0];
        if (!(top == file.Path ? RootFiles : RootFolders).Contains(top))
            yield return file.Whole($"\"{top}\" is not on the list of what lies at the root (LayoutRules).");
        if (top == "docs" && !Document().IsMatch(file.Path))
            yield return file.Whole("Not on the list of documents (LayoutRules): notes stay outside the tree.");
    }

    /// <summary>Every slice has a README.md with the five headings.</summary>
    public static IEnumerable<Finding> Readmes(IReadOnlyCollection<SourceFile> files)
    {
        var slices = files.Select(f => f.Path.Split('/'))
            .Where(p => p is ["src", "Server", _, _, ..] && ImportTable.IsSlice(p[2]))
            .Select(p => p[2]).Distinct();
        foreach (var slice in slices)
        {
            var path = $"src/Server/{slice}/README.md";
            var readme = files.FirstOrDefault(f => f.Path == path) ?? new SourceFile(path, "");
            foreach (var heading in Headings.Where(h => !readme.Lines.Contains($"## {h}")))
                yield return readme.Whole($"The heading \"## {heading}\" is missing.");
        }
    }

    [GeneratedRegex(
        @"^docs/(?:(?:configuration|errors)\.md|openapi\.json|decisions/\d{4}-[a-z0-9-]+\.md|"
            + @"(?:conformance|guides)/[a-z0-9-]+\.md)$",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Document();
}
