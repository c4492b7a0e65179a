using System.Runtime.CompilerServices;
using System.Text;

namespace Castellan.Platform.Storage;

/// <summary>
/// A statement: an interpolated string whose holes become typed parameters <c>$1, $2, ...</c>. Text comes only from
/// the literal parts, from <see cref="Raw"/> (constants), from <see cref="Identifier"/> (validated names) and from
/// other statements put into a hole, so a value can never become SQL.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Sql
{
    private readonly StringBuilder text;
    private readonly List<SqlParameter> parameters;

    public Sql(int literalLength, int formattedCount)
    {
        text = new StringBuilder(literalLength + (formattedCount * 4));
        parameters = new List<SqlParameter>(formattedCount);
    }

    public string Text => text.ToString();

    /// <summary>A fragment for a hole of another statement.</summary>
    public static Sql Of(Sql fragment) => fragment;

    public IReadOnlyList<SqlParameter> Parameters => parameters;

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(string? value) => Add(new SqlParameter(SqlType.Text, 0, value));

    public void AppendFormatted(long value) => Add(new SqlParameter(SqlType.Int64, value, this));

    public void AppendFormatted(long? value) =>
        Add(new SqlParameter(SqlType.Int64, value ?? 0, value is null ? null : this));

    public void AppendFormatted(bool value) => Add(new SqlParameter(SqlType.Bool, value ? 1 : 0, this));

    public void AppendFormatted(byte[]? value) => Add(new SqlParameter(SqlType.Bytes, 0, value));

    public void AppendFormatted(Json value) => Add(new SqlParameter(SqlType.Json, 0, value.Text));

    public void AppendFormatted(DateTimeOffset value) => AppendFormatted(value.ToUnixTimeMilliseconds());

    public void AppendFormatted(DateTimeOffset? value) => AppendFormatted(value?.ToUnixTimeMilliseconds());

    public void AppendFormatted<TKind>(Id<TKind> value)
        where TKind : IIdKind => AppendFormatted(value.Value);

    public void AppendFormatted<TKind>(Id<TKind>? value)
        where TKind : IIdKind => AppendFormatted(value?.Value);

    public void AppendFormatted(Raw fragment) => text.Append(fragment.Text);

    public void AppendFormatted(Identifier name) => text.Append('"').Append(name.Name).Append('"');

    /// <summary>
    /// A list for <c>in (...)</c>: one parameter each. An empty list becomes <c>null</c>, which matches nothing.
    /// </summary>
    public void AppendFormatted(IReadOnlyList<string> values)
    {
        if (values.Count == 0) text.Append("null");
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0) text.Append(", ");
            AppendFormatted(values[i]);
        }
    }

    /// <summary>Another statement or fragment, its parameters renumbered behind ours. Null adds nothing.</summary>
    public void AppendFormatted(Sql? fragment)
    {
        if (fragment is null) return;
        var offset = parameters.Count;
        parameters.AddRange(fragment.parameters);
        if (offset == 0)
        {
            text.Append(fragment.text);
            return;
        }
        AppendRenumbered(fragment.Text, offset);
    }

    public override string ToString() => Text;

    private void AppendRenumbered(string source, int offset)
    {
        for (var i = 0; i < source.Length; i++)
        {
            text.Append(source[i]);
            if (source[i] != '$' || i + 1 == source.Length || !char.IsAsciiDigit(source[i + 1])) continue;
            var number = 0;
            while (i + 1 < source.Length && char.IsAsciiDigit(source[i + 1]))
                number = (number * 10) + source[++i] - '0';
            text.Append(number + offset);
        }
    }

    private void Add(SqlParameter parameter)
    {
        parameters.Add(parameter);
        text.Append('$').Append(parameters.Count);
    }
}

internal enum SqlType
{
    Text,
    Int64,
    Bool,
    Bytes,
    Json,
}

/// <summary>One typed value. <paramref name="Object"/> is the text or bytes, or a non-null mark for numbers.</summary>
internal readonly record struct SqlParameter(SqlType Type, long Number, object? Object)
{
    public bool IsNull => Object is null;
}

/// <summary>JSON text, stored as text in SQLite and jsonb in PostgreSQL. Never compare it after a round trip.</summary>
internal readonly record struct Json(string? Text);

/// <summary>
/// Constant SQL text that differs between engines, such as a lock clause. Only constants may become one.
/// </summary>
internal readonly record struct Raw(string Text)
{
    public static readonly Raw None = new("");
}

/// <summary>
/// A table or column named by a contract: lower case letters, digits and underscores, 1 to 63 characters.
/// </summary>
internal readonly record struct Identifier
{
    public const int LengthMax = 63;

    public Identifier(string name)
    {
        if (!IsValid(name)) throw new ArgumentException($"'{name}' is not an identifier.", nameof(name));
        Name = name;
    }

    public string Name { get; }

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= LengthMax && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}
