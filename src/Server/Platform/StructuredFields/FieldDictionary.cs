namespace Castellan.Platform.StructuredFields;

/// <summary>
/// A dictionary of structured fields (RFC 9651 section 4.2.2), read strictly: what the standard lets a reader overlook,
/// such as a key that stands twice, is refused too.
/// </summary>
internal sealed class FieldDictionary
{
    /// <summary>Characters of a field. A signature over some twenty components has below 1,000.</summary>
    private const int LengthMax = 8_192;

    private FieldDictionary(IReadOnlyList<(string Key, FieldValue Value)> members) => Members = members;

    public IReadOnlyList<(string Key, FieldValue Value)> Members { get; }

    public FieldValue? Find(string key) => Members.FirstOrDefault(member => member.Key == key).Value;

    /// <summary>The dictionary, or null where the text is none.</summary>
    public static FieldDictionary? Parse(string text)
    {
        if (text.Length > LengthMax) return null;
        var reader = new FieldReader(text);
        return reader.Dictionary() is { } members ? new FieldDictionary(members) : null;
    }
}
