namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>
/// URI references as text (RFC 3986), resolved without the normalization of <see cref="Uri"/>: identifiers of schemas
/// are compared as they are written.
/// </summary>
internal readonly record struct UriText(string? Scheme, string? Authority, string Path, string? Query, string? Fragment)
{
    /// <summary>Appendix B. Every text has such parts; whether they are well formed is not asked.</summary>
    public static UriText Parse(string text)
    {
        var (rest, fragment) = CutAt(text, '#');
        (rest, var query) = CutAt(rest, '?');
        string? scheme = null, authority = null;
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && rest.AsSpan(0, colon).IndexOf('/') < 0) (scheme, rest) = (rest[..colon], rest[(colon + 1)..]);
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            var end = rest.IndexOf('/', 2);
            (authority, rest) = end < 0 ? (rest[2..], "") : (rest[2..end], rest[end..]);
        }
        return new UriText(scheme, authority, rest, query, fragment);
    }

    /// <summary>Section 5.2.2, with this as the base.</summary>
    public UriText Resolve(UriText reference)
    {
        if (reference.Scheme is not null) return reference with { Path = WithoutDots(reference.Path) };
        if (reference.Authority is not null)
            return reference with { Scheme = Scheme, Path = WithoutDots(reference.Path) };
        if (reference.Path.Length == 0)
            return this with { Query = reference.Query ?? Query, Fragment = reference.Fragment };
        var path = reference.Path[0] == '/' ? reference.Path : Merged(reference.Path);
        return this with { Path = WithoutDots(path), Query = reference.Query, Fragment = reference.Fragment };
    }

    public UriText WithoutFragment => this with { Fragment = null };

    /// <summary>Section 5.3.</summary>
    public override string ToString() =>
        (Scheme is null ? "" : Scheme + ":") + (Authority is null ? "" : "//" + Authority) + Path
        + (Query is null ? "" : "?" + Query) + (Fragment is null ? "" : "#" + Fragment);

    private static (string Before, string? After) CutAt(string text, char mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
    }

    private string Merged(string relative) => Authority is not null && Path.Length == 0
        ? "/" + relative
        : Path[..(Path.LastIndexOf('/') + 1)] + relative;

    /// <summary>Section 5.2.4, for the dots that a path of segments can have.</summary>
    private static string WithoutDots(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal) && !path.StartsWith('.')) return path;
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            if (segments[i] is "." or "..")
            {
                if (segments[i] == ".." && kept.Count > (path[0] == '/' ? 1 : 0)) kept.RemoveAt(kept.Count - 1);
                if (isLast) kept.Add("");
            }
            else
            {
                kept.Add(segments[i]);
            }
        }
        return string.Join('/', kept);
    }
}
