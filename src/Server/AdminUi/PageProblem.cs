using System.Globalization;
using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>What an operation gave a page: an object, or why not.</summary>
internal sealed record PageAnswer(JsonObject Value, Problem? Problem)
{
    public bool Refused => Problem is not null;
}

/// <summary>Reads the wire's JSON for pages.</summary>
internal static class Reading
{
    public static string Text(this JsonNode? node, string name) => node?[name]?.ToString() ?? "";

    public static bool Flag(this JsonNode? node, string name) => node?[name]?.GetValue<bool>() ?? false;

    public static bool Has(this JsonNode? node, string name) => node?[name] is not null;

    public static IReadOnlyList<string> Texts(this JsonNode? node, string name) =>
        [.. (node?[name]?.AsArray() ?? []).Select(item => item!.ToString())];

    public static IReadOnlyList<JsonObject> Items(this JsonNode? node) =>
        [.. (node?["items"]?.AsArray() ?? []).Select(item => item!.AsObject())];

    public static DateTimeOffset? Time(this JsonNode? node, string name) => node?[name] is { } text
        ? DateTimeOffset.Parse(text.ToString(), CultureInfo.InvariantCulture)
        : null;
}
