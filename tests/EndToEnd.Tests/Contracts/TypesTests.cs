using AwesomeAssertions;
using Xunit;

namespace Castellan.EndToEnd.Contracts;

/// <summary>
/// What `castellan types` writes. That it compiles, the builds of its examples show, under `tsc --strict`.
/// </summary>
public sealed class TypesTests : IDisposable
{
    private readonly Cli cli = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("castellan-types-");

    public void Dispose()
    {
        cli.Dispose();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("clients/typescript/test/castellan.json", "clients/typescript/test/generated/castellan-types.ts")]
    [InlineData("samples/customer-portal/castellan.json", "samples/customer-portal/src/castellan-types.ts")]
    public async Task Committed_types_are_those_of_their_contract(string contract, string types)
    {
        var made = await cli.Must("types", Repository.At(contract), "--out", "-");

        var committed = await File.ReadAllTextAsync(Repository.At(types), Ct);
        committed.Should().Be(made + "\n", $"{types} is made by: castellan types {contract} --out {types}");
    }

    [Fact]
    public async Task Types_go_into_a_file_and_are_the_same_each_time()
    {
        var contract = Write("""
            {"castellan": 1, "collections": {"tasks": {"schema": {"properties": {"title": {"type": "string"}}}}}}
            """);
        var target = Path.Combine(folder.FullName, "src", "types.ts");

        var first = await cli.Run("types", contract, "--out", target);
        var once = await File.ReadAllTextAsync(target, Ct);
        await cli.Must("types", contract, "--out", target);

        first.Output.Should().BeEmpty();
        first.Errors.Should().Contain("Wrote");
        once.Should().Contain("export interface Task {").And.Contain("title: string | null;");
        (await File.ReadAllTextAsync(target, Ct)).Should().Be(once);
    }

    [Theory]
    [InlineData("tasks", "Task")]
    [InlineData("line_items", "LineItem")]
    [InlineData("companies", "Company")]
    [InlineData("addresses", "Address")]
    [InlineData("statuses", "Status")]
    [InlineData("branches", "Branch")]
    [InlineData("news", "News")]
    [InlineData("analysis", "Analysis")]
    [InlineData("bus", "Bus")]
    [InlineData("collections", "Collection")]
    public async Task A_type_is_called_like_one_of_the_collection(string collection, string type) =>
        (await Types(Collections((collection, "{}")))).Should().Contain($"    row: {type};");

    [Fact]
    public async Task Two_collections_never_share_a_name()
    {
        var types = await Types(Collections(
            ("task", "{}"), ("tasks", "{}"), ("task_inserts", "{}"), ("patch", "{}"), ("a1", "{}"), ("a_1", "{}")));

        string[] names = ["Task", "Tasks", "TaskInserts", "Patch_2", "A1", "A1_2"];
        foreach (var name in names) types.Should().Contain($"export interface {name} {{");
    }

    [Theory]
    [InlineData("""{"type": "string"}""", "string")]
    [InlineData("""{"type": ["integer", "null"]}""", "number")]
    [InlineData("""{"enum": ["a", "b", "a"]}""", "\"a\" | \"b\"")]
    [InlineData("""{"enum": [1, true, null, "x\"y"]}""", "1 | true | \"x\\\"y\"")]
    [InlineData("""{"const": "only"}""", "\"only\"")]
    [InlineData("""{"type": "array", "items": {"type": ["string", "number"]}}""", "(string | number)[]")]
    [InlineData("""{"type": "array", "items": {"enum": ["a|b"]}}""", "\"a|b\"[]")]
    [InlineData("""{"type": "array"}""", "unknown[]")]
    [InlineData("""{"type": "object", "additionalProperties": false}""", "{ [name: string]: never }")]
    [InlineData("""{"allOf": [{"type": "string"}, {"maxLength": 3}]}""", "string")]
    [InlineData("""{"anyOf": [{"type": "string"}, {}]}""", "unknown")]
    [InlineData("""{"$ref": "#/$defs/there"}""", "boolean")]
    [InlineData("""{"$ref": "#/$defs/nowhere"}""", "unknown")]
    [InlineData("true", "unknown")]
    public async Task A_property_has_the_type_of_its_schema(string schema, string type)
    {
        var orNull = type is "unknown" ? type : $"{type} | null";

        (await Types(Collections(("tasks", schema)))).Should().Contain($"  p: {orNull};");
    }

    [Fact]
    public async Task A_schema_that_refers_to_itself_ends()
    {
        const string Tree = """
            {
              "type": "object",
              "properties": { "l": { "$ref": "#/properties/p" }, "r": { "$ref": "#/properties/p" } }
            }
            """;

        var types = await Types(Collections(("trees", Tree)));

        types.Length.Should().BeLessThan(200_000);
        types.Should().Contain("unknown");
    }

    [Fact]
    public async Task Descriptions_do_not_leave_their_comment()
    {
        const string Hostile = """{"type": "string", "description": "a */ export const x = 1; /*\nb"}""";

        (await Types(Collections(("tasks", Hostile)))).Should().Contain("/** a *\\/ export const x = 1; /* b */");
    }

    [Theory]
    [InlineData("{\"castellan\": 1,\n  \"collections\": {},\n}", ":3 is not JSON")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("{\"a\": 1, \"a\": 2}", "is not JSON")]
    public async Task What_is_no_contract_is_refused_with_its_line(string text, string says)
    {
        var result = await cli.Run("types", Write(text), "--out", "-");

        result.ExitCode.Should().Be(2);
        result.Output.Should().BeEmpty();
        result.Errors.Should().Contain(says).And.Contain("fix:");
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var result = await cli.Run("types", Path.Combine(folder.FullName, "none.json"));

        result.ExitCode.Should().Be(2);
        result.Errors.Should().Contain("none.json").And.Contain("fix:");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Collections whose records have the one property <c>p</c>.</summary>
    private static string Collections(params (string Name, string Schema)[] collections) =>
        $$"""{ "castellan": 1, "collections": { {{string.Join(",", collections.Select(Declared))}} } }""";

    private static string Declared((string Name, string Schema) collection) => $$"""
        "{{collection.Name}}": {
          "schema": { "properties": { "p": {{collection.Schema}} }, "$defs": { "there": { "type": "boolean" } } }
        }
        """;

    private Task<string> Types(string contract) => cli.Must("types", Write(contract), "--out", "-");

    private string Write(string contract)
    {
        var path = Path.Combine(folder.FullName, "castellan.json");
        File.WriteAllText(path, contract);
        return path;
    }
}
