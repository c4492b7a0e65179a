using System.Text;

namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

internal enum TextTest
{
    StartsWith,
    EndsWith,
    Contains,
}

/// <summary>A row's text that is searched for one that the request brings.</summary>
internal sealed class SearchedAtom(CelPosition at, Scalar text, TextTest test, BoundValue sought) : Atom(at)
{
    protected override Truth Holds(Emission emission)
    {
        if (Sought(emission) is not { } wanted) return Truth.Never;
        if (wanted.Length == 0) return text.Present(emission);
        if (emission.IsPostgres && wanted.Contains('\0', StringComparison.Ordinal)) return Truth.Never;
        if (test != TextTest.StartsWith)
            return Truth.Where(TextTests.Emit(emission, test, text.Emit(emission), wanted));
        var from = Truth.Where($"{text.Emit(emission)} >= {wanted}");
        return TextTests.After(wanted) is { } after
            ? Truth.All(from, Truth.Where($"{text.Emit(emission)} < {after}"))
            : from;
    }

    protected override Truth Fails(Emission emission)
    {
        if (Sought(emission) is not { } wanted || wanted.Length == 0) return Truth.Never;
        if (emission.IsPostgres && wanted.Contains('\0', StringComparison.Ordinal)) return text.Present(emission);
        if (test != TextTest.StartsWith)
            return Truth.Where($"not ({TextTests.Emit(emission, test, text.Emit(emission), wanted)})");
        var before = Truth.Where($"{text.Emit(emission)} < {wanted}");
        return TextTests.After(wanted) is { } after
            ? Truth.Any(before, Truth.Where($"{text.Emit(emission)} >= {after}"))
            : before;
    }

    /// <summary>Null where it is no text, which is an error.</summary>
    private string? Sought(Emission emission)
    {
        var value = emission.Binding.Value(sought);
        return value.Kind == CelKind.String ? value.AsString : null;
    }
}

/// <summary>A text of the request that is searched for a row's.</summary>
internal sealed class SeekingAtom(CelPosition at, BoundValue text, TextTest test, Scalar sought) : Atom(at)
{
    protected override Truth Holds(Emission emission) => Emit(emission, isNegated: false);

    protected override Truth Fails(Emission emission) => Emit(emission, isNegated: true);

    private Truth Emit(Emission emission, bool isNegated)
    {
        var value = emission.Binding.Value(text);
        if (value.Kind != CelKind.String) return Truth.Never;
        var wanted = sought.Emit(emission);
        var parts = Searched(value.AsString, emission.IsPostgres);
        if (parts.Length > SqlLimits.Items)
            return emission.Binding.Fail(At, $"The text has more than {SqlLimits.Items} NULs.");
        var found = Truth.Any(parts.Select(part =>
            Truth.Where(TextTests.Emit(emission, test, Sql.Of($"{part}"), wanted))));
        return isNegated ? Truth.Where($"not ({found.Condition})") : found;
    }

    /// <summary>Texts of PostgreSQL hold no NUL, so what is sought there lies between two of them.</summary>
    private string[] Searched(string value, bool isPostgres)
    {
        if (!isPostgres) return [value];
        var parts = value.Split('\0');
        return test switch
        {
            TextTest.StartsWith => [parts[0]],
            TextTest.EndsWith => [parts[^1]],
            _ => [.. parts.Distinct()],
        };
    }
}

/// <summary>Two texts of rows.</summary>
internal sealed class TextsAtom(CelPosition at, Scalar text, TextTest test, Scalar sought) : Atom(at)
{
    protected override Truth Holds(Emission emission) =>
        Truth.Where(TextTests.Emit(emission, test, text.Emit(emission), sought.Emit(emission)));

    protected override Truth Fails(Emission emission) =>
        Truth.Where($"not ({TextTests.Emit(emission, test, text.Emit(emission), sought.Emit(emission))})");
}

/// <summary>
/// By code point. On SQLite by bytes, because substr() and length() of texts end at a NUL; with a byte in front,
/// because substr() of an empty blob is null.
/// </summary>
internal static class TextTests
{
    public static Sql Emit(Emission emission, TextTest test, Sql text, string sought) =>
        Emit(emission, test, text, Sql.Of($"{sought}"));

    public static Sql Emit(Emission emission, TextTest test, Sql text, Sql sought) => (test, emission.IsPostgres) switch
    {
        (TextTest.Contains, true) => $"strpos({text}, {sought}) > 0",
        (TextTest.Contains, false) => $"instr({text}, {sought}) > 0",
        (TextTest.StartsWith, true) => $"starts_with({text}, {sought})",
        (TextTest.StartsWith, false) => $"substr({Blob($"'.' || {text}")}, 2, {Bytes(sought)}) = {Blob(sought)}",
        (_, true) => $"right({text}, char_length({sought})) = {sought}",
        _ => $"substr({Blob($"'.' || {text}")}, 2 + max(0, {Bytes(text)} - {Bytes(sought)})) = {Blob(sought)}",
    };

    /// <summary>The least text above all that begin with this one; null where there is none.</summary>
    public static string? After(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0)
        {
            var last = runes[^1].Value;
            runes.RemoveAt(runes.Count - 1);
            if (last == 0x10FFFF) continue;
            runes.Add(new Rune(last == 0xD7FF ? 0xE000 : last + 1));
            return string.Concat(runes);
        }
        return null;
    }

    private static Sql Blob(Sql text) => $"cast({text} as blob)";

    private static Sql Bytes(Sql text) => $"length({Blob(text)})";
}
