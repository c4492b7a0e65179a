using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Values;

/// <summary>
/// A number of a schema, compared without rounding with numbers of instances. Whole numbers of 64 bits and decimals of
/// 28 digits take a fast way; all others are compared digit by digit.
/// </summary>
internal sealed class ExactNumber
{
    /// <summary>Characters that always fit a decimal exactly, sign and point among them.</summary>
    private const int DecimalChars = 28;

    private readonly JsonElement element;
    private readonly long? whole;
    private readonly decimal? exact;
    private readonly BigInteger mantissa;
    private readonly long scale;

    /// <summary>Keeps <paramref name="number"/>, whose document must live as long.</summary>
    public ExactNumber(in JsonElement number)
    {
        element = number;
        if (number.TryGetInt64(out var integer)) whole = integer;
        if (TryDecimal(number, out var value)) exact = value;
        var text = new NumberText(number);
        (Sign, mantissa, scale) = (text.Sign, text.Mantissa(), text.Scale);
    }

    public int Sign { get; }

    /// <summary>As it is written in the schema.</summary>
    public override string ToString() => element.GetRawText();

    /// <summary>Whether a number is whole: 1.0 and 1e2 are.</summary>
    public static bool IsWhole(in JsonElement number) =>
        number.TryGetInt64(out _) || new NumberText(number).IsWhole;

    /// <summary>
    /// A whole number from 0, as bounds of lengths are. One beyond <see cref="int.MaxValue"/> becomes that, which no
    /// length reaches.
    /// </summary>
    public static bool TryReadCount(in JsonElement number, out int count)
    {
        count = 0;
        var text = new NumberText(number);
        if (text.IsNegative || !text.IsWhole) return false;
        if (text.Magnitude > 9)
        {
            count = int.MaxValue;
            return true;
        }
        long value = 0;
        for (var i = 0; i <= text.Magnitude; i++) value = (value * 10) + text.Digit(i);
        count = (int)Math.Min(value, int.MaxValue);
        return true;
    }

    /// <summary>The sign of <paramref name="number"/> less this.</summary>
    public int Compare(in JsonElement number)
    {
        if (whole is { } bound && number.TryGetInt64(out var integer)) return integer.CompareTo(bound);
        if (exact is { } limit && TryDecimal(number, out var value)) return value.CompareTo(limit);
        return NumberText.Compare(new NumberText(number), new NumberText(element));
    }

    /// <summary>Whether <paramref name="number"/> is this times a whole number; this is above 0.</summary>
    public bool Divides(in JsonElement number)
    {
        if (whole is { } divisor && number.TryGetInt64(out var integer)) return integer % divisor == 0;
        if (exact is { } step && TryDecimal(number, out var value) && Math.Abs(value) < step * 1_000_000m)
            return value % step == 0;
        return DividesExactly(new NumberText(number));
    }

    private bool DividesExactly(NumberText number)
    {
        if (number.Sign == 0) return true;
        var shift = number.Scale - scale;
        if (shift >= 0) return number.Mantissa() * BigInteger.ModPow(10, shift, mantissa) % mantissa == 0;
        // The number's last digit is not 0, so it holds no more tens than it has digits.
        return -shift <= number.Digits && number.Mantissa() % (mantissa * BigInteger.Pow(10, (int)-shift)) == 0;
    }

    /// <summary>False where a decimal might round.</summary>
    private static bool TryDecimal(in JsonElement number, out decimal value)
    {
        value = 0;
        var raw = JsonMarshal.GetRawUtf8Value(number);
        if (raw.Length > DecimalChars || raw.IndexOfAny((byte)'e', (byte)'E') >= 0) return false;
        return number.TryGetDecimal(out value);
    }
}
