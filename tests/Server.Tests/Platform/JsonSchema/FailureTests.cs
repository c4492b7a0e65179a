using System.Text.Json;
using AwesomeAssertions;
using Castellan.Platform;
using Castellan.Platform.JsonSchema;

namespace Castellan.Tests.Platform.JsonSchema;

/// <summary>What the author of an instance reads.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "1", "", "wrong_type",
        "The value must be a string and is a number.", "Send a string.")]
    [InlineData("""{"type":["integer","null"]}""", "1.5", "", "wrong_type",
        "The value must be a whole number or null and is 1.5.", "Send a whole number or null.")]
    [InlineData("""{"properties":{"a":{"maxLength":2}}}""", """{"a":"xyz"}""", "/a", "too_long",
        "'a' may have at most 2 characters and has 3.", "Shorten it to at most 2 characters.")]
    [InlineData("""{"minLength":1}""", "\"\"", "", "too_short",
        "The value must have at least 1 character and has 0.", "Fill it in.")]
    [InlineData("""{"items":{"minimum":3}}""", "[3,2]", "/1", "too_small",
        "'1' must be at least 3 and is 2.", "Send a number at least 3.")]
    [InlineData("""{"exclusiveMaximum":1.50}""", "1.5", "", "too_large",
        "The value must be less than 1.50 and is 1.5.", "Send a number less than 1.50.")]
    [InlineData("""{"multipleOf":0.01}""", "0.001", "", "not_a_multiple",
        "The value must be a multiple of 0.01 and is 0.001.", "Round it to a multiple of 0.01.")]
    [InlineData("""{"enum":["draft","sent"]}""", "\"darft\"", "", "not_a_choice",
        "The value is \"darft\", which is not one of its values.",
        "Use one of: \"draft\", \"sent\"; perhaps \"draft\" is meant.")]
    [InlineData("""{"const":{"a":1}}""", "2", "", "not_the_value",
        "The value must be {\"a\":1} and is 2.", "Send {\"a\":1}.")]
    [InlineData("""{"properties":{"title":true},"additionalProperties":false}""", """{"titel":1}""", "/titel",
        "unknown_field", "'titel' is not a declared property.", "Rename it to 'title', or leave it out.")]
    [InlineData("""{"properties":{"title":true},"additionalProperties":false}""", """{"a/b~c":1}""", "/a~1b~0c",
        "unknown_field", "'a/b~c' is not a declared property.", "Leave it out.")]
    [InlineData("""{"properties":{"title":true},"unevaluatedProperties":false}""", """{"titel":1}""", "/titel",
        "unknown_field", "'titel' is not a declared property.", "Rename it to 'title', or leave it out.")]
    [InlineData("""{"required":["a"],"properties":{"a":{"type":"string"}}}""", "{}", "/a", "required",
        "'a' is missing.", "Send 'a' as a string.")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"a":1}""", "/b", "required_with",
        "'b' is missing, and 'a' needs it.", "Send 'b', or leave 'a' out.")]
    [InlineData("""{"pattern":"^[A-Z]{2}$"}""", "\"x\"", "", "pattern_mismatch",
        "The value is \"x\" and must match the pattern ^[A-Z]{2}$", "Write it in the form that the pattern describes.")]
    [InlineData("""{"format":"date"}""", "\"31.1.2026\"", "", "not_a_date",
        "The value is \"31.1.2026\" and must be a date.", "Send a date such as 2026-01-31.")]
    [InlineData("""{"maxItems":1}""", "[1,2,3]", "", "too_many",
        "The value may have at most 1 entry and has 3.", "Remove 2 entries.")]
    [InlineData("""{"minProperties":2}""", "{}", "", "too_few",
        "The value must have at least 2 properties and has 0.", "Add 2 properties.")]
    [InlineData("""{"uniqueItems":true}""", """[{"a":1,"b":2},{"b":2.0,"a":1e0}]""", "/1", "repeated_item",
        "'1' is the same as entry 0, and entries must differ.", "Remove one of them.")]
    [InlineData("""{"contains":{"const":1}}""", "[2]", "", "contains_too_few",
        "The value must hold at least 1 entry of a certain kind and holds 0.", "Add such an entry.")]
    [InlineData("""{"prefixItems":[true],"items":false}""", "[1,2]", "", "too_many",
        "The value may have 1 entry and has 2.", "Remove those at the end.")]
    [InlineData("""{"prefixItems":[true],"unevaluatedItems":false}""", "[1,2]", "/1", "unknown_item",
        "'1' is not a declared entry.", "Remove it.")]
    [InlineData("""{"propertyNames":{"maxLength":1}}""", """{"ab":1}""", "/ab", "bad_name",
        "'ab' may not be the name of a property. The value may have at most 1 character and has 2.",
        "Rename it, or leave it out.")]
    [InlineData("""{"not":{"type":"null"}}""", "null", "", "excluded",
        "The value is null, and the schema's 'not' excludes it.", "Send another value.")]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", "/a", "not_allowed",
        "'a' may not be there.", "Leave it out.")]
    public void Each_keyword_says_what_is_wrong_and_what_to_do(
        string schema, string instance, string pointer, string code, string detail, string fix) =>
        Schemas.Failures(schema, instance).Should().Equal(new SchemaFailure(pointer, code, detail, fix));

    [Fact]
    public void All_failures_are_reported_in_the_order_of_the_instance() =>
        Schemas.Failures("""
            {"required":["z"],"additionalProperties":false,
             "properties":{"a":{"type":"string"},"b":{"items":{"maximum":1}}}}
            """, """{"b":[1,2,3],"x":0,"a":1}""")
        .Select(f => $"{f.Pointer} {f.Code}").Should().Equal(
            "/b/1 too_large", "/b/2 too_large", "/x unknown_field", "/a wrong_type", "/z required");

    [Fact]
    public void There_are_no_more_than_help() =>
        Schemas.Failures("""{"items":{"type":"string"}}""", $"[{string.Join(',', Enumerable.Range(0, 500))}]")
            .Should().HaveCount(Limits.ProblemsPerBody);

    /// <summary>The branch whose fixed values fit is the one that was meant.</summary>
    [Fact]
    public void Of_alternatives_the_closest_is_explained() =>
        Schemas.Failures("""
            {"oneOf":[
              {"properties":{"kind":{"const":"card"},"digits":{"type":"string"}},"required":["digits"]},
              {"properties":{"kind":{"const":"bank"},"iban":{"type":"string"}},"required":["kind","iban"]}
            ]}
            """, """{"kind":"bank","iban":7}""")
        .Should().Equal(new SchemaFailure(
            "/iban", "wrong_type", "'iban' must be a string and is a number.", "Send a string."));

    [Fact]
    public void Of_alternatives_of_other_types_the_types_are_named() =>
        Schemas.Failures("""{"anyOf":[{"type":"null"},{"type":"string","maxLength":3}]}""", "[]")
            .Should().Equal(new SchemaFailure(
                "", "wrong_type", "The value must be a string or null and is a list.", "Send a string or null."));

    [Fact]
    public void Of_alternatives_that_exclude_each_other_those_that_fit_are_named() =>
        Schemas.Failures("""{"oneOf":[{"type":"string"},{"minLength":1},{"type":"null"}]}""", "\"a\"")
            .Should().ContainSingle().Which.Detail.Should().Be(
                "The value must match exactly one of 3 alternatives and matches 2: 1, 2.");

    [Fact]
    public void What_one_keyword_has_refused_the_unevaluated_do_not_refuse_again() =>
        Schemas.Failures(
            """{"allOf":[{"properties":{"a":{"type":"string"}}}],"unevaluatedProperties":false}""", """{"a":1}""")
            .Select(f => f.Code).Should().Equal("wrong_type");

    [Fact]
    public void Long_values_are_cut_in_sentences() =>
        Schemas.Failures("""{"const":1}""", $"\"{new string('x', 10_000)}\"")[0].Detail.Length.Should().BeLessThan(120);

    [Fact]
    public void A_valid_instance_costs_no_memory_but_for_patterns()
    {
        var schema = Schemas.Of("""
            {"type":"object","required":["a","b"],"additionalProperties":false,"properties":{
              "a":{"type":"string","maxLength":20,"pattern":"^[a-z]{4} .*$"},
              "b":{"type":"integer","minimum":0,"maximum":9},
              "c":{"type":"array","uniqueItems":true,
                "items":{"anyOf":[{"type":"null"},{"type":"number","multipleOf":0.01}]}},
              "d":{"enum":["x","y",1]},"e":{"type":"string","format":"date-time"}}}
            """);
        using var document = JsonDocument.Parse(
            """{"a":"some \u0061 text","b":7,"c":[1,2.50,null,3,4,5,6,7,8,9,10],"d":"y","e":"2026-01-31T09:30:00Z"}""");
        schema.Validate(document.RootElement).Should().BeEmpty();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) schema.Validate(document.RootElement);
        // The engine of patterns takes a hundred bytes for a match whose length is open.
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(100 * 100);
    }
}
