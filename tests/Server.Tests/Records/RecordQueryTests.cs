using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Records;

public sealed class RecordQueryTests(ITestOutputHelper output)
{
    private const string Contract = """
        {"castellan": 1, "collections": {"things": {
          "schema": {"properties": {
            "name": {"type": "string", "maxLength": 100},
            "size": {"type": "integer"},
            "weight": {"type": "number"},
            "done": {"type": "boolean"},
            "at": {"type": "string", "format": "date-time"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "place": {"type": "object", "properties": {"city": {"type": "string"}}},
            "meta": {"type": "object"}}},
          "indexes": [["size"], ["-weight"], ["name", "-size"]],
          "rules": {"list": "tenant_member", "create": "tenant_member"}}}}
        """;

    private static async Task<RecordWorld> World()
    {
        var world = await RecordWorld.Start(Contract);
        foreach (var thing in (object[])[
            new
            {
                name = "Ada", size = 1, weight = 1.5, done = true, at = "2030-01-01T00:00:00Z",
                meta = new { a = new { b = "x" } },
            },
            new { name = "adam", size = 2, weight = -2.25, done = false, meta = new { a = new { b = 7 } } },
            new { name = "Äda", size = 3, at = "2030-06-01T12:00:00.5Z", meta = new { list = new[] { "p", "q" } } },
            new { name = "b%_x", size = 2 },
            new { size = 9 },
            new { name = "" }])
        {
            await world.Id(world.Ada, "things", thing);
        }
        return world;
    }

    [Theory]
    [InlineData("""{"name":"Ada"}""", "1")]
    [InlineData("""{"name":{"eq":"Ada"}}""", "1")]
    [InlineData("""{"name":{"ne":"Ada"}}""", "2,3,2,9,null")]
    [InlineData("""{"name":{"eq":null}}""", "9")]
    [InlineData("""{"name":{"ne":null}}""", "1,2,3,2,null")]
    [InlineData("""{"name":{"is_null":true}}""", "9")]
    [InlineData("""{"size":{"gt":1,"lte":3}}""", "2,3,2")]
    [InlineData("""{"size":{"in":[1,9]}}""", "1,9")]
    [InlineData("""{"size":{"in":[]}}""", "")]
    [InlineData("""{"size":{"not_in":[1,2]}}""", "3,9,null")]
    [InlineData("""{"weight":{"lt":0}}""", "2")]
    [InlineData("""{"done":false}""", "2")]
    [InlineData("""{"done":{"ne":true}}""", "2,3,2,9,null")]
    [InlineData("""{"at":{"gte":"2030-06-01T12:00:00.500Z"}}""", "3")]
    [InlineData("""{"name":{"prefix":"A"}}""", "1")]
    [InlineData("""{"name":{"prefix":"Ä"}}""", "3")]
    [InlineData("""{"name":{"prefix":""}}""", "1,2,3,2,null")]
    [InlineData("""{"name":{"contains":"da"}}""", "1,2,3")]
    [InlineData("""{"name":{"contains":"%_"}}""", "2")]
    [InlineData("""{"name":{"ieq":"ADA"}}""", "1")]
    [InlineData("""{"name":{"iprefix":"AD"}}""", "1,2")]
    [InlineData("""{"name":{"icontains":"DA"}}""", "1,2,3")]
    [InlineData("""{"meta.a.b":"x"}""", "1")]
    [InlineData("""{"meta.a.b":7}""", "2")]
    [InlineData("""{"meta.a.b":{"gt":6.5}}""", "2")]
    [InlineData("""{"meta.list.1":"q"}""", "3")]
    [InlineData("""{"meta.a.c":{"is_null":false}}""", "")]
    [InlineData("""{"or":[{"size":1},{"size":9}]}""", "1,9")]
    [InlineData("""{"not":{"size":2}}""", "1,3,9,null")]
    [InlineData("""{"not":{"or":[{"size":2},{"name":{"prefix":"A"}}]}}""", "3,9,null")]
    [InlineData("""{"and":[{"size":2},{"not":{"done":false}}]}""", "2")]
    [InlineData("""{}""", "1,2,3,2,9,null")]
    public async Task A_filter_finds(string filter, string sizes)
    {
        await using var world = await World();
        (await world.Values(world.Ada, "things", "size", new { filter, sort = "created_at" }))
            .Should().Equal(sizes.Split(',', StringSplitOptions.RemoveEmptyEntries), filter);
    }

