using System.Text.Json;
using AwesomeAssertions;
using Castellan.Platform.JsonSchema;

namespace Castellan.Tests.Platform.JsonSchema;

/// <summary>What the author of a schema reads.</summary>
public sealed class SchemaErrorTests
{
    [Theory]
    [InlineData("""{"properties":{"a":{"type":"sting"}}}""", "/properties/a/type", "unknown_type")]
    [InlineData("""{"type":[]}""", "/type", "empty_list")]
    [InlineData("""{"type":["null","null"]}""", "/type/1", "repeated_value")]
    [InlineData("""{"allOf":[]}""", "/allOf", "empty_list")]
    [InlineData("""{"$defs":{"x":{"items":5}}}""", "/$defs/x/items", "not_a_schema")]
    [InlineData("""{"anyOf":{"type":"null"}}""", "/anyOf", "wrong_type")]
    [InlineData("""{"maxLength":-1}""", "/maxLength", "not_a_count")]
    [InlineData("""{"maxItems":1.5}""", "/maxItems", "not_a_count")]
    [InlineData("""{"minimum":"3"}""", "/minimum", "wrong_type")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf", "not_positive")]
    [InlineData("""{"uniqueItems":1}""", "/uniqueItems", "wrong_type")]
    [InlineData("""{"required":["a","a"]}""", "/required/1", "repeated_value")]
    [InlineData("""{"dependentRequired":{"a":[1]}}""", "/dependentRequired/a/0", "wrong_type")]
    [InlineData("""{"pattern":"(a"}""", "/pattern", "bad_pattern")]
    [InlineData("""{"patternProperties":{"a/[":true}}""", "/patternProperties/a~1[", "bad_pattern")]
    [InlineData("""{"pattern":"\\p{Script=Greek}"}""", "/pattern", "pattern_unsupported")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "/$ref", "unresolved_reference")]
    [InlineData("""{"items":{"$ref":"https://example.com/other"}}""", "/items/$ref", "unresolved_reference")]
    [InlineData("""{"$id":"https://example.com/a#b"}""", "/$id", "bad_id")]
    [InlineData("""{"$anchor":"1a"}""", "/$anchor", "bad_anchor")]
    [InlineData("""{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}""", "/$defs/b/$anchor", "repeated_anchor")]
    [InlineData("""{"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}}""", "/$defs/b/$id", "repeated_id")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "/$schema", "unknown_dialect")]
    [InlineData("""{"$ref":"#"}""", "/$ref", "endless_reference")]
    [InlineData("""{"$ref":"#x","$defs":{"a":{"$anchor":"x","not":{"$ref":"#y"}},"b":{"$anchor":"y","$ref":"#x"}}}""",
        "/$defs/b/$ref", "endless_reference")]
    [InlineData("""{"title":"\ud800"}""", "", "lone_surrogate")]
    [InlineData("[]", "", "not_a_schema")]
    public void A_wrong_schema_is_refused_where_it_is_wrong(string schema, string pointer, string code)
    {
        var errors = Schemas.Errors(schema);
        errors.Select(e => (e.Pointer, e.Code)).Should().Contain((pointer, code));
        errors.Should().OnlyContain(e => e.Detail.EndsWith('.') && e.Fix.EndsWith('.'));
    }

    [Fact]
    public void All_errors_are_reported() =>
        Schemas.Errors("""{"type":"sting","maxLength":-1,"properties":{"a":{"pattern":"["}}}""").Should().HaveCount(3);

    [Fact]
    public void A_near_miss_is_named() =>
        Schemas.Errors("""{"type":"sting"}""")[0].Fix.Should().Be("Write 'string'.");

    /// <summary>The official meta-schema and the checks of the compiler agree on what a schema is.</summary>
    [Fact]
    public void The_meta_schema_says_so_too()
    {
        var meta = Schemas.Of("""{"$ref":"https://json-schema.org/draft/2020-12/schema"}""");
        meta.Accepts("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""").Should().BeTrue();
        foreach (var wrong in (string[])
            ["""{"type":"sting"}""", """{"type":[]}""", """{"allOf":[]}""", """{"maxLength":-1}""",
             """{"maxItems":1.5}""",
             """{"multipleOf":0}""", """{"required":["a","a"]}""", """{"properties":{"a":{"pattern":"["}}}""",
             """{"$id":"a#b"}""", """{"$anchor":"1a"}""", """{"items":5}""", "[]"])
        {
            meta.Accepts(wrong).Should().BeFalse(wrong);
            Schemas.Errors(wrong).Should().NotBeEmpty(wrong);
        }
    }

    [Fact]
    public void An_error_in_another_document_names_it()
    {
        var options = new JsonSchemaOptions
        {
            Documents = new Dictionary<string, JsonElement>
            {
                ["https://example.com/other"] = JsonElement.Parse("""{"$defs":{"a":{"type":"sting"}}}"""),
            },
        };
        var schema = JsonElement.Parse("""{"$ref":"https://example.com/other#/$defs/a"}""");
        CompiledSchema.Compile(schema, options).Errors[0].Pointer
            .Should().Be("https://example.com/other#/$defs/a/type");
    }

    [Fact]
    public void A_schema_outlives_the_document_that_it_came_from()
    {
        CompiledSchema? schema;
        using (var document = JsonDocument.Parse("""{"enum":[{"a":1.50}],"minimum":1}"""))
            schema = CompiledSchema.Compile(document.RootElement).Schema;
        schema!.Accepts("""{"a":1.5}""").Should().BeTrue();
    }
}
