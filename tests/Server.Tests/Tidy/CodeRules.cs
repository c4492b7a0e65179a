using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Castellan.Tests.Tidy;

/// <summary>Rules about C# that are read from its syntax.</summary>
internal static class CodeRules
{
    public const int MethodLinesMax = 70;
    public const int ProgramLinesMax = 60;

    /// <summary>Its tests are explicit, because the build verb `test` runs them behind all others.</summary>
    private const string RunBehindAll = "tests/Server.Tests/Coverage/CoverageTests.cs";

    private static readonly string[] EmptySuffixes =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Common", "Base", "Impl", "Info"];

    /// <summary>Holds for local functions too, which also count inside their method.</summary>
    public static IEnumerable<Finding> MethodLength(SourceFile file) =>
        from node in file.Syntax.DescendantNodes()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = node.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > MethodLinesMax
        select At(file, node, $"{lines} lines in one method, at most {MethodLinesMax}: give its parts names.");

    public static IEnumerable<Finding> ProgramLength(SourceFile file)
    {
        if (file.Path == "src/Server/Program.cs" && file.Lines.Length - 1 > ProgramLinesMax)
            yield return file.Whole($"More than {ProgramLinesMax} lines: wiring belongs to the slice that it wires.");
    }

    public static IEnumerable<Finding> TypeNames(SourceFile file) =>
        from type in file.Syntax.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        let suffix = Array.Find(EmptySuffixes, s => type.Identifier.Text.EndsWith(s, StringComparison.Ordinal))
        where suffix is not null
        select At(file, type, $"\"{type.Identifier.Text}\": name what it does; \"{suffix}\" says nothing.");

    public static IEnumerable<Finding> Words(SourceFile file)
    {
        foreach (var trivia in file.Syntax.DescendantTrivia())
        {
            if (trivia.IsKind(SyntaxKind.RegionDirectiveTrivia))
                yield return At(file, trivia, "A region: split the type, or read it whole.");
            else if (IsComment(trivia) && TextRules.IsOpenEnd(trivia.ToFullString()))
                yield return At(file, trivia, "An open end: finish it, or open an issue.");
        }

        foreach (var name in file.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name is { Identifier.Text: "dynamic", Parent: not MemberAccessExpressionSyntax and not ArgumentSyntax })
                yield return At(file, name, "dynamic: name the type.");
            else if (name.Identifier.Text == "NotImplementedException")
                yield return At(file, name, "Not implemented: implement it, or leave it out.");
        }
    }

    /// <summary>`[Fact(Skip = ...)]` and its kin, and `Assert.Skip`.</summary>
    public static IEnumerable<Finding> SkippedTests(SourceFile file)
    {
        const string Message = "A test that does not run: mend it or remove it.";
        foreach (var argument in file.Syntax.DescendantNodes().OfType<AttributeArgumentSyntax>())
        {
            var name = argument.NameEquals?.Name.Identifier.Text;
            if (name is "Skip" or "SkipWhen" or "SkipUnless" || (name is "Explicit" && file.Path != RunBehindAll))
                yield return At(file, argument, Message);
        }

        foreach (var access in file.Syntax.DescendantNodes().OfType<MemberAccessExpressionSyntax>())
        {
            if (access is { Expression: IdentifierNameSyntax { Identifier.Text: "Assert" } }
                && access.Name.Identifier.Text is "Skip" or "SkipWhen" or "SkipUnless")
                yield return At(file, access, Message);
        }
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static Finding At(SourceFile file, SyntaxNodeOrToken node, string message) =>
        file.At(node.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1, message);

    private static Finding At(SourceFile file, SyntaxTrivia trivia, string message) =>
        file.At(trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1, message);
}
