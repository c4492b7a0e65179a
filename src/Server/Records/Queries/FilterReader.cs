using System.Text.Json;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Records.Queries;

/// <summary>
/// The JSON filter form: <c>{"status": {"eq": "open"}, "or": [{...}, {...}], "not": {...}}</c>. Members stand side by
/// side as "and". A comparison with a record that has no value is false, and <c>ne</c> is true of it; <c>not</c> turns
/// exactly that around. Compiled apart from the rule, with every value a parameter.
/// </summary>
internal sealed class FilterReader(Collection collection, QueryDialect dialect)
{
    private const int NodesMax = 100;
    private const int DepthMax = 8;
    private const int ListMax = 200;

    private static readonly string[] Operators =
    [
        "eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "prefix", "contains", "ieq", "iprefix", "icontains",
        "is_null",
    ];

    private int nodes;

    /// <summary>The condition on a row named <c>r</c>.</summary>
    public Sql Read(JsonElement filter, string at) => All(filter, at, depth: 0);

    private Sql All(JsonElement filter, string at, int depth)
    {
        if (filter.ValueKind is not JsonValueKind.Object)
            throw Refuse(at, "wrong_type", "A filter is an object.", """Send {"field": {"eq": "value"}}.""");
        if (depth > DepthMax) throw Refuse(at, "too_deep", $"It nests more than {DepthMax} levels.", "Flatten it.");
        Sql? all = null;
        foreach (var member in filter.EnumerateObject())
        {
            var one = Member(member, $"{at}/{Pointer.Escape(member.Name)}", depth);
            all = all is null ? one : Sql.Of($"{all} and {one}");
        }
        return all is null ? Sql.Of($"true") : Sql.Of($"({all})");
    }

    private Sql Member(JsonProperty member, string at, int depth)
    {
        if (++nodes > NodesMax)
            throw Refuse(at, "too_many", $"A filter has at most {NodesMax} conditions.", "Ask in several calls.");
        // A field of these names is reached by its path: {"and": ...} is always the word.
        return member.Name switch
        {
            "and" => Several(member.Value, at, depth, new Raw(" and ")),
            "or" => Several(member.Value, at, depth, new Raw(" or ")),
            "not" => Operand.Not(All(member.Value, at, depth + 1)),
            _ => Field(member, at),
        };
    }

