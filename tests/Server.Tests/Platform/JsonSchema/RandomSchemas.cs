using System.Text.Json.Nodes;

namespace Castellan.Tests.Platform.JsonSchema;

/// <summary>
/// Schemas of all keywords, and instances from the same few names and values, so that both verdicts are common. A seed
/// determines them.
/// </summary>
internal sealed class RandomSchemas(SeededNumbers numbers)
{
    private const int DepthMax = 3;

    private static readonly string[] Names = ["a", "b", "c", "name", "kind", "a/b~c", "é", "x1"];

    private static readonly string[] Texts =
    [
        "", "a", "abc", "Abc_1", "12", "2026-01-31", "2026-01-31T09:30:00Z", "09:30:00Z", "ada@example.com",
        "https://example.com/a?b#c", "123e4567-e89b-12d3-a456-426614174000", "192.0.2.1", "::1", "^a+$", "é",
        "\U0001F600", "a\U0001F600b", "two words", "line\nend", "\u2028",
    ];

    private static readonly string[] Patterns =
    [
        "^a", "b$", "^[a-z]+$", @"^\d{2,3}$", @"\w+\s\w+", @"^\S*$", "^.$", @"^\p{L}+$", @"\P{L}", "^[^a-c]*$",
        "(?:ab|cd)+", "^(?!ab)", @"\bend\b", @"(a)\1|b", "[\U0001F600-\U0001F64F]", @"\u{1F600}", "^a?b{0,2}c*$", "^$",
        @"^[\w.-]+@", "x|", @"[^\s\d]", @"\cJ", "(?<=a)b",
    ];

    private static readonly string[] Formats =
        ["date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6", "regex", "made-up"];

    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    private static readonly string[] Numbers =
        ["0", "1", "2", "3", "-1", "1.5", "10", "1e2", "0.25", "100", "2.0", "-0.0"];

