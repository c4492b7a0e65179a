using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;

namespace Castellan.Tests.Platform.Cel.Sql;

/// <summary>
/// Random rules about a note: every operator, function and macro that compiles, over rows up to three references away.
/// Nearly all of them compile; what does not is a rule too, and its refusal is counted.
/// </summary>
internal sealed partial class RandomRules(SeededNumbers random, RandomValues values)
{
    private static readonly string[] Orders = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] JsonKeys = ["a", "b", "tags", "n", "`a.b`"];

    private static readonly SqlColumnKind[] Scalars =
    [
        SqlColumnKind.Text, SqlColumnKind.Int64, SqlColumnKind.Double, SqlColumnKind.Bool, SqlColumnKind.TimestampMs,
    ];

    private readonly List<Scope> scopes = [new("record", RuleWorld.Note, 0)];
    private readonly List<(string Name, SqlColumnKind Kind)> items = [];
    private readonly List<string> parts = [];
    private int variables;

    /// <summary>A row that a name stands for, and how many references away it is.</summary>
    private sealed record Scope(string Text, string Type, int Depth);

    public string Next(int depth = 4) => Condition(1 + random.Below(depth));

    private bool OneIn(int count) => random.Below(count) == 0;

    private T Of<T>(params IReadOnlyList<T> choices) => values.Of(choices);

    private string Condition(int depth)
    {
        if (depth <= 0) return Atom();
        return random.Below(12) switch
        {
            0 or 1 => $"({Condition(depth - 1)} && {Condition(depth - 1)})",
            2 or 3 => $"({Condition(depth - 1)} || {Condition(depth - 1)})",
            4 => $"!({Condition(depth - 1)})",
            5 => $"({Condition(depth - 1)} ? {Condition(depth - 1)} : {Condition(depth - 1)})",
            6 or 7 => OverRows(depth - 1),
            8 => OverList(depth - 1),
            9 => OverJson(depth - 1),
            _ => Atom(),
        };
    }

    private string Atom() => random.Below(18) switch
    {
        <= 4 => Comparison(Of(Scalars)),
        5 or 6 => Membership(),
        7 => $"has({Place().Text}.{Of(RuleWorld.Fields).Name})",
        8 => $"{NullableField()} {Of("==", "!=")} null",
        9 or 10 => Search(),
        11 => Row(),
        12 => Field(SqlColumnKind.Bool),
        13 or 14 => JsonAtom(),
        15 => MixedComparison(),
        16 => Size(),
        _ => OfTheRequest(),
    };

    /// <summary>A row that is in sight, or one that references lead to from there.</summary>
    private Scope Place()
    {
        var place = scopes[OneIn(3) ? random.Below(scopes.Count) : ^1];
        while (place.Depth < SqlLimits.Depth && OneIn(3))
        {
            var onward = RuleWorld.References.Where(r => r.From == place.Type).ToList();
            if (onward.Count == 0) break;
            var (_, field, to) = Of(onward);
            place = new($"{place.Text}.{field}", to, place.Depth + 1);
        }
        return place;
    }

    private string Field(SqlColumnKind kind) =>
        $"{Place().Text}.{Of(RuleWorld.Fields.Where(f => f.Kind == kind).ToList()).Name}";

    private string NullableField() =>
        $"{Place().Text}.{Of(RuleWorld.Fields.Where(f => f.IsNullable).ToList()).Name}";

    /// <summary>A field, something computed of it, or a value of the request.</summary>
    private string Operand(SqlColumnKind kind)
    {
        var item = items.FindLast(i => i.Kind == kind);
        if (item.Name is not null && OneIn(2)) return item.Name;
        if (OneIn(3)) return Value(kind);
        if (kind == SqlColumnKind.Text && OneIn(5)) return $"{Field(kind)}.{Of("lowerAscii", "upperAscii")}()";
        if (kind == SqlColumnKind.Int64 && OneIn(5)) return $"size({Field(SqlColumnKind.Text)})";
        return Field(kind);
    }

    private string Value(SqlColumnKind kind) => kind switch
    {
        SqlColumnKind.Text => Of(
            Literal(values.Brought(CelKind.String)), "caller.id", "caller.name", "(caller.id + 'b')",
            "caller.texts[0]"),
        SqlColumnKind.Int64 => Of(
            Literal(values.Brought(CelKind.Int)), "caller.level", "(caller.level + 1)", "size(caller.id)",
            "caller.roles['a']"),
        SqlColumnKind.Double => Of(
            Literal(CelValue.Of(values.Of(RandomValues.Doubles))), "caller.share", "caller.nums[0]"),
        SqlColumnKind.Bool => Of("true", "false", "caller.admin"),
        _ => Of("now", "(now - duration('1ms'))", "(now + duration('1us'))", "caller.times[0]"),
    };

    private static string Literal(CelValue value) =>
        Castellan.Platform.Cel.Syntax.Printer.Print(new CelLiteral(new(1, 1), value));

    private string Comparison(SqlColumnKind kind) => $"{Operand(kind)} {Of(Orders)} {Operand(kind)}";

    /// <summary>Of types that the checker keeps apart.</summary>
    private string MixedComparison()
    {
        var field = Field(Of(Scalars));
        var written = values.Anything();
        var literal = IsWritable(written) ? Literal(written) : "null";
        var other = Of("caller.anything", "caller.mixed[0]", $"dyn({literal})");
        return OneIn(2) ? $"dyn({field}) {Of(Orders)} {other}" : $"{other} {Of(Orders)} dyn({field})";
    }

    private static bool IsWritable(CelValue value) =>
        value.Kind is CelKind.Int or CelKind.Uint or CelKind.String or CelKind.Bool
        || (value.Kind == CelKind.Double && double.IsFinite(value.AsDouble));

    private string Membership()
    {
        var kind = Of(SqlColumnKind.Text, SqlColumnKind.Text, SqlColumnKind.Int64, SqlColumnKind.Double,
            SqlColumnKind.TimestampMs);
        var list = kind switch
        {
            SqlColumnKind.Text => Of("caller.texts", "caller.roles", "['a', 'ab', '']", "caller.texts.map(t, t + 'b')"),
            SqlColumnKind.Int64 => Of("caller.ints", "[1, 2, 9007199254740993]", "[]"),
            SqlColumnKind.Double => Of("caller.nums", "[0.5, -0.0]"),
            _ => Of("caller.times", "[now]"),
        };
        return random.Below(5) switch
        {
            0 => $"dyn({Field(Of(Scalars))}) in caller.mixed",
            1 => $"{Operand(kind)} in [{Operand(kind)}, {Operand(kind)}]",
            2 => $"{Json()} in {Of("caller.mixed", "caller.texts", "['a', 1, true, null]")}",
            _ => $"{Operand(kind)} in {list}",
        };
    }

    private string Search()
    {
        var method = Of("startsWith", "endsWith", "contains");
        return $"{Operand(SqlColumnKind.Text)}.{method}({Operand(SqlColumnKind.Text)})";
    }

    private string Size()
    {
        var place = Place();
        var lists = RuleWorld.BackReferences.Where(b => b.From == place.Type).Select(b => b.List).ToList();
        var what = lists.Count > 0 && place.Depth < SqlLimits.Depth && OneIn(2)
            ? $"{place.Text}.{Of(lists)}"
            : OneIn(2) ? Json() : Field(SqlColumnKind.Text);
        return $"size({what}) {Of(Orders)} {random.Below(4)}";
    }

    /// <summary>Whether a reference leads to a row.</summary>
    private string Row()
    {
        var place = Place();
        var references = RuleWorld.References.Where(r => r.From == place.Type).ToList();
        if (references.Count == 0 || place.Depth >= SqlLimits.Depth) return Field(SqlColumnKind.Bool);
        var field = $"{place.Text}.{Of(references).Field}";
        return OneIn(2) ? $"has({field})" : $"{field} {Of("==", "!=")} null";
    }

    private string OfTheRequest() => Of(
        "true", "false", "caller.admin", "caller.id == 'a'", "1 / 0 == 1", "caller.texts[9] == 'a'", "now > now",
        "caller.texts.exists(t, t == 'a')", "caller.anything == 1", "size(caller.texts) > 1");
}
