using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Castellan.Platform.Storage;

/// <summary>
/// A statement: an interpolated string whose holes become typed parameters <c>$1, $2, ...</c>. Text comes only from
/// the literal parts, from <see cref="Raw"/> (constants), from <see cref="Identifier"/> (validated names) and from
/// other statements put into a hole, so a value can never become SQL.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Sql
{
    private const int TextsKept = 10_000;
    private static readonly ConcurrentDictionary<string, string> Texts = new(StatementText.Comparer);

    private char[] text;
    private int length;
    private SqlParameter[] parameters;
    private int count;
    private bool isDefinition;

    public Sql(int literalLength, int formattedCount)
    {
        text = new char[literalLength + (formattedCount * 4)];
        parameters = new SqlParameter[formattedCount];
    }

    public ReadOnlySpan<char> Text => text.AsSpan(0, length);

    public ReadOnlySpan<SqlParameter> Parameters => parameters.AsSpan(0, count);

    /// <summary>
    /// The text as a string. Statements come from few places, so nearly always it is one that is kept already.
    /// </summary>
    public string SharedText
    {
        get
        {
            var known = Texts.GetAlternateLookup<ReadOnlySpan<char>>();
            if (known.TryGetValue(Text, out var shared)) return shared;
            if (Texts.Count >= TextsKept) Texts.Clear();
            return Texts.GetOrAdd(Text.ToString(), static made => made);
        }
    }

    /// <summary>A fragment for a hole of another statement.</summary>
    public static Sql Of(Sql fragment) => fragment;

    public void AppendLiteral(string literal) => Append(literal);

    public void AppendFormatted(string? value) => Add(new SqlParameter(SqlType.Text, 0, value));

    public void AppendFormatted(long value) => Add(new SqlParameter(SqlType.Int64, value, this));

    public void AppendFormatted(long? value) =>
        Add(new SqlParameter(SqlType.Int64, value ?? 0, value is null ? null : this));

    public void AppendFormatted(bool value) => Add(new SqlParameter(SqlType.Bool, value ? 1 : 0, this));

    public void AppendFormatted(double value) =>
        Add(new SqlParameter(SqlType.Double, BitConverter.DoubleToInt64Bits(value), this));

    public void AppendFormatted(double? value) => Add(new SqlParameter(
        SqlType.Double, BitConverter.DoubleToInt64Bits(value ?? 0), value is null ? null : this));

    public void AppendFormatted(byte[]? value) => Add(new SqlParameter(SqlType.Bytes, 0, value));

    public void AppendFormatted(Json value) => Add(new SqlParameter(SqlType.Json, 0, value.Text));

    public void AppendFormatted(DateTimeOffset value) => AppendFormatted(value.ToUnixTimeMilliseconds());

    public void AppendFormatted(DateTimeOffset? value) => AppendFormatted(value?.ToUnixTimeMilliseconds());

    public void AppendFormatted<TKind>(Id<TKind> value)
        where TKind : IIdKind => AppendFormatted(value.Value);

    public void AppendFormatted<TKind>(Id<TKind>? value)
        where TKind : IIdKind => AppendFormatted(value?.Value);

    public void AppendFormatted(Raw fragment) => Append(fragment.Text);

    public void AppendFormatted(Identifier name)
    {
        Append("\"");
        Append(name.Name);
        Append("\"");
    }

    public void AppendFormatted(TableName table)
    {
        if (table.Schema is { } schema)
        {
            AppendFormatted(schema);
            Append(".");
        }
        AppendFormatted(table.Name);
    }

    /// <summary>
    /// A value written out, for definitions, which take no parameters. Such a statement goes into no hole behind
    /// parameters, where dollar signs would be taken for theirs.
    /// </summary>
    public void AppendFormatted(Literal literal)
    {
        isDefinition = true;
        Append(literal.Text);
    }

    /// <summary>A value whose type is known at run time only: a column's that a contract declares.</summary>
    public void AppendFormatted(SqlParameter value) => Add(value);

    /// <summary>
    /// A list for <c>in (...)</c>: one parameter each. An empty list becomes <c>null</c>, which matches nothing.
    /// </summary>
    public void AppendFormatted(IReadOnlyList<string> values)
    {
        if (values.Count == 0) Append("null");
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0) Append(", ");
            AppendFormatted(values[i]);
        }
    }

    /// <summary>Another statement or fragment, its parameters renumbered behind ours. Null adds nothing.</summary>
    public void AppendFormatted(Sql? fragment)
    {
        if (fragment is null) return;
        isDefinition |= fragment.isDefinition;
        var offset = count;
        foreach (var parameter in fragment.Parameters) AddParameter(parameter);
        if (offset == 0) Append(fragment.Text);
        else AppendRenumbered(fragment.Text, offset);
    }

    public override string ToString() => Text.ToString();

    private void AppendRenumbered(ReadOnlySpan<char> source, int offset)
    {
        if (isDefinition) throw new InvalidOperationException("A definition with values written out has parameters.");
        while (source.IndexOf('$') is var at and >= 0)
        {
            Append(source[..++at]);
            source = source[at..];
            var digits = source.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : source.Length;
            if (digits == 0) continue;
            AppendNumber(int.Parse(source[..digits]) + offset);
            source = source[digits..];
        }
        Append(source);
    }

    private void Add(SqlParameter parameter)
    {
        AddParameter(parameter);
        Append("$");
        AppendNumber(count);
    }

    private void AddParameter(SqlParameter parameter)
    {
        if (count == parameters.Length) Array.Resize(ref parameters, Math.Max(4, count * 2));
        parameters[count++] = parameter;
    }

    private void AppendNumber(int number)
    {
        Span<char> digits = stackalloc char[10];
        number.TryFormat(digits, out var written);
        Append(digits[..written]);
    }

    private void Append(ReadOnlySpan<char> piece)
    {
        var needed = length + piece.Length;
        if (needed > text.Length) Array.Resize(ref text, Math.Max(text.Length * 2, needed));
        piece.CopyTo(text.AsSpan(length));
        length += piece.Length;
    }
}

