namespace Castellan.AdminUi;

/// <summary>Finds the addresses in a mail's text, so that they can be followed.</summary>
internal static class MailText
{
    internal readonly record struct Part(string Text, bool IsLink);

    public static IEnumerable<Part> Parts(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            var link = text.IndexOf("http", start, StringComparison.Ordinal);
            if (link < 0) break;
            var end = link;
            while (end < text.Length && !char.IsWhiteSpace(text[end])) end++;
            var address = text[link..end];
            var isLink = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
            if (link > start) yield return new Part(text[start..link], IsLink: false);
            yield return new Part(address, isLink);
            start = end;
        }
        if (start < text.Length) yield return new Part(text[start..], IsLink: false);
    }
}
