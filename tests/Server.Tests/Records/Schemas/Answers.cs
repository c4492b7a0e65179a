using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using AwesomeAssertions;

namespace Castellan.Tests.Records.Schemas;

/// <summary>Asks questions of the product and of the database, and compares.</summary>
internal sealed class Answers(SchemaWorld world, ITestOutputHelper output)
{
    private const long CountMax = 10_000;

    /// <summary>
    /// All questions are asked, so that a run names all that are answered wrongly; <paramref name="closed"/> is a
    /// collection that a stranger asks for in vain.
    /// </summary>
    public async Task Judge(IReadOnlyList<Question> questions, string closed)
    {
        var wrong = new List<string>();
        foreach (var question in questions)
        {
            try
            {
                await Judge(question);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                wrong.Add($"{question.Name}: {failure.Message}");
            }
        }
        wrong.Should().BeEmpty();
        (await world.Tenants.Code(world.Eve, "records.list", world.At(closed))).Should().Be("not_found");
    }

    private async Task Judge(Question question)
    {
        var began = Stopwatch.GetTimestamp();
        var expected = await world.PlainSql(question.Sql);
        var plainMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        began = Stopwatch.GetTimestamp();
        var (found, pages, count) = await Walk(question);
        var walkedMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        output.WriteLine(
            $"{question.Name}: {found.Count} records, {pages} pages in {walkedMs:f0} ms; SQL {plainMs:f0} ms");

        if (!question.FindsNothing) expected.Should().NotBeEmpty("a question that finds nothing shows nothing");
        else expected.Should().BeEmpty();
        found.Should().Equal(expected, $"of {string.Join(", ", found.Except(expected).Take(3))} too many and "
            + $"{string.Join(", ", expected.Except(found).Take(3))} too few");
        count.Should().Be(Math.Min(expected.Count, CountMax));
        (await List(question)).Should().Equal(expected.Take(question.Page), "a list asks the same by its address");
    }

    /// <summary>All pages by their cursors. The first one also counts.</summary>
    private async Task<(List<string> Ids, int Pages, long Count)> Walk(Question question)
    {
        var (ids, pages, cursor, count) = (new List<string>(), 0, (string?)null, 0L);
        do
        {
            var body = JsonNode.Parse(question.Query)!.AsObject();
            body["limit"] = question.Page;
            if (cursor is null) body["count"] = "exact";
            else body["cursor"] = cursor;
            var page = await world.Tenants.Call(question.Caller, "records.query", At(question), body);
            var items = page["items"]!.AsArray();
            items.Count.Should().BeLessThanOrEqualTo(question.Page);
            if (body["select"] is JsonArray select) Shows(items, select);
            ids.AddRange(Ids(items));
            if (cursor is null) count = page["count"]!.GetValue<long>();
            cursor = page["next_cursor"]?.ToString();
            pages++;
        }
        while (cursor is not null);
        return (ids, pages, count);
    }

    /// <summary>The first page, asked by parameters.</summary>
    private async Task<List<string>> List(Question question)
    {
        var body = JsonNode.Parse(question.Query)!.AsObject();
        var query = new Dictionary<string, string> { ["limit"] = question.Page.ToString(CultureInfo.InvariantCulture) };
        foreach (var (name, value) in body)
        {
            query[name] = value is JsonArray names
                ? string.Join(',', names.Select(n => n!.ToString()))
                : value is JsonObject ? value.ToJsonString() : value!.ToString();
        }
        var page = await world.Tenants.Call(question.Caller, "records.list", At(question), query: query);
        return [.. Ids(page["items"]!.AsArray())];
    }

    private object At(Question question) => world.At(question.Collection, question.Tenant, question.Workspace);

    private static void Shows(JsonArray items, JsonArray select) => items[0]!.AsObject().Select(p => p.Key)
        .Should().BeEquivalentTo(select.Select(s => s!.ToString()).Append("id").Distinct());

    private static IEnumerable<string> Ids(JsonArray items) => items.Select(i => i!["id"]!.ToString());
}
