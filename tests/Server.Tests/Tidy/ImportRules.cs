using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Castellan.Tests.Tidy;

/// <summary>Holds code to <see cref="ImportTable"/>: folders of one assembly have no compiler wall.</summary>
internal static partial class ImportRules
{
    private const string Server = "src/Server/";
    private const string Root = "Castellan";
    private static readonly string[] Composition = [Server + "Program.cs", Server + "Server.cs"];

    public static IEnumerable<Finding> Imports(SourceFile file)
    {
        if (FolderOf(file) is not { } folder) return [];
        if (ImportTable.RowOf(folder) < 0)
            return [file.Whole($"No row of the import table has \"{folder}\": give it one, also in ARCHITECTURE.md.")];
        return
            from use in Uses(file.Syntax)
            where ImportTable.RowOf(use.Text) >= 0 && !ImportTable.Allows(folder, use.Text)
            select At(file, use, $"{folder} may not use {use.Text}: imports point down the rows of ARCHITECTURE.md.");
    }

    /// <summary>A namespace that is not its folder's would hide a use from <see cref="Imports"/>.</summary>
    public static IEnumerable<Finding> Namespaces(SourceFile file)
    {
        if (FolderOf(file) is not { } folder) return [];
        var wanted = $"{Root}.{folder}";
        return
            from declared in file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
            let name = declared.Name.ToString()
            where name != wanted && !name.StartsWith(wanted + ".", StringComparison.Ordinal)
            select At(file, declared.GetFirstToken(), $"Namespace {name} in folder {folder}: it is {wanted}.");
    }

    /// <summary>Only what composes the server stands above the rows.</summary>
    public static IEnumerable<Finding> RootOfServer(SourceFile file)
    {
        if (file.IsCSharp && file.Path.StartsWith(Server, StringComparison.Ordinal)
            && FolderOf(file) is null && !Composition.Contains(file.Path))
            yield return file.Whole("Only composition lies at the root of src/Server: find the folder of its noun.");
    }

    public static IEnumerable<Finding> ProjectReferences(SourceFile file)
    {
        if (!file.Path.EndsWith(".csproj", StringComparison.Ordinal)) yield break;
        var project = Path.GetDirectoryName(file.Path)!;
        if (!ImportTable.Projects.TryGetValue(project, out var allowed))
        {
            yield return file.Whole($"A project at {project} needs a decision record and a row in the import table.");
            yield break;
        }

        var document = XDocument.Parse(file.Text);
        foreach (var include in document.Descendants("ProjectReference").Select(r => (string)r.Attribute("Include")!))
        {
            var target = Path.GetRelativePath("/", Path.GetFullPath(
                Path.Combine("/", project, Path.GetDirectoryName(include.Replace('\\', '/'))!)));
            if (!allowed.Contains(target)) yield return file.Whole($"{project} may not reference {target}.");
        }

        foreach (var global in document.Descendants("Using").Select(r => (string?)r.Attribute("Include") ?? ""))
        {
            if (global.StartsWith(Root + ".", StringComparison.Ordinal) && project == "src/Server")
                yield return file.Whole($"A global using of {global} hides the use from the import table.");
        }
    }

    /// <summary>The uses inside a row that ARCHITECTURE.md lists.</summary>
    public static IEnumerable<(string From, string To)> ListedInsideRow(string architecture) =>
        from Match row in TableRow().Matches(architecture)
        let pair = (From: row.Groups["from"].Value, To: row.Groups["to"].Value)
        where ImportTable.RowOf(pair.From) >= 0 && ImportTable.RowOf(pair.From) == ImportTable.RowOf(pair.To)
        select pair;

    private static string? FolderOf(SourceFile file)
    {
        if (!file.IsCSharp || !file.Path.StartsWith(Server, StringComparison.Ordinal)) return null;
        var parts = file.Path[Server.Length..].Split('/');
        return parts.Length > 1 ? parts[0] : null;
    }

    /// <summary>
    /// The folder names that code uses: `Castellan.X` wherever it stands (using, alias, qualified name), and a
    /// bare `X.` at the head of a name, which the compiler finds through the namespace around it.
    /// </summary>
    private static IEnumerable<SyntaxToken> Uses(CompilationUnitSyntax syntax)
    {
        var declared = Declared(syntax);
        SyntaxToken[] tokens = [.. syntax.DescendantTokens()];
        for (var i = 0; i + 2 < tokens.Length; i++)
        {
            if (i > 0 && tokens[i - 1].IsKind(SyntaxKind.DotToken)) continue;
            if (!tokens[i].IsKind(SyntaxKind.IdentifierToken) || !tokens[i + 1].IsKind(SyntaxKind.DotToken)) continue;
            if (tokens[i].Text == Root) yield return tokens[i + 2];
            else if (!declared.Contains(tokens[i].Text)) yield return tokens[i];
        }
    }

    /// <summary>Names that the file gives to things of its own, such as a property called like a folder.</summary>
    private static HashSet<string> Declared(CompilationUnitSyntax syntax) =>
    [
        .. syntax.DescendantNodes().Select(node => node switch
        {
            PropertyDeclarationSyntax property => property.Identifier.Text,
            VariableDeclaratorSyntax variable => variable.Identifier.Text,
            ParameterSyntax parameter => parameter.Identifier.Text,
            BaseTypeDeclarationSyntax type => type.Identifier.Text,
            UsingDirectiveSyntax { Alias: { } alias } => alias.Name.Identifier.Text,
            _ => "",
        }),
    ];

    private static Finding At(SourceFile file, SyntaxToken token, string message) =>
        file.At(token.GetLocation().GetLineSpan().StartLinePosition.Line + 1, message);

    [GeneratedRegex(@"^\| `(?<from>\w+)` \| `(?<to>\w+)` \|", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TableRow();
}
