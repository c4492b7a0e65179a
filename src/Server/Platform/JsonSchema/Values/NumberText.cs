using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Values;

/// <summary>
/// A JSON number as it is written, without rounding: its significant digits and where the point is. Reads the
/// document's bytes in place. Exponents beyond <see cref="ExponentMax"/> count as that.
/// </summary>
internal readonly ref struct NumberText
{
    private const long ExponentMax = 1_000_000_000_000;

    private readonly ReadOnlySpan<byte> whole;
    private readonly ReadOnlySpan<byte> fraction;
    private readonly int firstDigit;

    public NumberText(in JsonElement number)
    {
        var raw = JsonMarshal.GetRawUtf8Value(number);
        IsNegative = raw[0] == (byte)'-';
        if (IsNegative) raw = raw[1..];
        var mark = raw.IndexOfAny((byte)'e', (byte)'E');
        var exponent = mark < 0 ? 0 : Exponent(raw[(mark + 1)..]);
        var mantissa = mark < 0 ? raw : raw[..mark];
        var point = mantissa.IndexOf((byte)'.');
        whole = point < 0 ? mantissa : mantissa[..point];
        fraction = point < 0 ? default : mantissa[(point + 1)..];

        var all = whole.Length + fraction.Length;
        var last = all - 1;
        while (last >= 0 && Written(last) == '0') last--;
        while (firstDigit < last && Written(firstDigit) == '0') firstDigit++;
        Digits = last < 0 ? 0 : last - firstDigit + 1;
        if (Digits == 0) IsNegative = false;
        Magnitude = Digits == 0 ? 0 : exponent + whole.Length - 1 - firstDigit;
    }

    public bool IsNegative { get; }

    /// <summary>How many digits there are from the first to the last that is not 0; 0 for zero itself.</summary>
    public int Digits { get; }

    /// <summary>The power of ten of the first digit.</summary>
    public long Magnitude { get; }

    /// <summary>The power of ten of the last digit.</summary>
    public long Scale => Magnitude - Digits + 1;

    public bool IsWhole => Digits == 0 || Scale >= 0;

    public int Sign => Digits == 0 ? 0 : IsNegative ? -1 : 1;

    /// <summary>The value of a digit, counted from the first significant one; 0 beyond the last.</summary>
    public int Digit(int index) => index < Digits ? Written(firstDigit + index) - '0' : 0;

    /// <summary>Below, at or above 0, as <paramref name="left"/> is to <paramref name="right"/>.</summary>
    public static int Compare(NumberText left, NumberText right)
    {
        if (left.Sign != right.Sign) return left.Sign.CompareTo(right.Sign);
        if (left.Magnitude != right.Magnitude) return left.Magnitude.CompareTo(right.Magnitude) * left.Sign;
        var digits = Math.Max(left.Digits, right.Digits);
        for (var i = 0; i < digits; i++)
        {
            if (left.Digit(i) != right.Digit(i)) return left.Digit(i).CompareTo(right.Digit(i)) * left.Sign;
        }
        return 0;
    }

    /// <summary>Equal for equal values, however they are written.</summary>
    public int Hash()
    {
        var hash = HashCode.Combine(Sign, Magnitude);
        for (var i = 0; i < Digits; i++) hash = (hash * 31) + Digit(i);
        return hash;
    }

    /// <summary>The digits without sign as a whole number.</summary>
    public BigInteger Mantissa()
    {
        if (Digits == 0) return BigInteger.Zero;
        var digits = new char[Digits];
        for (var i = 0; i < digits.Length; i++) digits[i] = (char)('0' + Digit(i));
        return BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private byte Written(int index) => index < whole.Length ? whole[index] : fraction[index - whole.Length];

    private static long Exponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == (byte)'-';
        long exponent = 0;
        foreach (var unit in text)
        {
            if (unit is (byte)'-' or (byte)'+') continue;
            exponent = Math.Min((exponent * 10) + (unit - '0'), ExponentMax);
        }
        return negative ? -exponent : exponent;
    }
}
