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
            wrong = Check(document.RootElement, "");
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

    private static string? Check(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => CheckMembers(element, path),
        JsonValueKind.Array => CheckItems(element, path),
        JsonValueKind.String => CheckText(element.GetString()!, path),
        JsonValueKind.Number => CheckNumber(element, path),
        _ => null,
    };

    private static string? CheckMembers(JsonElement element, string path)
    {
        foreach (var member in element.EnumerateObject())
        {
            var here = $"{path}/{Pointer.Escape(member.Name)}";
            if (CheckText(member.Name, here) is { } wrongName) return wrongName;
            if (Check(member.Value, here) is { } wrong) return wrong;
        }
        return null;
    }

    private static string? CheckItems(JsonElement element, string path)
    {
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (Check(item, $"{path}/{index++}") is { } wrong) return wrong;
        }
        return null;
    }

    private static string? CheckText(string text, string path) =>
        text.Contains('\0', StringComparison.Ordinal) ? $"The text at {path} holds a NUL." : null;

    private static string? CheckNumber(JsonElement element, string path)
    {
        if (element.TryGetInt64(out var integer))
            return integer is >= -SafeInteger and <= SafeInteger ? null : Unsafe(path);
        var number = element.GetDouble();
        if (!double.IsFinite(number)) return Unsafe(path);
        // A whole number of this size was written with more digits than a double holds.
        return Math.Abs(number) > SafeInteger && !element.GetRawText().AsSpan().ContainsAny('.', 'e', 'E')
            ? Unsafe(path)
            : null;
    }

    private static string Unsafe(string path) =>
        $"The number at {path} is outside of what every JSON program reads alike; send it as a string.";
}

/// <summary>RFC 6901.</summary>
internal static class Pointer
{
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
