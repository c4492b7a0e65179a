using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Json;

namespace Castellan.Records.Queries;

/// <summary>
/// A list as it was asked for, by query parameters or by the body of a query: <paramref name="Filter"/> in the JSON
/// form, undefined for none; <paramref name="Where"/> in CEL over <c>record</c>; <paramref name="Select"/> empty for
/// all fields.
/// </summary>
internal sealed record RecordQuery(
    string Collection, JsonElement Filter, string? Where, string? Sort, IReadOnlyList<string> Select, Page Page,
    bool Count)
{
    /// <summary>What problems of the filter point at: a parameter, or a field of the body.</summary>
    public string FilterAt { get; private init; } = "filter";

    /// <summary>Characters of a filter or expression in a URL.</summary>
    private const int ParameterMax = 4000;

    /// <summary>Everything that shapes the list: a cursor belongs to these.</summary>
    public IReadOnlyList<string?> Parts =>
    [
        Collection, Filter.ValueKind is JsonValueKind.Undefined ? null : Filter.GetRawText(), Where, Sort,
        string.Join(',', Select),
    ];

    public static RecordQuery BindList(Input input)
    {
        var collection = input.PathWord("collection");
        var filter = input.QueryText("filter", ParameterMax);
        return new RecordQuery(
            collection,
            filter is null ? default : Parsed(input, filter),
            input.QueryText("where", ParameterMax),
            input.QueryText("sort"),
            Names(input.QueryText("select", 2000)),
            input.Page(),
            input.QueryChoice<CountChoice>("count") is CountChoice.Exact);
    }

    public static RecordQuery BindQuery(Input input)
    {
        var collection = input.PathWord("collection");
        return new RecordQuery(
            collection,
            input.ObjectOrNone("filter"),
            input.TextOrNull("where", ParameterMax),
            input.TextOrNull("sort", 200),
            input.TextsOrNull("select", 100, 40) ?? [],
            input.BodyPage(),
            input.ChoiceOrNull<CountChoice>("count") is CountChoice.Exact)
        {
            FilterAt = "/filter",
        };
    }

    private static JsonElement Parsed(Input input, string text)
    {
        var document = StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(text), out var wrong);
        if (document is not null) return document.RootElement;
        input.RefuseParameter("filter", "not_json", $"'filter' is not JSON: {wrong}",
            """Send a URL-encoded object such as {"status":{"eq":"open"}}, or use records.query.""");
        return default;
    }

    private static string[] Names(string? list) =>
        list is null ? [] : list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Whether a list says how many there are. Counting reads them all, so nobody gets it unasked.</summary>
internal enum CountChoice
{
    None,
    Exact,
}
