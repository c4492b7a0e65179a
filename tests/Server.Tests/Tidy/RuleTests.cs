using AwesomeAssertions;

namespace Castellan.Tests.Tidy;

/// <summary>Shows that each rule bites: it finds what is planted and leaves its neighbour alone.</summary>
public sealed class RuleTests
{
    private const string Slice = "src/Server/Keys/KeyStore.cs";

    [Theory]
    [InlineData("src/A.cs", 501, 1)]
    [InlineData("src/A.cs", 500, 0)]
    [InlineData("docs/guides/a.md", 501, 0)]
    [InlineData("clients/typescript/src/generated/api.ts", 501, 0)]
    public void Length(string path, int lines, int findings) =>
        TextRules.Length(new SourceFile(path, new string('\n', lines))).Should().HaveCount(findings);

    [Theory]
    [InlineData(121, 1)]
    [InlineData(120, 0)]
    public void Columns(int columns, int findings) =>
        TextRules.Columns(new SourceFile("src/a.sql", $"select\n{new string('x', columns)}\n"))
            .Should().HaveCount(findings).And.OnlyContain(f => f.Line == 2);

    [Theory]
    [InlineData(500_001, 1)]
    [InlineData(500_000, 0)]
    public void Size(long bytes, int findings) =>
        TextRules.Size(new SourceFile("docs/a.bin", "", bytes)).Should().HaveCount(findings);

    [Theory]
    [InlineData("a.ts", "// TO" + "DO later", 1)]
    [InlineData("a.md", "FIX" + "ME", 1)]
    [InlineData("a.sql", "select todo from task", 0)]
    public void Open_ends_in_text(string path, string text, int findings) =>
        TextRules.OpenEnds(new SourceFile(path, text)).Should().HaveCount(findings);

    [Theory]
    [InlineData("/ho" + "me/ann/castellan", 1)]
    [InlineData("cd /ro" + "ot/castellan", 1)]
    [InlineData(@"C:\Us" + @"ers\ann", 1)]
    [InlineData("GET /v1/home/ann", 0)]
    [InlineData("/var/lib/castellan", 0)]
    public void Machine_paths(string text, int findings) =>
        TextRules.MachinePaths(new SourceFile("README.md", text)).Should().HaveCount(findings);

    [Theory]
    [InlineData("https://api.nu" + "get.org/v3/index.json", 1)]
    [InlineData("\"resolved\": \"https://registry.npm" + "js.org/typescript\"", 1)]
    [InlineData("Packages come from NuGet and npm, on Debian.", 0)]
    public void Registry_hosts(string text, int findings) =>
        TextRules.RegistryHosts(new SourceFile("a.json", text)).Should().HaveCount(findings);

    [Theory]
    [InlineData("test.sk" + "ip('a', () => {})", 1)]
    [InlineData("test('a', { sk" + "ip: true }, () => {})", 1)]
    [InlineData("rows.skipWhile(isBlank)", 0)]
    public void Skipped_scripts(string text, int findings) =>
        TextRules.SkippedScripts(new SourceFile("a.test.ts", text)).Should().HaveCount(findings);

    [Theory]
    [InlineData("[Fact(Skip = \"slow\")] void A() { }", 1)]
    [InlineData("[Fact(Explicit = true)] void A() { }", 1)]
    [InlineData("void A() => Assert.SkipWhen(true, \"\");", 1)]
    [InlineData("[Fact] void A() => list.Skip(1);", 0)]
    public void Skipped_tests(string member, int findings) =>
        CodeRules.SkippedTests(Type(member)).Should().HaveCount(findings);

    [Theory]
    [InlineData(68, 1)]
    [InlineData(67, 0)]
    public void Method_length(int statements, int findings) =>
        CodeRules.MethodLength(Type($"void A()\n{{\n{string.Concat(Enumerable.Repeat("B();\n", statements))}}}"))
            .Should().HaveCount(findings);

    [Fact]
    public void Local_functions_have_a_length_too() =>
        CodeRules.MethodLength(Type($"void A() {{\n void B() {{{new string('\n', 71)}}}\n}}")).Should().HaveCount(2);

    [Theory]
    [InlineData("src/Server/Program.cs", 61, 1)]
    [InlineData("src/Server/Program.cs", 60, 0)]
    [InlineData("src/Cli/Program.cs", 61, 0)]
    public void Program_length(string path, int lines, int findings) =>
        CodeRules.ProgramLength(new SourceFile(path, new string('\n', lines))).Should().HaveCount(findings);

    [Theory]
    [InlineData("class KeyManager;", 1)]
    [InlineData("record KeyInfo;", 1)]
    [InlineData("enum KeyUtils { A }", 1)]
    [InlineData("class KeyDatabase; class Information;", 0)]
    public void Type_names(string text, int findings) =>
        CodeRules.TypeNames(new SourceFile("src/A.cs", text)).Should().HaveCount(findings);

    [Theory]
    [InlineData("#region Keys\n#endregion", 1)]
    [InlineData("// HACK: for now", 1)]
    [InlineData("dynamic A = 1;", 1)]
    [InlineData("void A() => throw new NotImplementedException();", 1)]
    [InlineData("string A = \"#region dynamic HACK\"; // A dynamic port.", 0)]
    public void Words(string member, int findings) => CodeRules.Words(Type(member)).Should().HaveCount(findings);

    [Theory]
    [InlineData("README.md", 0)]
    [InlineData("PLAN.md", 1)]
    [InlineData("scratch/a.cs", 1)]
    [InlineData("docs/decisions/0001-one-way-through.md", 0)]
    [InlineData("docs/notes.md", 1)]
    [InlineData("docs/decisions/plan.md", 1)]
    public void Places(string path, int findings) =>
        LayoutRules.Places(new SourceFile(path, "")).Should().HaveCount(findings);

    [Fact]
    public void Readmes()
    {
        const string Whole =
            "# Keys\n## Purpose\n## Terms\n## Tables\n## Invariants and limits\n## What others may call\n";
        var code = new SourceFile(Slice, "");

        LayoutRules.Readmes([code]).Should().HaveCount(5);
        LayoutRules.Readmes([code, new("src/Server/Keys/README.md", Whole.Replace("## Terms\n", ""))])
            .Should().ContainSingle().Which.Message.Should().Contain("Terms");
        LayoutRules.Readmes([code, new("src/Server/Keys/README.md", Whole)]).Should().BeEmpty();
        LayoutRules.Readmes([new("src/Server/Platform/Id.cs", ""), new("src/Server/Program.cs", "")])
            .Should().BeEmpty();
    }

    private static SourceFile Type(string members) => new(Slice, $"class A {{\n{members}\n}}");
}
