using System.Globalization;
using System.Text;

namespace Castellan.Platform.StructuredFields;

/// <summary>What a bare item of a structured field is (RFC 9651 section 3.3). Display strings are not read.</summary>
internal enum BareKind
{
    Integer,
    Decimal,
    String,
    Token,
    Bytes,
    Boolean,
    Date,
}

/// <summary>
/// A bare item. <paramref name="Number"/> is the value of an integer, a date (seconds since 1970) or a boolean (0 or
/// 1); <paramref name="Text"/> of a string, a token or a decimal; <paramref name="Bytes"/> of a byte sequence.
/// </summary>
internal sealed record BareItem(BareKind Kind, long Number = 0, string Text = "", byte[]? Bytes = null)
{
    public static readonly BareItem True = new(BareKind.Boolean, 1);

    public static BareItem Of(long number) => new(BareKind.Integer, number);

    public static BareItem Of(string text) => new(BareKind.String, Text: text);

    /// <summary>RFC 9651 section 4.1.3.1.</summary>
    public void Write(StringBuilder to)
    {
        switch (Kind)
        {
            case BareKind.Integer:
                to.Append(CultureInfo.InvariantCulture, $"{Number}");
                break;
            case BareKind.Date:
                to.Append(CultureInfo.InvariantCulture, $"@{Number}");
                break;
            case BareKind.Boolean:
                to.Append(Number == 0 ? "?0" : "?1");
                break;
            case BareKind.Bytes:
                to.Append(':').Append(Convert.ToBase64String(Bytes!)).Append(':');
                break;
            case BareKind.String:
                to.Append('"').Append(Text.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
                break;
            default:
                to.Append(Text);
                break;
        }
    }
}

/// <summary>A parameter of an item or of an inner list.</summary>
internal readonly record struct Parameter(string Key, BareItem Value);

/// <summary>The value of a dictionary's member: an item or an inner list, with its parameters.</summary>
internal abstract record FieldValue(IReadOnlyList<Parameter> Parameters)
{
    public BareItem? Find(string key)
    {
        foreach (var parameter in Parameters)
        {
            if (parameter.Key == key) return parameter.Value;
        }
        return null;
    }

    protected void WriteParameters(StringBuilder to)
    {
        foreach (var (key, value) in Parameters)
        {
            to.Append(';').Append(key);
            // True is said by the key alone.
            if (value == BareItem.True) continue;
            to.Append('=');
            value.Write(to);
        }
    }
}

internal sealed record FieldItem(BareItem Value, IReadOnlyList<Parameter> Parameters) : FieldValue(Parameters)
{
    public void Write(StringBuilder to)
    {
        Value.Write(to);
        WriteParameters(to);
    }
}

internal sealed record InnerList(IReadOnlyList<FieldItem> Items, IReadOnlyList<Parameter> Parameters)
    : FieldValue(Parameters)
{
    public void Write(StringBuilder to)
    {
        to.Append('(');
        for (var i = 0; i < Items.Count; i++)
        {
            if (i > 0) to.Append(' ');
            Items[i].Write(to);
        }
        to.Append(')');
        WriteParameters(to);
    }
}
