using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Castellan.Platform.Cel.Syntax;

/// <summary>
/// Numbers, strings and bytes as the specification writes them (langdef.md, String and Bytes Values).
/// </summary>
internal sealed class LiteralReader(string source)
{
    /// <summary>The hint of the one int that is too large without the minus before it.</summary>
    public const string OnlyNegative = "Only the negative number is an int.";

    public static readonly SearchValues<char> QuotedNameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/ ");

    /// <summary>What stands before a string's first character.</summary>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Prefix(int Length, bool IsRaw, bool IsBytes, string Quote);

    public static Prefix? StringPrefix(ReadOnlySpan<char> text)
    {
        var (raw, bytes, length) = (false, false, 0);
        while (length < 2 && length < text.Length)
        {
            if (text[length] is 'r' or 'R' && !raw) raw = true;
            else if (text[length] is 'b' or 'B' && !bytes) bytes = true;
            else break;
            length++;
        }
        if (length == text.Length || text[length] is not ('"' or '\'')) return null;
        var quote = text[length] == '"' ? "\"" : "'";
        var three = quote == "\"" ? "\"\"\"" : "'''";
        if (text[length..].StartsWith(three)) quote = three;
        return new(length + quote.Length, raw, bytes, quote);
    }

    /// <summary>How long it is and what it is, or an error of its range.</summary>
    public (int Length, CelValue Value) Number(int at)
    {
        var text = source.AsSpan(at);
        if (text.StartsWith("0x") || text.StartsWith("0X"))
        {
            var digits = Run(text[2..], char.IsAsciiHexDigit);
            if (digits > 0) return Whole(text, 2 + digits, text.Slice(2, digits), NumberStyles.AllowHexSpecifier);
        }
        var length = Run(text, char.IsAsciiDigit);
        var whole = length;
        if (length + 1 < text.Length && text[length] == '.' && char.IsAsciiDigit(text[length + 1]))
            length += 1 + Run(text[(length + 1)..], char.IsAsciiDigit);
        length += Exponent(text[length..]);
        if (length == whole) return Whole(text, length, text[..length], NumberStyles.None);
        var value = double.Parse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
        var fits = double.IsFinite(value);
        return (length, fits ? CelValue.Of(value) : CelValue.Fail("The number is too large for a double."));
    }

    private static (int, CelValue) Whole(
        ReadOnlySpan<char> text, int length, ReadOnlySpan<char> digits, NumberStyles style)
    {
        var isUint = length < text.Length && text[length] is 'u' or 'U';
        var fits = ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out var value);
        if (isUint)
            return (length + 1, fits ? CelValue.Of(value) : CelValue.Fail("The number is too large for a uint."));
        if (fits && value <= long.MaxValue) return (length, CelValue.Of((long)value));
        var message = "The number is too large for an int.";
        return (length, CelValue.Fail(message, fits && value == 1ul << 63 ? OnlyNegative : null));
    }

    private static int Exponent(ReadOnlySpan<char> text)
    {
        if (text is not ['e' or 'E', ..]) return 0;
        var sign = text is [_, '+' or '-', ..] ? 1 : 0;
        var digits = Run(text[(1 + sign)..], char.IsAsciiDigit);
        return digits == 0 ? 0 : 1 + sign + digits;
    }

    private static int Run(ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        var length = 0;
        while (length < text.Length && belongs(text[length])) length++;
        return length;
    }

    /// <summary>
    /// Its length with prefix and quotes, its value or an error, and where the error is. Length 0: never closed.
    /// </summary>
    public (int Length, CelValue Value, int WrongAt) Text(int start, Prefix prefix)
    {
        var (at, end) = (start + prefix.Length, End(start + prefix.Length, prefix));
        if (end < 0) return (0, CelValue.Fail("The text is not closed.", $"Its end is missing: {prefix.Quote}"), start);
        var length = end + prefix.Quote.Length - start;
        // Escapes make texts shorter, never longer.
        var text = new StringBuilder(end - at);
        var bytes = new ArrayBufferWriter<byte>(Math.Max(end - at, 1));
        while (at < end)
        {
            if (source[at] == '\\' && !prefix.IsRaw)
            {
                var (taken, wrong) = Escape(source.AsSpan(at, end - at), prefix.IsBytes, text, bytes);
                if (wrong is not null) return (length, CelValue.Fail(wrong), at);
                at += taken;
                continue;
            }
            var isPair = char.IsHighSurrogate(source[at]) && at + 1 < end;
            Put(source.AsSpan(at, isPair ? 2 : 1), prefix.IsBytes, text, bytes);
            at += isPair ? 2 : 1;
        }
        if (prefix.IsBytes) return (length, CelValue.Of(bytes.WrittenSpan.ToArray()), 0);
        var value = CelValue.Of(text.ToString());
        return (length, value, start);
    }

    private static void Put(ReadOnlySpan<char> units, bool isBytes, StringBuilder text, ArrayBufferWriter<byte> bytes)
    {
        if (isBytes) Encoding.UTF8.GetBytes(units, bytes);
        else text.Append(units);
    }

    /// <summary>Where the closing quote begins, or -1.</summary>
    private int End(int at, Prefix prefix)
    {
        var isLong = prefix.Quote.Length == 3;
        while (at < source.Length)
        {
            if (string.CompareOrdinal(source, at, prefix.Quote, 0, prefix.Quote.Length) == 0) return at;
            if (!isLong && source[at] is '\r' or '\n') return -1;
            at += source[at] == '\\' && !prefix.IsRaw ? 2 : 1;
        }
        return -1;
    }

    /// <summary>How many characters the escape has, or what is wrong with it.</summary>
    private static (int Taken, string? Wrong) Escape(
        ReadOnlySpan<char> text, bool isBytes, StringBuilder output, ArrayBufferWriter<byte> bytes)
    {
        if (text.Length < 2) return (0, "An escape has no end.");
        if (Plain(text[1]) is { } plain)
        {
            Put([plain], isBytes, output, bytes);
            return (2, null);
        }
        var (skip, digits, radix) = text[1] switch
        {
            'x' or 'X' => (2, 2, 16),
            'u' => (2, 4, 16),
            'U' => (2, 8, 16),
            >= '0' and <= '3' => (1, 3, 8),
            _ => (0, 0, 0),
        };
        if (digits == 0) return (0, $"There is no escape '\\{text[1]}'.");
        if (Code(text[skip..], digits, radix) is not { } code) return (0, $"'\\{text[1]}' needs {digits} digits.");
        if (isBytes && text[1] is 'u' or 'U') return (0, "Bytes have no Unicode escapes.");
        if (isBytes)
        {
            bytes.Write([(byte)code]);
            return (skip + digits, null);
        }
        // Two of \u may make a pair; whether they do is seen at the end.
        if (text[1] != 'u' && !Rune.IsValid(code)) return (0, "The escape is no Unicode code point.");
        _ = code <= char.MaxValue ? output.Append((char)code) : output.Append(new Rune(code).ToString());
        return (skip + digits, null);
    }

    private static char? Plain(char c) => c switch
    {
        '\\' or '?' or '"' or '\'' or '`' => c,
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        _ => null,
    };

    private static uint? Code(ReadOnlySpan<char> text, int digits, int radix)
    {
        if (text.Length < digits) return null;
        uint code = 0;
        foreach (var digit in text[..digits])
        {
            var value = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (value >= radix) return null;
            code = (code * (uint)radix) + (uint)value;
        }
        return code;
    }
}
