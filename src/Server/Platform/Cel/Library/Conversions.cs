using System.Globalization;
using System.Text;
using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>
/// From one type to another; what the other cannot hold is an error (langdef.md, List of Standard Definitions).
/// </summary>
internal static class Conversions
{
    /// <summary>Longer texts are no numbers; zeros in front of one count too.</summary>
    private const int NumberLengthMax = 400;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static CelValue ToInt(ref Run run, in CelValue value) => value.Kind switch
    {
        CelKind.Int => value,
        CelKind.Uint => value.AsUint <= long.MaxValue ? CelValue.Of((long)value.AsUint) : OutOfRange("int"),
        CelKind.Double => Numbers.ToInt(value.AsDouble) is { } whole ? CelValue.Of(whole) : OutOfRange("int"),
        CelKind.Timestamp => CelValue.Of(value.Seconds),
        CelKind.String => IsNumber(value.AsString)
            && long.TryParse(value.AsString, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var parsed)
                ? CelValue.Of(parsed)
                : NoText(value, "int"),
        _ => Mismatch.Value("int", value),
    };

    public static CelValue ToUint(ref Run run, in CelValue value) => value.Kind switch
    {
        CelKind.Uint => value,
        CelKind.Int => value.AsInt >= 0 ? CelValue.Of((ulong)value.AsInt) : OutOfRange("uint"),
        CelKind.Double => Numbers.ToUint(value.AsDouble) is { } whole ? CelValue.Of(whole) : OutOfRange("uint"),
        CelKind.String => IsNumber(value.AsString)
            && ulong.TryParse(value.AsString, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
                ? CelValue.Of(parsed)
                : NoText(value, "uint"),
        _ => Mismatch.Value("uint", value),
    };

    public static CelValue ToDouble(ref Run run, in CelValue value) => value.Kind switch
    {
        CelKind.Double => value,
        CelKind.Int => CelValue.Of((double)value.AsInt),
        CelKind.Uint => CelValue.Of((double)value.AsUint),
        CelKind.String => ParseDouble(value),
        _ => Mismatch.Value("double", value),
    };

    public static CelValue ToText(ref Run run, in CelValue value) => value.Kind switch
    {
        CelKind.String => value,
        CelKind.Bool => CelValue.OfKnown(value.AsBool ? "true" : "false"),
        CelKind.Int => CelValue.OfKnown(value.AsInt.ToString(CultureInfo.InvariantCulture)),
        CelKind.Uint => CelValue.OfKnown(value.AsUint.ToString(CultureInfo.InvariantCulture)),
        CelKind.Double => CelValue.OfKnown(Numbers.Text(value.AsDouble)),
        CelKind.Bytes => Decoded(ref run, value.AsBytes),
        CelKind.Timestamp => CelValue.OfKnown(Times.Text(value)),
        CelKind.Duration => CelValue.OfKnown(Durations.Text(value)),
        _ => Mismatch.Value("string", value),
    };

    public static CelValue ToBytes(ref Run run, in CelValue value)
    {
        if (value.Kind == CelKind.Bytes) return value;
        if (value.Kind != CelKind.String) return Mismatch.Value("bytes", value);
        return run.PayText(value.AsString.Length) ? CelValue.Of(StrictUtf8.GetBytes(value.AsString)) : run.Exhausted();
    }

    public static CelValue ToBool(ref Run run, in CelValue value) => value.Kind switch
    {
        CelKind.Bool => value,
        CelKind.String => value.AsString switch
        {
            "true" or "True" or "TRUE" or "t" or "1" => CelValue.True,
            "false" or "False" or "FALSE" or "f" or "0" => CelValue.False,
            _ => NoText(value, "bool"),
        },
        _ => Mismatch.Value("bool", value),
    };

    public static CelValue ToTimestamp(ref Run run, in CelValue value) => value.Kind switch
    {
        CelKind.Timestamp => value,
        CelKind.Int => Times.Of(value.AsInt),
        CelKind.String => Times.Parse(value.AsString),
        _ => Mismatch.Value("timestamp", value),
    };

    public static CelValue ToDuration(ref Run run, in CelValue value) => value.Kind switch
    {
        CelKind.Duration => value,
        CelKind.String => Durations.Parse(value.AsString),
        _ => Mismatch.Value("duration", value),
    };

    private static bool IsNumber(string text) =>
        text.Length is > 0 and <= NumberLengthMax && text.AsSpan().IndexOf('\0') < 0;

    private static CelValue OutOfRange(string type) => CelValue.Fail($"The number is out of the range of {type}.");

    private static CelValue NoText(in CelValue text, string type) => CelValue.Fail($"{text} cannot be read as {type}.");

    private static CelValue ParseDouble(in CelValue value)
    {
        var text = value.AsString;
        switch (text)
        {
            case "NaN":
                return CelValue.Of(double.NaN);
            case "Infinity" or "+Infinity" or "Inf" or "+Inf" or "inf":
                return CelValue.Of(double.PositiveInfinity);
            case "-Infinity" or "-Inf" or "-inf":
                return CelValue.Of(double.NegativeInfinity);
        }
        const NumberStyles Style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return IsNumber(text) && double.TryParse(text, Style, CultureInfo.InvariantCulture, out var parsed)
            && double.IsFinite(parsed)
            ? CelValue.Of(parsed)
            : NoText(value, "double");
    }

    private static CelValue Decoded(ref Run run, byte[] bytes)
    {
        if (!run.PayText(bytes.Length)) return run.Exhausted();
        return System.Text.Unicode.Utf8.IsValid(bytes)
            ? CelValue.OfKnown(StrictUtf8.GetString(bytes))
            : CelValue.Fail("The bytes are no UTF-8.");
    }
}
