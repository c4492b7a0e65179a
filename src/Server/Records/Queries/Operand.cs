using System.Text.Json;
using Castellan.Contracts;
using Castellan.Contracts.Tables;
using Castellan.Platform.Storage;

namespace Castellan.Records.Queries;

/// <summary>
/// What a condition compares. A condition is true, or else false or null: null where the record has no value. Only what
/// turns it around has to tell the two apart (<see cref="Not"/>), so that the plain form is one that indexes serve.
/// </summary>
internal abstract class Operand(QueryDialect dialect)
{
    protected QueryDialect Dialect => dialect;

    public abstract string TypeInWords { get; }

    public abstract Sql IsNull { get; }

    /// <summary>The value as one of the operand's type, or null where it is none.</summary>
    public abstract SqlParameter? Value(JsonElement value);

    public abstract Sql Equal(SqlParameter value);

    public abstract Sql Ordered(Raw comparison, SqlParameter value);

    /// <summary>Text as it is; null where the operand holds none.</summary>
    protected abstract Sql AsText { get; }

    /// <summary>True exactly where the condition is not true.</summary>
    public static Sql Not(Sql condition) => $"not coalesce({condition}, false)";

    /// <summary>
    /// A range by code point, which an index serves: from the prefix up to its successor. Where there is none, which is
    /// a prefix of nothing but the last code point, everything behind it begins so.
    /// </summary>
    public Sql Prefix(string prefix)
    {
        if (prefix.Length == 0) return $"({AsText}) is not null";
        return Successor(prefix) is { } end
            ? Sql.Of($"({AsText} >= {prefix} and {AsText} < {end})")
            : Sql.Of($"({AsText} >= {prefix})");
    }

    public Sql Contains(string part) => part.Length == 0
        ? Sql.Of($"({AsText}) is not null")
        : Sql.Of($"{dialect.Find}({AsText}, {part}) > 0");

    /// <summary>Letters A to Z alike in either case; others are compared as they are.</summary>
    public Sql Folded(Fold kind, string text)
    {
        var folded = Lower(text);
        return kind switch
        {
            _ when folded.Length == 0 && kind is not Fold.Equal => Sql.Of($"({AsText}) is not null"),
            Fold.Equal => Sql.Of($"lower({AsText}) = {folded}"),
            Fold.Prefix => Sql.Of($"substr(lower({AsText}), 1, cast({CodePoints(folded)} as integer)) = {folded}"),
            _ => Sql.Of($"{dialect.Find}(lower({AsText}), {folded}) > 0"),
        };
    }

    private static string Lower(string text) => string.Create(text.Length, text, static (target, source) =>
    {
        for (var i = 0; i < target.Length; i++)
            target[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
    });

    private static long CodePoints(string text) => text.Length - text.Count(char.IsLowSurrogate);

    /// <summary>The least text behind everything with this prefix: its last code point but one higher.</summary>
    private static string? Successor(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0)
        {
            var last = runes[^1].Value;
            runes.RemoveAt(runes.Count - 1);
            if (last == 0x10ffff) continue;
            runes.Add(new System.Text.Rune(last == 0xd7ff ? 0xe000 : last + 1));
            return string.Concat(runes);
        }
        return null;
    }
}

/// <summary>How text is compared without regard to case.</summary>
internal enum Fold
{
    Equal,
    Prefix,
    Contains,
}

/// <summary>A column of its own type.</summary>
internal sealed class ColumnOperand(Identifier column, FieldType type, QueryDialect dialect) : Operand(dialect)
{
    private readonly Field field = new(column.Name, type, default, Required: false);

    public override string TypeInWords => type switch
    {
        FieldType.String => "a string",
        FieldType.Integer => "a whole number",
        FieldType.Number => "a number",
        FieldType.Boolean => "true or false",
        _ => "an RFC 3339 time",
    };

    public override Sql IsNull => $"(r.{column} is null)";

    protected override Sql AsText => type is FieldType.String
        ? Sql.Of($"r.{column}")
        : throw QueryProblems.Refuse("filter", "wrong_type", $"'{column.Name}' is no text.",
            "Compare it with eq, lt, lte, gt, gte or in.");

    public override Sql Equal(SqlParameter value) => $"r.{column} = {value}";

    public override Sql Ordered(Raw comparison, SqlParameter value) => $"r.{column} {comparison} {value}";

    public override SqlParameter? Value(JsonElement value) =>
        ColumnValues.OrNull(field, value) is { IsNull: false } fitting ? fitting : null;
}

/// <summary>
/// A place inside of a JSON column. Types decide first: a number is never compared with text, and nothing is cast that
/// could fail.
/// </summary>
internal sealed class PathOperand(Identifier column, IReadOnlyList<string> path, QueryDialect dialect)
    : Operand(dialect)
{
    public override string TypeInWords => "a string, a number or a boolean";

    /// <summary>Also where there is no such place.</summary>
    public override Sql IsNull => $"({Dialect.TypeOf(column, path)} is null)";

    protected override Sql AsText => Dialect.Text(column, path);

    public override SqlParameter? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => SqlParameter.Of(value.GetString()!),
        JsonValueKind.Number when double.IsFinite(value.GetDouble()) => SqlParameter.Of(value.GetDouble()),
        JsonValueKind.True or JsonValueKind.False => SqlParameter.Of(value.GetBoolean()),
        _ => null,
    };

    public override Sql Equal(SqlParameter value) => $"{Typed(value)} = {value}";

    public override Sql Ordered(Raw comparison, SqlParameter value) =>
        $"{Typed(value)} {comparison} {value}";

    private Sql Typed(SqlParameter value) => value.Type switch
    {
        SqlType.Double => Dialect.Number(column, path),
        SqlType.Bool => Dialect.Boolean(column, path),
        _ => Dialect.Text(column, path),
    };
}
