using System.Globalization;
using System.Numerics;
using System.Text;
using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>
/// <c>text.format(list)</c> of the strings extension: %s %d %f %e %b %o %x %X, %% for a percent sign.
/// </summary>
internal static class TextFormat
{
    private const int PrecisionMax = 100;
    private const int PrecisionDefault = 6;
    private const int DepthMax = 64;

    public static CelValue Format(ref Run run, in CelValue text, in CelValue args)
    {
        if (text.Kind != CelKind.String || args.Kind != CelKind.List) return Mismatch.Value("format", text, args);
        var (format, output, next) = (text.AsString, new StringBuilder(), 0);
        if (!run.PayText(format.Length)) return run.Exhausted();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                output.Append(format[at]);
                continue;
            }
            if (++at == format.Length) return CelValue.Fail("A '%' stands at the end.",
                "Write '%%' for a percent sign.");
            if (format[at] == '%')
            {
                output.Append('%');
                continue;
            }
            if (!TryPrecision(format, ref at,
                out var precision)) return CelValue.Fail($"The precision goes up to {PrecisionMax}.");
            if (next >= args.AsList.Count) return CelValue.Fail($"There is no value number {next + 1}.");
            var wrong = Put(ref run, output, at < format.Length ? format[at] : ' ', precision, args.AsList[next++]);
            if (wrong.IsError) return wrong;
            if (run.IsExhausted) return run.Exhausted();
            if (output.Length > run.Limits.TextLength) return Concatenation.TooLong(run.Limits);
        }
        return CelValue.OfKnown(output.ToString());
    }

    private static bool TryPrecision(string format, ref int at, out int? precision)
    {
        precision = null;
        if (format[at] != '.') return true;
        precision = 0;
        for (at++; at < format.Length && char.IsAsciiDigit(format[at]); at++)
        {
            precision = (precision * 10) + (format[at] - '0');
            if (precision > PrecisionMax) return false;
        }
        return true;
    }

    /// <summary>An error, or null.</summary>
    private static CelValue Put(ref Run run, StringBuilder output, char clause, int? precision, in CelValue value)
    {
        switch (clause)
        {
            case 's':
                return Plain(ref run, output, value, depth: 0);
            case 'd' when value.Kind is CelKind.Int or CelKind.Uint:
                return Plain(ref run, output, value, depth: 0);
            case 'd' or 'f' or 'e' when value.Kind == CelKind.Double && !double.IsFinite(value.AsDouble):
                output.Append(Numbers.Text(value.AsDouble));
                return default;
            case 'f' or 'e' when value.Kind is CelKind.Double or CelKind.Int or CelKind.Uint:
                const int DigitsCost = 50;
                run.Pay(DigitsCost);
                var number = Conversions.ToDouble(ref run, value).AsDouble;
                output.Append(clause == 'f' ? Decimals.Fixed(number, precision ?? PrecisionDefault)
                    : Decimals.Scientific(number, precision ?? PrecisionDefault));
                return default;
            case 'b' when value.Kind == CelKind.Bool:
                output.Append(value.AsBool ? '1' : '0');
                return default;
            case 'b' or 'o' or 'x' or 'X' when value.Kind is CelKind.Int or CelKind.Uint:
                output.Append(Radix(value, clause));
                return default;
            case 'x' or 'X' when value.Kind is CelKind.String or CelKind.Bytes:
                var bytes = value.Kind == CelKind.Bytes ? value.AsBytes : Encoding.UTF8.GetBytes(value.AsString);
                run.PayText(bytes.Length);
                output.Append(clause == 'x' ? Convert.ToHexStringLower(bytes) : Convert.ToHexString(bytes));
                return default;
            case 'd' or 'f' or 'e' or 'b' or 'o' or 'x' or 'X':
                return CelValue.Fail($"'%{clause}' does not take {Types.Of(value)}.");
            default:
                return CelValue.Fail($"There is no '%{clause}'.", "There are %s %d %f %e %b %o %x %X and %%.");
        }
    }

    private static string Radix(in CelValue value, char clause)
    {
        var number = value.Kind == CelKind.Int ? (BigInteger)value.AsInt : value.AsUint;
        var size = (ulong)BigInteger.Abs(number);
        var digits = clause switch
        {
            'b' => size.ToString("b", CultureInfo.InvariantCulture),
            'x' => size.ToString("x", CultureInfo.InvariantCulture),
            'X' => size.ToString("X", CultureInfo.InvariantCulture),
            _ => Octal(size),
        };
        return number.Sign < 0 ? "-" + digits : digits;
    }

    private static string Octal(ulong value)
    {
        var digits = new StringBuilder();
        do digits.Insert(0, (char)('0' + (value & 7)));
        while ((value >>= 3) > 0);
        return digits.ToString();
    }

    private static CelValue Plain(ref Run run, StringBuilder output, in CelValue value, int depth)
    {
        if (!run.Pay(1)) return run.Exhausted();
        if (depth > DepthMax) return CelValue.Fail($"Lists and maps are nested deeper than {DepthMax}.");
        switch (value.Kind)
        {
            case CelKind.Null:
                output.Append("null");
                return default;
            case CelKind.Bytes:
                run.PayText(value.AsBytes.Length);
                output.Append(Encoding.UTF8.GetString(value.AsBytes));
                return default;
            case CelKind.Type:
                output.Append(value.AsType.Kind switch
                {
                    CelKind.List => "list",
                    CelKind.Map => "map",
                    CelKind.Type => "type",
                    _ => value.AsType.ToString(),
                });
                return default;
            case CelKind.List:
                return List(ref run, output, value.AsList, depth);
            case CelKind.Map:
                return Map(ref run, output, value.AsMap, depth);
            case CelKind.Object or CelKind.Error:
                return value.IsError ? value : CelValue.Fail($"'%s' does not take {Types.Of(value)}.");
            default:
                var text = Conversions.ToText(ref run, value);
                run.PayText(text.AsString.Length);
                output.Append(text.AsString);
                return output.Length > run.Limits.TextLength ? Concatenation.TooLong(run.Limits) : default;
        }
    }

    private static CelValue List(ref Run run, StringBuilder output, CelList list, int depth)
    {
        output.Append('[');
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0) output.Append(", ");
            var wrong = Plain(ref run, output, list[i], depth + 1);
            if (wrong.IsError) return wrong;
        }
        output.Append(']');
        return default;
    }

    /// <summary>Sorted by the texts of the keys.</summary>
    private static CelValue Map(ref Run run, StringBuilder output, CelMap map, int depth)
    {
        var keys = new SortedDictionary<string, CelValue>(Comparer<string>.Create(CelText.Compare));
        foreach (var key in map.Keys)
        {
            if (!run.Pay(1)) return run.Exhausted();
            keys[Conversions.ToText(ref run, key).AsString] = key;
        }
        output.Append('{');
        var isFirst = true;
        foreach (var (text, key) in keys)
        {
            output.Append(isFirst ? "" : ", ").Append(text).Append(": ");
            isFirst = false;
            map.TryGet(key, out var value);
            var wrong = Plain(ref run, output, value, depth + 1);
            if (wrong.IsError) return wrong;
        }
        output.Append('}');
        return default;
    }
}
