using System.Collections.Frozen;
using System.Globalization;

namespace Castellan.Platform.JsonSchema.Patterns;

/// <summary>
/// What <c>\p{...}</c> may name here: the general categories (UAX 44, table 12) and a few sets that are made of ranges.
/// Scripts and the other binary properties are not in .NET's data.
/// </summary>
internal static class UnicodeSets
{
    private static readonly (string Short, string Long, UnicodeCategory[] Categories)[] Names =
    [
        ("Lu", "Uppercase_Letter", [UnicodeCategory.UppercaseLetter]),
        ("Ll", "Lowercase_Letter", [UnicodeCategory.LowercaseLetter]),
        ("Lt", "Titlecase_Letter", [UnicodeCategory.TitlecaseLetter]),
        ("Lm", "Modifier_Letter", [UnicodeCategory.ModifierLetter]),
        ("Lo", "Other_Letter", [UnicodeCategory.OtherLetter]),
        ("Mn", "Nonspacing_Mark", [UnicodeCategory.NonSpacingMark]),
        ("Mc", "Spacing_Mark", [UnicodeCategory.SpacingCombiningMark]),
        ("Me", "Enclosing_Mark", [UnicodeCategory.EnclosingMark]),
        ("Nd", "Decimal_Number", [UnicodeCategory.DecimalDigitNumber]),
        ("Nl", "Letter_Number", [UnicodeCategory.LetterNumber]),
        ("No", "Other_Number", [UnicodeCategory.OtherNumber]),
        ("Pc", "Connector_Punctuation", [UnicodeCategory.ConnectorPunctuation]),
        ("Pd", "Dash_Punctuation", [UnicodeCategory.DashPunctuation]),
        ("Ps", "Open_Punctuation", [UnicodeCategory.OpenPunctuation]),
        ("Pe", "Close_Punctuation", [UnicodeCategory.ClosePunctuation]),
        ("Pi", "Initial_Punctuation", [UnicodeCategory.InitialQuotePunctuation]),
        ("Pf", "Final_Punctuation", [UnicodeCategory.FinalQuotePunctuation]),
        ("Po", "Other_Punctuation", [UnicodeCategory.OtherPunctuation]),
        ("Sm", "Math_Symbol", [UnicodeCategory.MathSymbol]),
        ("Sc", "Currency_Symbol", [UnicodeCategory.CurrencySymbol]),
        ("Sk", "Modifier_Symbol", [UnicodeCategory.ModifierSymbol]),
        ("So", "Other_Symbol", [UnicodeCategory.OtherSymbol]),
        ("Zs", "Space_Separator", [UnicodeCategory.SpaceSeparator]),
        ("Zl", "Line_Separator", [UnicodeCategory.LineSeparator]),
        ("Zp", "Paragraph_Separator", [UnicodeCategory.ParagraphSeparator]),
        ("Cc", "Control", [UnicodeCategory.Control]),
        ("Cf", "Format", [UnicodeCategory.Format]),
        ("Co", "Private_Use", [UnicodeCategory.PrivateUse]),
        ("Cn", "Unassigned", [UnicodeCategory.OtherNotAssigned]),
        ("Cs", "Surrogate", [UnicodeCategory.Surrogate]),
    ];

    private static readonly (string Short, string Long, string Members)[] Groups =
    [
        ("L", "Letter", "Lu Ll Lt Lm Lo"), ("LC", "Cased_Letter", "Lu Ll Lt"), ("M", "Mark", "Mn Mc Me"),
        ("N", "Number", "Nd Nl No"), ("P", "Punctuation", "Pc Pd Ps Pe Pi Pf Po"), ("S", "Symbol", "Sm Sc Sk So"),
        ("Z", "Separator", "Zs Zl Zp"), ("C", "Other", "Cc Cf Co Cn Cs"),
    ];

    private static readonly FrozenDictionary<string, UnicodeCategory[]> ByName = Table().ToFrozenDictionary();

    /// <summary>
    /// Code points from U+10000 of each category, which .NET's classes do not see; made when first needed.
    /// </summary>
    private static readonly Lazy<List<(int From, int To)>[]> Astral = new(ScanAstral);

    /// <summary>
    /// The categories that a name, or <c>General_Category=</c> and a name, means; null where it is another.
    /// </summary>
    public static UnicodeCategory[]? Categories(string name)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["General_Category=", "gc="])
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) name = name[prefix.Length..];
        }
        return ByName.GetValueOrDefault(name);
    }

    /// <summary>All other categories.</summary>
    public static UnicodeCategory[] Except(UnicodeCategory[] categories) =>
        [.. Names.SelectMany(n => n.Categories).Except(categories)];

    /// <summary>As .NET's classes name it.</summary>
    public static string ShortName(UnicodeCategory category) =>
        Names.First(n => n.Categories[0] == category).Short;

    public static IReadOnlyList<(int From, int To)> AstralRanges(UnicodeCategory category) =>
        Astral.Value[(int)category];

    /// <summary>The ranges that a name of no category means, or null.</summary>
    public static (int From, int To)[]? Ranges(string name) => name switch
    {
        "Any" => [(0, 0x10FFFF)],
        "ASCII" => [(0, 0x7F)],
        "ASCII_Hex_Digit" or "AHex" => [('0', '9'), ('A', 'F'), ('a', 'f')],
        "White_Space" or "space" =>
        [
            (9, 13), (' ', ' '), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
            (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
        ],
        _ => null,
    };

    private static IEnumerable<KeyValuePair<string, UnicodeCategory[]>> Table()
    {
        foreach (var (brief, full, categories) in Names)
        {
            yield return new(brief, categories);
            yield return new(full, categories);
        }
        foreach (var (brief, full, members) in Groups)
        {
            UnicodeCategory[] categories =
                [.. members.Split(' ').Select(member => Names.First(n => n.Short == member).Categories[0])];
            yield return new(brief, categories);
            yield return new(full, categories);
            if (brief == "M") yield return new("Combining_Mark", categories);
            if (brief == "P") yield return new("punct", categories);
        }
        yield return new("digit", [UnicodeCategory.DecimalDigitNumber]);
        yield return new("cntrl", [UnicodeCategory.Control]);
    }

    private static List<(int From, int To)>[] ScanAstral()
    {
        var ranges = new List<(int From, int To)>[Names.Length];
        for (var i = 0; i < ranges.Length; i++) ranges[i] = [];
        for (var point = 0x10000; point <= 0x10FFFF; point++)
        {
            var list = ranges[(int)CharUnicodeInfo.GetUnicodeCategory(point)];
            if (list.Count > 0 && list[^1].To == point - 1) list[^1] = (list[^1].From, point);
            else list.Add((point, point));
        }
        return ranges;
    }
}
