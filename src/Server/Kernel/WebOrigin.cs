namespace Castellan.Kernel;

/// <summary>Origins (RFC 6454) that are registered: compared exactly later, so normalised and bounded here.</summary>
internal static class WebOrigin
{
    private const int Max = 50;

    public static IReadOnlyList<string>? Bind(Input input, string name)
    {
        var origins = input.TextsOrNull(name, Max, max: 300);
        foreach (var origin in origins ?? [])
        {
            if (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
                && uri!.GetLeftPart(UriPartial.Authority) == origin)
            {
                continue;
            }
            input.Refuse(name, "not_an_origin", $"'{origin}' is not an origin.",
                "Send scheme, host and port only, in lower case and without a slash: https://app.example.com.");
        }
        return origins;
    }
}
