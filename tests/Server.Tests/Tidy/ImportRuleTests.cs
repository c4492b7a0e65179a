using AwesomeAssertions;

namespace Castellan.Tests.Tidy;

/// <summary>Shows that the import table bites, however a use is written.</summary>
public sealed class ImportRuleTests
{
    [Theory]
    [InlineData("Keys", "using Castellan.Webhooks;", "a higher row")]
    [InlineData("Keys", "using Castellan.Tenants;", "the same row")]
    [InlineData("Keys", "using static Castellan.Tenants.TenantRules;", "static")]
    [InlineData("Keys", "using Store = Castellan.Tenants.TenantStore;", "an alias")]
    [InlineData("Keys", "class A { Castellan.Tenants.TenantStore b; }", "a qualified name")]
    [InlineData("Keys", "class A { global::Castellan.Tenants.TenantStore b; }", "a global name")]
    [InlineData("Keys", "class A { Tenants.TenantStore b; }", "a name relative to the namespace")]
    [InlineData("Keys", "class A { int B() => Tenants.TenantRules.Check(); }", "a relative name in an expression")]
    [InlineData("Kernel", "using Castellan.Keys;", "the kernel knows no slice")]
    [InlineData("Platform", "using Castellan.Kernel;", "the platform knows nothing")]
    public void Use_that_points_up_or_aside_is_found(string folder, string text, string because) =>
        ImportRules.Imports(In(folder, $"using System;\n{text}"))
            .Should().ContainSingle(because).Which.Line.Should().Be(2);

    [Theory]
    [InlineData("Keys", "using Castellan.Kernel;\nusing Castellan.Platform.Storage;")]
    [InlineData("Webhooks", "using Castellan.Jobs;")]
    [InlineData("Keys", "using Castellan.Keys;")]
    [InlineData("Keys", "class A { object Audit { get; } int B() => Audit.GetHashCode(); }")]
    [InlineData("Keys", "class A { int B(A c) => c.Tenants.D; }")]
    [InlineData("Keys", "/// <see cref=\"Castellan.Webhooks.Endpoint\"/>\nclass A;")]
    public void Use_that_points_down_is_not(string folder, string text) =>
        ImportRules.Imports(In(folder, text)).Should().BeEmpty();

    [Fact]
    public void Folder_without_a_row_is_found() => ImportRules.Imports(In("Widgets", "")).Should().ContainSingle();

    [Theory]
    [InlineData("namespace Castellan.Keys;", 0)]
    [InlineData("namespace Castellan.Keys.Secrets;", 0)]
    [InlineData("namespace Castellan.Tenants;", 1)]
    [InlineData("namespace Castellan.KeysOfOthers { }", 1)]
    public void Namespace_is_its_folders(string text, int findings) =>
        ImportRules.Namespaces(In("Keys", text)).Should().HaveCount(findings);

    [Theory]
    [InlineData("src/Server/Program.cs", 0)]
    [InlineData("src/Server/Wiring.cs", 1)]
    [InlineData("src/Cli/Program.cs", 0)]
    public void Root_of_the_server_only_composes(string path, int findings) =>
        ImportRules.RootOfServer(new SourceFile(path, "")).Should().HaveCount(findings);

    [Theory]
    [InlineData("src/Cli/A.csproj", "<ProjectReference Include=\"../Client/Castellan.Client.csproj\" />", 0)]
    [InlineData("src/Cli/A.csproj", "<ProjectReference Include=\"../Server/Castellan.Server.csproj\" />", 1)]
    [InlineData("src/Core/A.csproj", "", 1)]
    [InlineData("src/Server/A.csproj", "<Using Include=\"Castellan.Keys\" />", 1)]
    public void Project_references(string path, string item, int findings) =>
        ImportRules.ProjectReferences(new SourceFile(path, $"<Project><ItemGroup>{item}</ItemGroup></Project>"))
            .Should().HaveCount(findings);

    [Fact]
    public void Uses_inside_a_row_are_read_from_the_architecture() =>
        ImportRules.ListedInsideRow("| from | to |\n|---|---|\n| `Keys` | `Access` | why |\n| `Keys` | `Kernel` | |\n")
            .Should().Equal(("Keys", "Access"));

    private static SourceFile In(string folder, string text) => new($"src/Server/{folder}/A.cs", text);
}
