using System.Globalization;
using System.Text;

namespace Castellan.Platform.StructuredFields;

/// <summary>Reads structured fields: RFC 9651 section 4.2. Each method answers null where it does not fit.</summary>
internal ref struct FieldReader(string text)
{
    private const string OfToken = "!#$%&'*+-.^_`|~:/";
    private const int IntegerDigits = 15;
    private const int DecimalDigits = 12;
    private const int FractionDigits = 3;

    private readonly string text = text;
    private int at;

    private readonly bool AtEnd => at == text.Length;

    /// <summary>The next character, or NUL at the end: no field holds one.</summary>
    private readonly char Next => at < text.Length ? text[at] : '\0';

    public List<(string Key, FieldValue Value)>? Dictionary()
    {
        var members = new List<(string Key, FieldValue Value)>();
        Skip(' ');
        while (!AtEnd)
        {
            if (Key() is not { } key || members.Exists(member => member.Key == key)) return null;
            if (Value() is not { } value) return null;
            members.Add((key, value));
            SkipOptionalSpace();
            if (AtEnd) return members;
            if (!Take(',')) return null;
            SkipOptionalSpace();
            // A comma promises another member.
            if (AtEnd) return null;
        }
        return members;
    }

    private FieldValue? Value()
    {
        if (Take('=')) return Next == '(' ? List() : Item();
        return Parameters() is { } parameters ? new FieldItem(BareItem.True, parameters) : null;
    }

    private InnerList? List()
    {
        at++;
        var items = new List<FieldItem>();
        while (!AtEnd)
        {
            Skip(' ');
            if (Take(')')) return Parameters() is { } parameters ? new InnerList(items, parameters) : null;
            if (Item() is not { } item || Next is not (' ' or ')')) return null;
            items.Add(item);
        }
        return null;
    }

    private FieldItem? Item() =>
        Bare() is { } bare && Parameters() is { } parameters ? new FieldItem(bare, parameters) : null;

    private List<Parameter>? Parameters()
    {
        var parameters = new List<Parameter>();
        while (Take(';'))
        {
            Skip(' ');
            if (Key() is not { } key || parameters.Exists(known => known.Key == key)) return null;
            var value = BareItem.True;
            if (Take('='))
            {
                if (Bare() is not { } bare) return null;
                value = bare;
            }
            parameters.Add(new Parameter(key, value));
        }
        return parameters;
    }

    private string? Key()
    {
        var from = at;
        if (!char.IsAsciiLetterLower(Next) && Next != '*') return null;
        while (char.IsAsciiLetterLower(Next) || char.IsAsciiDigit(Next) || Next is '_' or '-' or '.' or '*') at++;
        return text[from..at];
    }

    private BareItem? Bare() => Next switch
    {
        '"' => String(),
        ':' => Bytes(),
        '?' => Boolean(),
        '@' => Date(),
        '-' or (>= '0' and <= '9') => Number(),
        '*' => Token(),
        var letter when char.IsAsciiLetter(letter) => Token(),
        _ => null,
    };

    private BareItem? Number()
    {
        var from = at;
        Take('-');
        var digits = Digits();
        if (Next != '.')
        {
            return digits is > 0 and <= IntegerDigits
                ? BareItem.Of(long.Parse(text.AsSpan(from, at - from), CultureInfo.InvariantCulture))
                : null;
        }
        at++;
        var fraction = Digits();
        if (digits is 0 or > DecimalDigits || fraction is 0 or > FractionDigits) return null;
        var number = decimal.Parse(text.AsSpan(from, at - from), CultureInfo.InvariantCulture);
        return new BareItem(BareKind.Decimal, Text: number.ToString("0.0##", CultureInfo.InvariantCulture));
    }

    private BareItem? Date()
    {
        at++;
        return Next is '-' or (>= '0' and <= '9') && Number() is { Kind: BareKind.Integer } number
            ? number with { Kind = BareKind.Date }
            : null;
    }

    private int Digits()
    {
        var from = at;
        while (char.IsAsciiDigit(Next)) at++;
        return at - from;
    }

    private BareItem? String()
    {
        at++;
        var read = new StringBuilder();
        while (!AtEnd)
        {
            var next = text[at++];
            if (next == '"') return BareItem.Of(read.ToString());
            if (next == '\\')
            {
                if (Next is not ('"' or '\\')) return null;
                next = text[at++];
            }
            else if (next is < ' ' or > '~')
            {
                return null;
            }
            read.Append(next);
        }
        return null;
    }

    private BareItem? Bytes()
    {
        at++;
        var end = text.IndexOf(':', at);
        if (end < 0) return null;
        var encoded = text[at..end];
        at = end + 1;
        var bytes = new byte[encoded.Length];
        // One sequence has one spelling: padded, with nothing in the bits that padding leaves over.
        return Convert.TryFromBase64String(encoded, bytes, out var length)
            && Convert.ToBase64String(bytes, 0, length) == encoded
                ? new BareItem(BareKind.Bytes, Bytes: bytes[..length])
                : null;
    }

    private BareItem? Boolean()
    {
        at++;
        if (Take('1')) return BareItem.True;
        return Take('0') ? new BareItem(BareKind.Boolean) : null;
    }

    private BareItem Token()
    {
        var from = at++;
        while (char.IsAsciiLetterOrDigit(Next) || OfToken.Contains(Next, StringComparison.Ordinal)) at++;
        return new BareItem(BareKind.Token, Text: text[from..at]);
    }

    private bool Take(char wanted)
    {
        if (AtEnd || text[at] != wanted) return false;
        at++;
        return true;
    }

    private void Skip(char skipped)
    {
        while (!AtEnd && text[at] == skipped) at++;
    }

    private void SkipOptionalSpace()
    {
        while (!AtEnd && text[at] is ' ' or '\t') at++;
    }
}
