using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Contracts;
using Castellan.Tests.Records;

namespace Castellan.Tests.Contracts;

/// <summary>Documents with a mistake each: where it is, what it is, how it is mended.</summary>
public sealed class ContractProblemTests
{
    [Theory]
    [InlineData("""{"schema": {"properties": {"id": {"type": "string"}}}}""", "/schema/properties/id", "reserved_name")]
    [InlineData("""{"schema": {"properties": {"a": {"type": "strin"}}}}""", "/schema/properties/a/type", null)]
    [InlineData(
        """{"schema": {"properties": {"a": {"type": "string"}}, "required": ["b"]}}""",
        "/schema/required/0", "required_unknown")]
    [InlineData(
        """{"schema": {"properties": {"a": {"type": "string"}}}, "unique": [["a"]]}""",
        "/schema/properties/a", "indexed_text_unbounded")]
    [InlineData(
        """{"schema": {"properties": {"a": {"type": "object"}}}, "indexes": [["a"]]}""",
        "/indexes/0", "not_indexable")]
    [InlineData(
        """{"schema": {"properties": {"a": {"type": "integer"}}}, "secret": ["a"]}""",
        "/schema/properties/a", "secret_not_text")]
    [InlineData(
        """{"schema": {"properties": {"a": {"type": "string"}}}, "references": {"a": {"collection": "u"}}}""",
        "/references/a/collection", "unknown_collection")]
    [InlineData(
        """{"schema": {"properties": {"a": {"type": "string", "maxlength": 5}}}}""",
        "/schema/properties/a/maxlength", "unknown_keyword")]
    [InlineData(
        """{"schema": {"properties": {"a": {"type": "object", "properties": {"b": {"requierd": true}}}}}}""",
        "/schema/properties/a/properties/b/requierd", "unknown_keyword")]
    [InlineData(
        """{"schema": {"properties": {"a": {"anyOf": [{"type": "string", "format": "datetime"}]}}}}""",
        "/schema/properties/a/anyOf/0/format", "unknown_format")]
    [InlineData(
        """{"schema": {"properties": {"a": {"type": "integer", "default": "z"}}}}""",
        "/schema/properties/a/default", "default_not_valid")]
    [InlineData(
        """{"schema": {"properties": {"a": {"enum": ["x", "y"], "default": "z"}}}}""",
        "/schema/properties/a/default", "default_not_valid")]
    [InlineData(
        """{"schema": {"properties": {"name": {"type": "string"}}}, "indexes": [["nmae"]]}""",
        "/indexes/0", "not_indexable")]
    public Task A_mistake_in_a_collection_is_pointed_at(string collection, string pointer, string? code) =>
        A_mistake_is_pointed_at(
            "{\"castellan\": 1, \"collections\": {\"t\": " + collection + "}}", "/contract/collections/t" + pointer,
            code);

    [Theory]
    [InlineData("""{"collections": {}}""", "/contract/castellan", "required")]
    [InlineData("""{"castellan": 2, "collections": {}}""", "/contract/castellan", "not_the_value")]
    [InlineData("""{"castellan": 1, "collections": {}, "colections": {}}""", "/contract/colections", "unknown_field")]
    [InlineData(
        """{"castellan": 1, "collections": {"Tasks": {"schema": {"properties": {"a": {}}}}}}""",
        "/contract/collections/Tasks", "bad_name")]
    [InlineData(
        """{"castellan": 1, "roles": {"r": {"permissions": ["x"]}}, "collections": {}}""",
        "/contract/roles/r/permissions/0", "unknown_permission")]
    public async Task A_mistake_is_pointed_at(string contract, string pointer, string? code)
    {
        await using var world = await RecordWorld.Start("""{"castellan": 1, "collections": {}}""");
        var problem = (await world.Tenants.Server.InProcess.Invoke(
            InProcess.Owner, "contracts.plan", new { app = world.Tenants.App.Value },
            new { contract = JsonNode.Parse(contract) })).Problem!;

        problem.Type.Code.Should().Be("input_invalid");
        problem.Errors.Should().Contain(e => e.Pointer == pointer && (code == null || e.Code == code),
            string.Join("; ", problem.Errors));
        problem.Errors.Should().OnlyContain(e => e.Detail.Length > 0 && e.Fix.Length > 0);
    }

    [Theory]
    [InlineData("true", "rule_names_no_caller")]
    [InlineData("record.state == 'open'", "rule_names_no_caller")]
    [InlineData("public || owner", "cel_error")]
    [InlineData("ownr", "cel_error")]
    [InlineData("record.tilte == caller.id", "cel_error")]
    [InlineData("record.token == caller.id", "cel_error")]
    [InlineData("caller.id = record.owner_id", "cel_error")]
    [InlineData("owner and tenant_member", "cel_error")]
    [InlineData("role('edtor')", "cel_error")]
    [InlineData("tenant_role('boss')", "cel_error")]
    [InlineData("record.rank + 1 > 2 && owner", "cel_error")]
    [InlineData("record.title.matches('x') && owner", "cel_error")]
    [InlineData("old.title == caller.id", "cel_error")]
    [InlineData("caller.id", "cel_error")]
    public async Task A_rule_that_does_not_hold_water_is_refused_with_a_way_out(string rule, string code)
    {
        await using var world = await RecordWorld.Start("""{"castellan": 1, "collections": {}}""");
        var contract = JsonNode.Parse("""
            {"castellan": 1, "roles": {"editor": {}}, "collections": {"t": {
              "schema": {"properties": {"title": {"type": "string"}, "rank": {"type": "integer"},
                         "state": {"type": "string"}, "token": {"type": "string"}}},
              "secret": ["token"], "rules": {}}}}
            """)!;
        contract["collections"]!["t"]!["rules"]!["list"] = rule;
        var problem = (await world.Tenants.Server.InProcess.Invoke(
            InProcess.Owner, "contracts.plan", new { app = world.Tenants.App.Value }, new { contract })).Problem!;

        problem.Errors.Should().Contain(e => e.Pointer == "/contract/collections/t/rules/list" && e.Code == code,
            string.Join("; ", problem.Errors));
        problem.Errors.Should().OnlyContain(e => e.Fix.Length > 0);
    }

    [Fact]
    public void The_published_schema_takes_the_contracts_that_there_are()
    {
        foreach (var contract in (string[])[RecordWorld.Portal, Isolation.HostileWorld.Contract])
            ContractSchema.Compiled.Validate(System.Text.Json.JsonElement.Parse(contract)).Should().BeEmpty();
    }

    [Fact]
    public async Task An_empty_rule_locks()
    {
        await using var world = await RecordWorld.Start("""
            {"castellan": 1, "collections": {"t": {"schema": {"properties": {"a": {"type": "string"}}},
              "rules": {"list": "", "read": "  ", "create": null}}}}
            """);
        (await world.Code(world.Ada, "records.create", "t", body: new { a = "x" })).Should().Be("rule_denied");
        (await world.Values(world.Ada, "t", "a")).Should().BeEmpty();
        (await world.Code(world.Browser, "records.list", "t")).Should().Be("not_found");
    }
}