    [Theory]
    [InlineData("record.name == 'Ada'", "1")]
    [InlineData("record.name != 'Ada'", "2,3,2,9,null")]
    [InlineData("record.size > 1 && record.size <= 3", "2,3,2")]
    [InlineData("!(record.size > 1)", "1")]
    [InlineData("record.done", "1")]
    [InlineData("has(record.weight) && record.weight < 0.0", "2")]
    [InlineData("record.name.startsWith('A') || record.size in [9]", "1,9")]
    [InlineData("record.at < timestamp('2030-02-01T00:00:00Z')", "1")]
    [InlineData("record.owner_id == caller.id && record.name.contains('%')", "2")]
    public async Task An_expression_finds(string where, string sizes)
    {
        await using var world = await World();
        (await world.Values(world.Ada, "things", "size", new { where, sort = "created_at" }))
            .Should().Equal(sizes.Split(',', StringSplitOptions.RemoveEmptyEntries), where);
    }

    /// <summary>Ben may read his own task of Ada's house, she may read both.</summary>
    [Theory]
    [InlineData("projects", "record.tasks.exists(t, t.rank > 5)", "House", "")]
    [InlineData("projects", "record.tasks.exists(t, t.rank < 5)", "House", "House")]
    [InlineData("projects", "record.tasks.all(t, t.rank < 5)", "Garden", "House,Garden")]
    [InlineData("projects", "size(record.tasks) == 1", "", "House")]
    [InlineData("boxes", "record.task.rank > 5", "hers", "")]
    [InlineData("boxes", "!(record.task.rank > 5)", "his", "his")]
    [InlineData("boxes", "has(record.task)", "hers,his", "his")]
    [InlineData("boxes", "!has(record.task)", "", "hers")]
    [InlineData("boxes", "record.task.project.name == 'House'", "hers,his", "his")]
    public async Task An_expression_follows_references_to_what_the_caller_may_read(
        string collection, string where, string adas, string bens)
    {
        const string Boxes = """
            "boxes": {
              "schema": {"properties": {"name": {"type": "string"}, "task_id": {"type": "string"}}},
              "references": {"task_id": {"collection": "tasks"}},
              "rules": {"list": "tenant_member", "create": "tenant_member"}},
            "tasks": {
            """;
        await using var world = await RecordWorld.Start(
            RecordWorld.Portal.Replace("\"tasks\": {", Boxes, StringComparison.Ordinal));
        var house = await world.Id(world.Ada, "projects", new { name = "House" });
        await world.Id(world.Ada, "projects", new { name = "Garden" });
        var hers = await world.Id(world.Ada, "tasks", new { title = "Roof", rank = 9, project_id = house });
        var his = await world.Id(world.Ben, "tasks", new { title = "Door", rank = 1, project_id = house });
        await world.Id(world.Ada, "boxes", new { name = "hers", task_id = hers });
        await world.Id(world.Ben, "boxes", new { name = "his", task_id = his });

        string.Join(',', await world.Values(world.Ada, collection, "name", new { where })).Should().Be(adas);
        string.Join(',', await world.Values(world.Ben, collection, "name", new { where })).Should().Be(bens);
    }

    [Theory]
    [InlineData("workspace_id")]
    [InlineData("-workspace_id")]
    [InlineData("owner_id")]
    [InlineData("-owner_id")]
    public async Task A_sort_by_what_the_server_may_leave_empty_goes_on_behind_a_page(string sort)
    {
        await using var world = await RecordWorld.Start(
            """
            {"castellan": 1, "collections": {"notes": {
              "schema": {"properties": {"text": {"type": "string"}}}, "workspace": "optional",
              "rules": {"list": "tenant_member", "create": "tenant_member || caller.kind == 'key'"}}}}
            """);
        var workspace = await world.Tenants.Workspace(world.Ada, world.Tenant);
        await world.Create(world.Ada, "notes", new { text = "hers, inside" }, workspace);
        await world.Create(world.Ada, "notes", new { text = "hers" });
        await world.Create(world.Tenants.Key, "notes", new { text = "the key's, inside" }, workspace);
        await world.Create(world.Tenants.Key, "notes", new { text = "the key's" });
        var seen = new List<string>();

        for (string? cursor = ""; cursor is not null;)
        {
            object query = cursor.Length == 0 ? new { sort, limit = 1 } : new { sort, limit = 1, cursor };
            var page = await world.List(world.Ada, "notes", query);
            seen.AddRange(page["items"]!.AsArray().Select(item => item!["text"]!.ToString()));
            cursor = page["next_cursor"]?.ToString();
        }

        seen.Should().BeEquivalentTo("hers, inside", "hers", "the key's, inside", "the key's");
    }

