namespace Castellan.Platform.JsonSchema.Formats;

/// <summary>
/// A format that is known here (validation, section 7.3). <paramref name="Words"/> name a value of it in a sentence,
/// <paramref name="Example"/> shows one.
/// </summary>
internal sealed record Format(string Name, string Code, string Words, string Example, Format.Rule Holds)
{
    /// <summary>Whether a text, in UTF-8, has the format.</summary>
    public delegate bool Rule(ReadOnlySpan<byte> text);

    private static readonly Format[] All =
    [
        new("date-time", "not_a_time", "an RFC 3339 time", "2026-01-31T09:30:00Z", DateAndTime.IsDateTime),
        new("date", "not_a_date", "a date", "2026-01-31", DateAndTime.IsDate),
        new("time", "not_a_time_of_day", "a time of day with its offset", "09:30:00Z", DateAndTime.IsTime),
        new("email", "not_an_email", "an email address", "ada@example.com", EmailAddress.Is),
        new("uri", "not_a_uri", "an absolute URI", "https://example.com/a", UriSyntax.Is),
        new("uuid", "not_a_uuid", "a UUID", "123e4567-e89b-12d3-a456-426614174000", Uuid.Is),
        new("ipv4", "not_an_ipv4", "an IPv4 address", "192.0.2.1", IpAddress.IsV4),
        new("ipv6", "not_an_ipv6", "an IPv6 address", "2001:db8::1", IpAddress.IsV6),
        new("regex", "not_a_regex", "a regular expression of ECMA-262", "^[a-z]+$", Patterns.PatternReader.IsSyntax),
    ];

    /// <summary>Validation, section 7.3: those above, and those that are annotations here.</summary>
    public static IReadOnlyCollection<string> Names { get; } =
    [
        .. All.Select(format => format.Name), "duration", "idn-email", "hostname", "idn-hostname", "uri-reference",
        "iri", "iri-reference", "uri-template", "json-pointer", "relative-json-pointer",
    ];

    /// <summary>Null for one that is not known, which then is an annotation.</summary>
    public static Format? Find(string name) => Array.Find(All, format => format.Name == name);
}