internal enum SqlType
{
    Text,
    Int64,
    Double,
    Bool,
    Bytes,
    Json,
}

/// <summary>
/// One typed value. <paramref name="Object"/> is the text or bytes, or a non-null mark for numbers; a double lies in
/// <paramref name="Number"/> by its bits.
/// </summary>
internal readonly record struct SqlParameter(SqlType Type, long Number, object? Object)
{
    private static readonly object Mark = new();

    public bool IsNull => Object is null;

    public static SqlParameter Null(SqlType type) => new(type, 0, null);

    public static SqlParameter Of(string text) => new(SqlType.Text, 0, text);

    public static SqlParameter Of(long number) => new(SqlType.Int64, number, Mark);

    public static SqlParameter Of(double number) =>
        new(SqlType.Double, BitConverter.DoubleToInt64Bits(number), Mark);

    public static SqlParameter Of(bool value) => new(SqlType.Bool, value ? 1 : 0, Mark);

    public static SqlParameter Of(byte[] bytes) => new(SqlType.Bytes, 0, bytes);

    public static SqlParameter Of(Json json) => new(SqlType.Json, 0, json.Text);
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

/// <summary>A table of an app: in a schema of its own where the engine has schemas, else by itself.</summary>
internal readonly record struct TableName(Identifier? Schema, Identifier Name)
{
    /// <summary>As people write it.</summary>
    public override string ToString() => Schema is { } schema ? $"{schema.Name}.{Name.Name}" : Name.Name;
}

/// <summary>
/// A value as text of standard SQL: numbers and booleans as their own words, text in quotes with every quote doubled.
/// Both engines read it so: SQLite always, PostgreSQL with <c>standard_conforming_strings</c>, its default.
/// </summary>
internal readonly record struct Literal
{
    public Literal(SqlParameter value) => Text = value switch
    {
        { IsNull: true } => "null",
        { Type: SqlType.Bool } => value.Number != 0 ? "true" : "false",
        { Type: SqlType.Int64 } => value.Number.ToString(CultureInfo.InvariantCulture),
        { Type: SqlType.Double } =>
            BitConverter.Int64BitsToDouble(value.Number).ToString("E16", CultureInfo.InvariantCulture),
        { Object: string text } => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => throw new ArgumentException("Bytes are not written out.", nameof(value)),
    };

    public string Text { get; }
}
