using Castellan.Platform.Cel.Sql;

namespace Castellan.Tests.Platform.Cel.Sql;

/// <summary>Macros and JSON.</summary>
internal sealed partial class RandomRules
{
    private string OverRows(int depth)
    {
        var place = Place();
        var lists = RuleWorld.BackReferences.Where(b => b.From == place.Type).ToList();
        if (lists.Count == 0 || place.Depth >= SqlLimits.Depth) return Atom();
        var (_, list, of, _) = Of(lists);
        var name = $"r{++variables}";
        scopes.Add(new(name, of, place.Depth + 1));
        var inner = Condition(depth);
        scopes.RemoveAt(scopes.Count - 1);
        var counted = scopes.Count == 1 && parts.Count == 0 ? "exists_one" : "exists";
        var macro = Of("exists", "exists", "all", "all", counted);
        return $"{place.Text}.{list}.{macro}({name}, {inner})";
    }

    /// <summary>A list of the request, with a condition that asks the row.</summary>
    private string OverList(int depth)
    {
        var (list, kind) = Of(
            ("caller.texts", SqlColumnKind.Text), ("caller.roles", SqlColumnKind.Text),
            ("['a', caller.id]", SqlColumnKind.Text), ("caller.ints", SqlColumnKind.Int64),
            ("caller.times", SqlColumnKind.TimestampMs), ("caller.nums", SqlColumnKind.Double));
        var name = $"i{++variables}";
        items.Add((name, kind));
        var inner = OneIn(3) ? $"{name} == {Field(kind)}" : Condition(Math.Min(depth, 1));
        items.RemoveAt(items.Count - 1);
        return $"{list}.{Of("exists", "all")}({name}, {inner})";
    }

    private string OverJson(int depth)
    {
        var name = $"j{++variables}";
        var json = Json();
        parts.Add(name);
        var inner = OneIn(2) ? JsonAtom() : Condition(Math.Min(depth, 1));
        parts.RemoveAt(parts.Count - 1);
        return $"{json}.{Of("exists", "all")}({name}, {inner})";
    }

    private string Json()
    {
        var json = parts.Count > 0 && !OneIn(3) ? parts[^1] : Field(SqlColumnKind.Json);
        for (var steps = random.Below(parts.Count > 0 ? 2 : 3); steps > 0; steps--)
        {
            json += random.Below(6) switch
            {
                0 => $"[{random.Below(3)}]",
                1 => Of("['a']", "['é']", "['a.b']"),
                _ => $".{Of(JsonKeys)}",
            };
        }
        return json;
    }

    private string JsonAtom() => random.Below(9) switch
    {
        0 => Json(),
        1 => $"has({Json()}.{Of(JsonKeys)})",
        2 => $"{Json()} {Of("==", "!=")} null",
        3 => $"{Json()} {Of(Orders)} {Of("caller.anything", "caller.mixed[0]")}",
        4 => $"{Json()} {Of(Orders)} {Operand(Of(SqlColumnKind.Text, SqlColumnKind.Double, SqlColumnKind.Bool))}",
        5 => $"{Operand(Of(SqlColumnKind.Text, SqlColumnKind.Double, SqlColumnKind.Bool))} in {Json()}",
        6 => $"{Of("caller.anything", "1", "'a'", "true", "null")} in {Json()}",
        7 => $"{Json()}.{Of("startsWith", "endsWith", "contains")}({Operand(SqlColumnKind.Text)})",
        _ => $"{Json()} {Of(Orders)} {Value(Of(Scalars))}",
    };
}
