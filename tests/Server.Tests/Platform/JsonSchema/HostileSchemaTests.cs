using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Platform.JsonSchema;

namespace Castellan.Tests.Platform.JsonSchema;

/// <summary>Schemas and instances that are made to take time, stack or memory.</summary>
public sealed class HostileSchemaTests
{
    private const string Endless = """{"pattern":"^(?!-)(?:[a-z]+[a-y]?)+-$"}""";

    [Fact]
    public void A_pattern_that_backtracks_without_end_is_a_failure()
    {
        var schema = Schemas.Of(Endless, new JsonSchemaOptions { PatternMs = 20 });
        var instance = $"\"{new string('a', 60)}!\"";
        schema.Accepts(instance).Should().BeFalse();
        schema.Validate(JsonElement.Parse(instance)).Should().ContainSingle().Which.Code.Should().Be("pattern_timeout");
    }

    /// <summary>Neither verdict of a stopped pattern may become an answer.</summary>
    [Fact]
    public void A_stopped_pattern_is_a_failure_under_not_too()
    {
        var schema = Schemas.Of($$"""{"not":{{Endless}}}""", new JsonSchemaOptions { PatternMs = 20 });
        schema.Accepts($"\"{new string('a', 60)}!\"").Should().BeFalse();
    }

    [Fact]
    public void Nested_repetitions_take_linear_time_where_nothing_asks_for_backtracking() =>
        Schemas.Of("""{"pattern":"^(a+)+$"}""").Accepts($"\"{new string('a', 50_000)}!\"").Should().BeFalse();

    [Fact]
    public void A_repetition_of_repetitions_is_bounded()
    {
        Schemas.Of("""{"pattern":"^((a{1,100}){1,100}){1,100}$"}""").Accepts("\"aaa\"").Should().BeTrue();
        Code("a{1000000}").Should().Be("pattern_unsupported");
        Code(new string('a', 1_001)).Should().Be("pattern_too_long");
        Code(new string('(', 400) + new string(')', 400)).Should().Be("pattern_unsupported");

        static string Code(string pattern) =>
            Schemas.Errors(new JsonObject { ["pattern"] = pattern }.ToJsonString()).Single().Code;
    }

    /// <summary>2 to the power of 40 ways through 40 small schemas.</summary>
    [Fact]
    public void Schemas_that_double_at_every_step_are_stopped()
    {
        var compiled = Chain(40, next => new JsonObject
        {
            ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = next }, new JsonObject { ["$ref"] = next }),
        });
        compiled.Accepts("1").Should().BeFalse();
        compiled.Validate(JsonElement.Parse("1")).Should().ContainSingle().Which.Code.Should().Be("too_much_work");
    }

    [Fact]
    public void A_chain_of_references_takes_no_stack()
    {
        var compiled = Chain(15_000, next => new JsonObject { ["$ref"] = next });
        compiled.Validate(JsonElement.Parse("1")).Should().ContainSingle().Which.Code.Should().Be("too_deep");
    }

    [Fact]
    public void A_schema_in_itself_follows_a_deep_instance()
    {
        var tree = Schemas.Of("""{"type":"array","items":{"$ref":"#"}}""");
        var options = new JsonDocumentOptions { MaxDepth = 400 };
        using var deep = JsonDocument.Parse(new string('[', 400) + new string(']', 400), options);
        tree.IsValid(deep.RootElement).Should().BeTrue();
    }

    [Fact]
    public void A_schema_of_too_many_parts_or_levels_is_refused()
    {
        var many = string.Join(',', Enumerable.Range(0, SchemaLimits.Nodes + 1).Select(i => $"\"{i}\":{{}}"));
        Schemas.Errors("{\"properties\":{" + many + "}}")[0].Code.Should().Be("schema_too_large");
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", SchemaLimits.Depth + 2)) + "true"
            + new string('}', SchemaLimits.Depth + 2);
        using var document = JsonDocument.Parse(deep, new JsonDocumentOptions { MaxDepth = 500 });
        CompiledSchema.Compile(document.RootElement).Errors[0].Code.Should().Be("schema_too_large");
    }

    /// <summary>Compared each with each, these would take minutes.</summary>
    [Fact]
    public void Long_lists_of_distinct_values_are_compared_in_one_pass()
    {
        var values = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $$"""{"a":{{i}}}"""));
        Schemas.Of("""{"uniqueItems":true}""").Accepts($"[{values}]").Should().BeTrue();
        Schemas.Of("{\"items\":{\"enum\":[" + values + "]}}").Accepts($"[{values}]").Should().BeTrue();
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("1e999999999999999999999")]
    [InlineData("-1e-999999999999999999999")]
    public void Odd_instances_do_not_throw(string instance)
    {
        var schema = Schemas.Of("""
            {"maxLength":3,"pattern":"^.$","format":"date","minimum":1,"multipleOf":0.3,"uniqueItems":true,
             "propertyNames":{"pattern":"b"},"properties":{"a":{"const":3}},"additionalProperties":false,
             "dependentRequired":{"a":["b"]},"enum":[{"a":1},"x",3],"unevaluatedProperties":false}
            """);
        schema.Validate(JsonElement.Parse(instance)).Should().NotBeEmpty();
    }

    /// <summary>Definitions that each lead to the next, the last of which takes everything.</summary>
    private static CompiledSchema Chain(int length, Func<string, JsonObject> link)
    {
        var definitions = new JsonObject { [$"{length}"] = true };
        for (var i = 0; i < length; i++) definitions[$"{i}"] = link($"#/$defs/{i + 1}");
        return Schemas.Of(new JsonObject { ["$ref"] = "#/$defs/0", ["$defs"] = definitions }.ToJsonString());
    }
}
