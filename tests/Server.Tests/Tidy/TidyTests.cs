using AwesomeAssertions;

namespace Castellan.Tests.Tidy;

/// <summary>The rules of the house, over every file of the checkout. A message names the way out.</summary>
public sealed class TidyTests
{
    [Fact]
    public void Tree_is_the_checkout()
    {
        Tree.Files.Select(f => f.Path).Should().Contain(["build.cs", "src/Server/Program.cs", ".ci/run"]);
        Tree.Files.Select(f => f.Path).Should().NotContain(path => path.StartsWith("artifacts/"));
    }

    [Fact]
    public void Files_are_short() => Clean(Tree.Files.SelectMany(TextRules.Length));

    [Fact]
    public void Lines_are_short() => Clean(Tree.Files.SelectMany(TextRules.Columns));

    [Fact]
    public void Methods_are_short() => Clean(Tree.CSharp.SelectMany(CodeRules.MethodLength));

    [Fact]
    public void Program_only_wires() => Clean(Tree.CSharp.SelectMany(CodeRules.ProgramLength));

    [Fact]
    public void Blobs_are_small() => Clean(Tree.Files.SelectMany(TextRules.Size));

    [Fact]
    public void Nothing_is_left_open() =>
        Clean([.. Tree.Files.SelectMany(TextRules.OpenEnds), .. Tree.CSharp.SelectMany(CodeRules.Words)]);

    [Fact]
    public void Type_names_say_something() => Clean(Tree.CSharp.SelectMany(CodeRules.TypeNames));

    [Fact]
    public void Every_test_runs() =>
        Clean([.. Tree.CSharp.SelectMany(CodeRules.SkippedTests), .. Tree.Files.SelectMany(TextRules.SkippedScripts)]);

    [Fact]
    public void No_machine_is_named() => Clean(Tree.Files.SelectMany(TextRules.MachinePaths));

    [Fact]
    public void No_registry_is_named() => Clean(Tree.Files.SelectMany(TextRules.RegistryHosts));

    [Fact]
    public void Every_file_has_its_place() => Clean(Tree.Files.SelectMany(LayoutRules.Places));

    [Fact]
    public void Every_slice_introduces_itself() => Clean(LayoutRules.Readmes(Tree.Files));

    [Fact]
    public void Imports_point_down() => Clean(
    [
        .. Tree.CSharp.SelectMany(ImportRules.Imports),
        .. Tree.CSharp.SelectMany(ImportRules.Namespaces),
        .. Tree.CSharp.SelectMany(ImportRules.RootOfServer),
    ]);

    [Fact]
    public void Projects_reference_what_they_may() => Clean(Tree.Files.SelectMany(ImportRules.ProjectReferences));

    [Fact]
    public void Architecture_lists_the_uses_inside_a_row()
    {
        var architecture = Tree.Files.FirstOrDefault(f => f.Path == "ARCHITECTURE.md")?.Text ?? "";

        ImportRules.ListedInsideRow(architecture).Should().BeEquivalentTo(ImportTable.InsideRow);
    }

    private static void Clean(IEnumerable<Finding> findings) =>
        Assert.True(!findings.Any(), string.Join('\n', findings));
}
