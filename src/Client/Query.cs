using System.Globalization;
using System.Text;

namespace Castellan.Client;

/// <summary>Builds paths and queries; every value is escaped.</summary>
internal sealed class Query
{
    private const string Rfc3339 = "yyyy-MM-ddTHH:mm:ss.fffZ";

    private readonly StringBuilder text;
    private char separator = '?';

    private Query(string path) => text = new StringBuilder(path);

    public static Query Of(string path) => new(path);

    /// <summary>A value as one segment of a path.</summary>
    public static string Segment(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        // Dots alone would climb out of the path.
        return value is "." or ".."
            ? throw new ArgumentException($"'{value}' is no id.")
            : Uri.EscapeDataString(value);
    }

    public Query Add(string name, string? value)
    {
        if (value is null) return this;
        text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
        separator = '&';
        return this;
    }

    public Query Add(string name, DateTimeOffset? value) =>
        Add(name, value?.UtcDateTime.ToString(Rfc3339, CultureInfo.InvariantCulture));

    public Query Add(PageRequest? page) =>
        Add("limit", page?.Limit?.ToString(CultureInfo.InvariantCulture)).Add("cursor", page?.Cursor);

    public override string ToString() => text.ToString();
}