    public JsonNode Schema()
    {
        var schema = Object(0);
        schema["$defs"] = new JsonObject
        {
            ["p"] = Any(DepthMax),
            ["q"] = Any(DepthMax - 1),
            ["tree"] = new JsonObject
            {
                ["$anchor"] = "tree",
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["a"] = new JsonObject { ["$ref"] = "#tree" },
                    ["b"] = Any(DepthMax),
                },
            },
        };
        return schema;
    }

    public JsonNode? Instance(int depth = 0) => numbers.Below(depth < DepthMax ? 9 : 6) switch
    {
        0 => null,
        1 => JsonValue.Create(numbers.Below(2) == 0),
        2 or 3 => Number(),
        4 or 5 => JsonValue.Create(Pick(Texts)),
        6 => new JsonArray([.. Enumerable.Range(0, numbers.Below(5)).Select(_ => Instance(depth + 1))]),
        _ => Members(() => Instance(depth + 1)),
    };

    private JsonNode Any(int depth) => numbers.Below(12) switch
    {
        0 => JsonValue.Create(true),
        1 => JsonValue.Create(false),
        _ => Object(depth),
    };

    private JsonObject Object(int depth)
    {
        var schema = new JsonObject();
        for (var i = 1 + numbers.Below(4); i > 0; i--) AddSome(schema, depth);
        return schema;
    }

    private void AddSome(JsonObject schema, int depth)
    {
        switch (numbers.Below(depth < DepthMax ? 11 : 5))
        {
            case 0: AddType(schema); break;
            case 1: AddForText(schema); break;
            case 2: AddForNumber(schema); break;
            case 3: AddCounts(schema); break;
            case 4: AddValues(schema); break;
            case 5 or 6: AddForObject(schema, depth + 1); break;
            case 7: AddForArray(schema, depth + 1); break;
            case 8 or 9: AddBranches(schema, depth + 1); break;
            default: AddUnevaluatedOrReference(schema, depth + 1); break;
        }
    }

    private void AddType(JsonObject schema) => schema["type"] = numbers.Below(2) == 0
        ? Pick(Types)
        : new JsonArray([.. Types.Where(_ => numbers.Below(2) == 0).DefaultIfEmpty("object").Select(t => (JsonNode)t)]);

    private void AddForText(JsonObject schema)
    {
        switch (numbers.Below(4))
        {
            case 0: schema["minLength"] = numbers.Below(4); break;
            case 1: schema["maxLength"] = numbers.Below(12); break;
            case 2: schema["pattern"] = Pick(Patterns); break;
            default: schema["format"] = Pick(Formats); break;
        }
    }

    private void AddForNumber(JsonObject schema)
    {
        var keyword = Pick(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]);
        var step = JsonNode.Parse(Pick(["1", "2", "0.5", "3", "1.0", "25e-2"]));
        schema[keyword] = keyword == "multipleOf" ? step : Number();
    }

    private void AddCounts(JsonObject schema)
    {
        schema[Pick(["minItems", "minProperties"])] = numbers.Below(3);
        if (numbers.Below(2) == 0) schema[Pick(["maxItems", "maxProperties"])] = numbers.Below(4);
        if (numbers.Below(3) == 0) schema["uniqueItems"] = true;
    }

    private void AddValues(JsonObject schema)
    {
        if (numbers.Below(3) == 0) schema["const"] = Instance(DepthMax - 1);
        else schema["enum"] = new JsonArray([.. Enumerable.Range(0, 4).Select(_ => Instance(DepthMax - 1))]);
    }

    private void AddForObject(JsonObject schema, int depth)
    {
        switch (numbers.Below(8))
        {
            case 0 or 1 or 2: schema["properties"] = Members(() => Any(depth)); break;
            case 3: schema["required"] = NameList(); break;
            case 4: schema["additionalProperties"] = Any(depth); break;
            case 5: schema["patternProperties"] = new JsonObject { [Pick(Patterns)] = Any(depth) }; break;
            case 6: schema["propertyNames"] = Any(DepthMax); break;
            default:
                schema["dependentRequired"] = Members(NameList);
                schema["dependentSchemas"] = Members(() => Any(depth));
                break;
        }
    }

    private void AddForArray(JsonObject schema, int depth)
    {
        switch (numbers.Below(3))
        {
            case 0: schema["items"] = Any(depth); break;
            case 1: schema["prefixItems"] = Schemas(depth); break;
            default:
                schema["contains"] = Any(depth);
                if (numbers.Below(2) == 0) schema["minContains"] = numbers.Below(3);
                if (numbers.Below(2) == 0) schema["maxContains"] = numbers.Below(4);
                break;
        }
    }

    private void AddBranches(JsonObject schema, int depth)
    {
        switch (numbers.Below(5))
        {
            case 0: schema["allOf"] = Schemas(depth); break;
            case 1: schema["anyOf"] = Schemas(depth); break;
            case 2: schema["oneOf"] = Schemas(depth); break;
            case 3: schema["not"] = Any(depth); break;
            default:
                schema["if"] = Any(depth);
                if (numbers.Below(3) > 0) schema["then"] = Any(depth);
                if (numbers.Below(3) > 0) schema["else"] = Any(depth);
                break;
        }
    }

    private void AddUnevaluatedOrReference(JsonObject schema, int depth)
    {
        switch (numbers.Below(4))
        {
            case 0: schema["unevaluatedProperties"] = Any(depth); break;
            case 1: schema["unevaluatedItems"] = Any(depth); break;
            // The definitions go one way, so that none leads back to itself on the same value.
            default:
                schema["$ref"] = depth > 1
                    ? "#/$defs/p"
                    : Pick(["#/$defs/p", "#/$defs/q", "#tree", "#/$defs/tree"]);
                break;
        }
    }

    private JsonArray Schemas(int depth) =>
        new([.. Enumerable.Range(0, 1 + numbers.Below(3)).Select(_ => Any(depth))]);

    private JsonArray NameList() => new([.. Names.Where(_ => numbers.Below(4) == 0).Select(n => (JsonNode)n)]);

    private JsonObject Members(Func<JsonNode?> value)
    {
        var members = new JsonObject();
        for (var i = numbers.Below(4); i > 0; i--) members[Pick(Names)] = value();
        return members;
    }

    private JsonNode Number() => JsonNode.Parse(Pick(Numbers))!;

    private T Pick<T>(T[] values) => values[numbers.Below(values.Length)];
}