    [Theory]
    [InlineData("size", "null,1,2,2,3,9")]
    [InlineData("-size", "9,3,2,2,1,null")]
    [InlineData("name,-size", "9,null,1,2,2,3")]
    [InlineData("-weight,size", "1,2,null,2,3,9")]
    [InlineData("done,-size", "9,3,2,null,2,1")]
    public async Task A_sort_orders_and_pages_go_on_where_they_ended(string sort, string sizes)
    {
        await using var world = await World();
        var expected = sizes.Split(',');

        (await world.Values(world.Ada, "things", "size", new { sort })).Should().Equal(expected);
        foreach (var limit in (int[])[1, 2, 4])
        {
            var (found, cursor) = (new List<string>(), (string?)null);
            do
            {
                var page = await world.List(world.Ada, "things", cursor is null
                    ? new { sort, limit }
                    : new { sort, limit, cursor });
                found.AddRange(page["items"]!.AsArray().Select(i => i!["size"]?.ToString() ?? "null"));
                cursor = page["next_cursor"]?.ToString();
            }
            while (cursor is not null);
            found.Should().Equal(expected, $"pages of {limit}");
        }
    }

    [Theory]
    [InlineData("""{"nme":1}""", "filter/nme", "not_filterable")]
    [InlineData("""{"tags":{"contains":"x"}}""", "filter/tags", "is_a_list")]
    [InlineData("""{"tags":["x"]}""", "filter/tags", "is_a_list")]
    [InlineData("""{"place.town":"x"}""", "filter/place.town", "not_filterable")]
    [InlineData("""{"name":{"like":"x"}}""", "filter/name/like", "unknown_comparison")]
    [InlineData("""{"size":"two"}""", "filter/size", "wrong_type")]
    [InlineData("""{"size":{"contains":"x"}}""", "filter", "wrong_type")]
    [InlineData("""{"name.first":"x"}""", "filter/name.first", "not_an_object")]
    [InlineData("""{"or":{}}""", "filter/or", "wrong_type")]
    [InlineData("""{"or":[]}""", "filter/or", "wrong_type")]
    [InlineData("""[1]""", "filter", "wrong_type")]
    [InlineData("""{""", "filter", "not_json")]
    public async Task A_filter_that_is_none_is_explained(string filter, string pointer, string code)
    {
        await using var world = await RecordWorld.Start(Contract);
        var problem = await world.Refused(world.Ada, "records.list", "things", query: new { filter });
        problem.Errors.Select(e => (e.Pointer, e.Code)).Should().Equal((pointer, code));
        problem.Errors[0].Fix.Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_query_asks_the_same_by_its_body()
    {
        await using var world = await World();
        var body = new
        {
            filter = new { size = new { gt = 1 } }, sort = "-size", select = new[] { "size" }, limit = 2,
            count = "exact",
        };
        var page = await world.Tenants.Call(world.Ada, "records.query", world.At("things"), body);

        page["items"]!.AsArray().Select(i => i!["size"]!.GetValue<int>()).Should().Equal(9, 3);
        page["items"]![0]!.AsObject().Select(p => p.Key).Should().Equal("id", "size");
        page["count"]!.GetValue<int>().Should().Be(4);
        (await world.Code(world.Ada, "records.query", "things", body: new { select = new[] { "nope" } }))
            .Should().Be("input_invalid");
        (await world.Code(world.Ada, "records.query", "things", body: new { where = "record.size + 1 == 2" }))
            .Should().Be("input_invalid", "arithmetic on a column has no SQL that agrees");
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_query_and_tenant()
    {
        await using var world = await World();
        var cursor = (await world.List(world.Ada, "things", new { limit = 1 }))["next_cursor"]!.ToString();
        (await world.Refused(world.Ada, "records.list", "things", query: new { limit = 1, cursor, sort = "size" }))
            .Errors[0].Code.Should().Be("not_a_cursor");
        var other = await world.Tenants.Tenant(world.Ada, "Other");
        var answer = await world.Tenants.Server.InProcess.Invoke(
            world.Ada, "records.list", world.At("things", tenant: other), query: new { limit = 1, cursor });
        answer.Problem!.Type.Should().Be(GateProblems.InputInvalid);
    }

    [Fact]
    public async Task Pages_cover_every_record_once_while_others_are_written()
    {
        await using var world = await RecordWorld.Start(Contract);
        var seed = SeededNumbers.Seed(output);
        var random = new SeededNumbers(seed);
        var ids = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            var thing = new { size = random.Below(5), name = $"{random.Below(3)}" };
            ids.Add(await world.Id(world.Ada, "things", thing));
        }

        var (seen, cursor) = (new List<string>(), (string?)null);
        do
        {
            var query = new Dictionary<string, object> { ["sort"] = "-size,name", ["limit"] = 7 };
            if (cursor is not null) query["cursor"] = cursor;
            var page = await world.List(world.Ada, "things", query);
            seen.AddRange(page["items"]!.AsArray().Select(i => i!["id"]!.ToString()));
            cursor = page["next_cursor"]?.ToString();
            await world.Id(world.Ada, "things", new { size = random.Below(5), name = "new" });
        }
        while (cursor is not null);

        seen.Should().OnlyHaveUniqueItems($"seed {seed}");
        ids.Except(seen).Should().BeEmpty($"seed {seed}");
    }
}