    private Sql Several(JsonElement list, string at, int depth, Raw word)
    {
        if (list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() == 0)
            throw Refuse(at, "wrong_type", "It is no list of filters.", """Send [{"field": ...}, {"field": ...}].""");
        Sql? all = null;
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            var one = All(item, $"{at}/{i++}", depth + 1);
            all = all is null ? one : Sql.Of($"{all}{word}{one}");
        }
        return $"({all})";
    }

    private Sql Field(JsonProperty member, string at)
    {
        var target = Target(member.Name, at);
        RequireNoList(member, at);
        // {"status": "open"} is short for eq.
        if (member.Value.ValueKind is not JsonValueKind.Object) return Compare(target, "eq", member.Value, at);
        Sql? all = null;
        foreach (var condition in member.Value.EnumerateObject())
        {
            var one = Compare(target, condition.Name, condition.Value, $"{at}/{Pointer.Escape(condition.Name)}");
            all = all is null ? one : Sql.Of($"{all} and {one}");
        }
        return all is null
            ? throw Refuse(at, "required", "It names no comparison.", $"Use one of: {string.Join(", ", Operators)}.")
            : Sql.Of($"({all})");
    }

    private Operand Target(string name, string at)
    {
        var (field, path) = name.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
            ? (name[..dot], name[(dot + 1)..].Split('.'))
            : (name, null);
        if (QueryFields.Filterable(collection, field) is not { } type)
        {
            throw Refuse(at, "not_filterable", $"'{field}' is no field that can be filtered by.",
                $"Use one of: {string.Join(", ", QueryFields.FilterableNames(collection))}.");
        }
        if (type is FieldType.Json) RequireDeclared(field, path ?? [], at);
        if (path is null && type is not FieldType.Json) return new ColumnOperand(new Identifier(field), type, dialect);
        if (type is FieldType.Json) return new PathOperand(new Identifier(field), path ?? [], dialect);
        throw Refuse(at, "not_an_object", $"'{field}' has nothing inside of it.", $"Compare '{field}' itself.");
    }

    /// <summary>What the schema does not declare is a slip of the pen: it would quietly find nothing.</summary>
    private void RequireDeclared(string field, string[] path, string at)
    {
        var schema = collection.Find(field)?.Schema ?? default;
        foreach (var name in path)
        {
            if (schema.ValueKind is not JsonValueKind.Object
                || !schema.TryGetProperty("properties", out var declared)
                || schema.TryGetProperty("patternProperties", out _)
                || schema.TryGetProperty("additionalProperties", out _)) return;
            if (!declared.TryGetProperty(name, out schema))
            {
                throw Refuse(at, "not_filterable", $"'{name}' is not declared inside of '{field}'.",
                    $"Use one of: {string.Join(", ", declared.EnumerateObject().Select(p => p.Name))}.");
            }
        }
    }

    /// <summary>A list has items, which no comparison of this form looks at.</summary>
    private void RequireNoList(JsonProperty member, string at)
    {
        if (collection.Find(member.Name) is not { Type: FieldType.Json } field || IsNullCheck(member.Value)
            || !field.Schema.TryGetProperty("type", out var type) || type.ValueKind is not JsonValueKind.String
            || !type.ValueEquals("array")) return;
        throw Refuse(at, "is_a_list", $"'{member.Name}' is a list, which is not compared by a filter.",
            $"Ask for its items with where: 'value' in record.{member.Name}");
    }

    private static bool IsNullCheck(JsonElement condition) => condition.ValueKind is JsonValueKind.Null
        || (condition.ValueKind is JsonValueKind.Object && condition.EnumerateObject().All(c => c.Name is "is_null"));

    private static Sql Compare(Operand target, string word, JsonElement value, string at) => word switch
    {
        "eq" => value.ValueKind is JsonValueKind.Null ? target.IsNull : target.Equal(One(target, value, at)),
        "ne" => value.ValueKind is JsonValueKind.Null
            ? Operand.Not(target.IsNull)
            : Operand.Not(target.Equal(One(target, value, at))),
        "lt" => target.Ordered(new Raw("<"), One(target, value, at)),
        "lte" => target.Ordered(new Raw("<="), One(target, value, at)),
        "gt" => target.Ordered(new Raw(">"), One(target, value, at)),
        "gte" => target.Ordered(new Raw(">="), One(target, value, at)),
        "in" => AnyOf(target, value, at),
        "not_in" => Operand.Not(AnyOf(target, value, at)),
        "prefix" => target.Prefix(Text(value, at)),
        "contains" => target.Contains(Text(value, at)),
        "ieq" => target.Folded(Fold.Equal, Text(value, at)),
        "iprefix" => target.Folded(Fold.Prefix, Text(value, at)),
        "icontains" => target.Folded(Fold.Contains, Text(value, at)),
        "is_null" => value.ValueKind switch
        {
            JsonValueKind.True => target.IsNull,
            JsonValueKind.False => Operand.Not(target.IsNull),
            _ => throw Refuse(at, "wrong_type", "'is_null' takes true or false.", "Send a boolean."),
        },
        _ => throw Refuse(at, "unknown_comparison", $"'{word}' is no comparison.",
            $"Use one of: {string.Join(", ", Operators)}."),
    };

    private static Sql AnyOf(Operand target, JsonElement list, string at)
    {
        if (list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() > ListMax)
            throw Refuse(at, "wrong_type", $"It is no list of at most {ListMax} values.", "Send a list.");
        Sql? any = null;
        foreach (var item in list.EnumerateArray())
        {
            var one = item.ValueKind is JsonValueKind.Null ? target.IsNull : target.Equal(One(target, item, at));
            any = any is null ? one : Sql.Of($"{any} or {one}");
        }
        return any is null ? Sql.Of($"false") : Sql.Of($"({any})");
    }

    private static SqlParameter One(Operand target, JsonElement value, string at) =>
        target.Value(value) ?? throw Refuse(at, "wrong_type", $"The value is no {target.TypeInWords}.",
            $"Send {target.TypeInWords}, as the record has it.");

    private static string Text(JsonElement value, string at) =>
        value.ValueKind is JsonValueKind.String && value.GetString() is { Length: <= 1000 } text
            ? text
            : throw Refuse(at, "wrong_type", "It takes a string of at most 1,000 characters.", "Send text.");

    private static Refusal Refuse(string at, string code, string detail, string fix) =>
        QueryProblems.Refuse(at, code, detail, fix);
}
