using System.Text.Json;
using System.Text.Unicode;

namespace Castellan.Platform.Json;

/// <summary>
/// Reads I-JSON (RFC 7493): strict UTF-8, no repeated members, bounded depth, no lone surrogates, and only numbers that
/// every JSON program reads alike. NUL is refused too, because PostgreSQL cannot store it.
/// </summary>
internal static class StrictJson
{
    private const long SafeInteger = 9_007_199_254_740_991;

    private static readonly Fault Unsafe =
        new("number", "is outside of what every JSON program reads alike; send it as a string.");

    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = Limits.JsonDepth,
        AllowDuplicateProperties = false,
        CommentHandling = JsonCommentHandling.Disallow,
        AllowTrailingCommas = false,
    };

    /// <summary>The document, or what is wrong with it in words for the caller.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, out string? wrong)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            wrong = "The body is not valid UTF-8.";
            return null;
        }
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
            wrong = Check(document.RootElement)?.ToString();
            if (wrong is null) return document;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            wrong = error is JsonException json ? Position(json) : "The body holds a lone surrogate.";
        }
        document?.Dispose();
        return null;
    }

    private static string Position(JsonException error) => error.LineNumber is { } line
        ? $"The body is not JSON at line {line + 1}, byte {(error.BytePositionInLine ?? 0) + 1}."
        : "The body repeats a member, or is not JSON.";

    /// <summary>
    /// What is wrong with a value. Its place is put together on the way out, so that good bodies pay nothing for it.
    /// </summary>
    private sealed record Fault(string Kind, string What, string At = "")
    {
        public Fault Within(string name) => this with { At = $"/{Pointer.Escape(name)}{At}" };

        public override string ToString() => $"The {Kind} at {(At.Length == 0 ? "the top" : At)} {What}";
    }

    private static Fault? Check(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => CheckMembers(element),
        JsonValueKind.Array => CheckItems(element),
        JsonValueKind.String => CheckText(element.GetString()!),
        JsonValueKind.Number => CheckNumber(element),
        _ => null,
    };

    private static Fault? CheckMembers(JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = member.Name;
            if ((CheckText(name) ?? Check(member.Value)) is { } fault) return fault.Within(name);
        }
        return null;
    }

    private static Fault? CheckItems(JsonElement element)
    {
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (Check(item) is { } fault) return fault.Within(index.ToString());
            index++;
        }
        return null;
    }

    private static Fault? CheckText(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? new Fault("text", "holds a NUL.") : null;

    private static Fault? CheckNumber(JsonElement element)
    {
        if (element.TryGetInt64(out var integer)) return integer is >= -SafeInteger and <= SafeInteger ? null : Unsafe;
        var number = element.GetDouble();
        if (!double.IsFinite(number)) return Unsafe;
        // A whole number of this size was written with more digits than a double holds.
        return Math.Abs(number) > SafeInteger && !element.GetRawText().AsSpan().ContainsAny('.', 'e', 'E')
            ? Unsafe
            : null;
    }
}

/// <summary>RFC 6901.</summary>
internal static class Pointer
{
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
