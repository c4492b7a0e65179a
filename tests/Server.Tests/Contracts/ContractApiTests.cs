using System.Globalization;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Contracts.Dropped;
using Castellan.Contracts.Rewrites;
using Castellan.Contracts.Tables;
using Castellan.Kernel;

using Castellan.Tests.Records;

namespace Castellan.Tests.Contracts;

public sealed class ContractApiTests
{
    private const string Rank = """{"type": "string", "maxLength": 20}""";

    private const string First = """
        {"castellan": 1, "collections": {"tasks": {
          "schema": {"properties": {"title": {"type": "string", "maxLength": 100},
                                    "rank": {"type": "string", "maxLength": 20}},
                     "required": ["title"]},
          "rules": {"list": "tenant_member", "read": "tenant_member", "create": "tenant_member",
                    "update": "tenant_member", "delete": "tenant_member"}}}}
        """;

    [Fact]
    public async Task Applying_the_same_contract_twice_changes_nothing()
    {
        await using var world = await RecordWorld.Start(First);
        var again = await world.Apply(First);
        var reordered = await world.Apply(First.Replace("\"castellan\": 1, ", "", StringComparison.Ordinal)
            .Replace("}}}}", "}}}, \"castellan\": 1}", StringComparison.Ordinal));

        again["changed"]!.GetValue<bool>().Should().BeFalse();
        again["version"]!.GetValue<long>().Should().Be(1);
        reordered["changed"]!.GetValue<bool>().Should().BeFalse("the hash is of the canonical form");
        (await world.Texts($"select action from audit_entry where action = {"contracts.apply"}"))
            .Should().ContainSingle();
    }

    [Fact]
    public async Task What_is_exported_is_what_was_applied()
    {
        await using var world = await RecordWorld.Start(First);
        var path = new { app = world.Tenants.App.Value };
        var exported = await world.Tenants.Call(InProcess.Owner, "contracts.get", path);

        JsonNode.DeepEquals(exported["document"], JsonNode.Parse(First)).Should().BeTrue();
        exported["document"]!["collections"]!["tasks"]!.AsObject().Select(p => p.Key).Should().Equal("schema", "rules");
        var versions = await world.Tenants.Call(InProcess.Owner, "contracts.list", path);
        versions["items"]!.AsArray().Select(v => v!["hash"]!.ToString()).Should().Equal(exported["hash"]!.ToString());
    }

    [Fact]
    public async Task A_plan_tells_each_step_with_its_risk_and_changes_nothing()
    {
        await using var world = await RecordWorld.Start(First);
        var plan = await world.Plan("""
            {"castellan": 1, "roles": {"editor": {}}, "collections": {
              "tasks": {
                "schema": {"properties": {"title": {"type": "string", "maxLength": 50}, "rank": {"type": "integer"},
                                          "note": {"type": "string"}}, "required": ["title"]},
                "indexes": [["title"]],
                "rules": {"list": "public", "read": "owner", "create": "tenant_member", "update": "tenant_member"}},
              "more": {"schema": {"properties": {"a": {"type": "string"}}}}}}
            """);

        plan["steps"]!.AsArray().Select(s => $"{s!["kind"]} {s["object"]} {s["risk"]}").Should().BeEquivalentTo(
            "add_role roles.editor safe", "change_schema tasks.title locks", "change_field_type tasks.rank rewrites",
            "add_field tasks.note safe", "add_index tasks.index:title locks", "change_rule tasks.rules.list opens",
            "change_rule tasks.rules.read opens", "change_rule tasks.rules.delete locks", "add_collection more safe");
        plan["needs_a_person"]!.AsArray().Should().ContainSingle();
        plan["confirm"]!.AsArray().Should().BeEmpty("in sandbox the word public is enough");
        (await world.Texts($"select document from contract_version")).Should().ContainSingle();
    }

    [Fact]
    public async Task What_opens_by_a_side_door_is_told_as_opening()
    {
        const string Contract = """
            {"castellan": 1, "collections": {
              "books": {"schema": {"properties": {"title": {"type": "string"}, "token": {"type": "string"}}},
                        "secret": ["token"], "rules": {"read": "tenant_member"}},
              "copies": {"schema": {"properties": {"book_id": {"type": "string", "maxLength": 40}}},
                         "references": {"book_id": {"collection": "books"}}}}}
            """;
        await using var world = await RecordWorld.Start(Contract);
        var plan = await world.Plan(Contract
            .Replace("\"secret\": [\"token\"],", "", StringComparison.Ordinal)
            .Replace("\"collection\": \"books\"", "\"collection\": \"books\", \"on_delete\": \"cascade\"",
                StringComparison.Ordinal));
        var added = await world.Plan(Contract.Replace("\"copies\"", "\"volumes\"", StringComparison.Ordinal)
            .Replace("\"read\": \"tenant_member\"", "\"read\": \"owner\"", StringComparison.Ordinal));

        plan["steps"]!.AsArray().Select(s => $"{s!["object"]} {s["risk"]}")
            .Should().BeEquivalentTo("books.token opens", "copies.book_id opens");
        plan["needs_a_person"]!.AsArray().Should().ContainSingle().Which!.ToString().Should().Contain("secret");
        added["steps"]!.AsArray().Select(s => s!["summary"]!.ToString())
            .Should().Contain("Add collection volumes with 1 property. list, read, create, update, delete locked.");
    }

    [Fact]
    public async Task What_was_dropped_is_listed_until_its_grace_ends_and_is_erased_then()
    {
        await using var world = await RecordWorld.Start(First);
        var id = await world.Id(world.Ada, "tasks", new { title = "a title", rank = "a dropped rank" });
        await world.Tenants.Call(world.Ada, "records.update", world.At("tasks", id), new { title = "a new title" });
        const string Without = """
            {"castellan": 1, "collections": {"tasks": {
              "schema": {"properties": {"title": {"type": "string", "maxLength": 100}}, "required": ["title"]},
              "rules": {"list": "tenant_member", "create": "tenant_member"}}}}
            """;
        await world.Apply(Without, "drop tasks.rank");
        var purge = world.Tenants.Service<DroppedPurge>();
        var path = new { app = world.Tenants.App.Value };

        var kept = (await world.Tenants.Call(InProcess.Owner, "contracts.dropped", path))["items"]!.AsArray();
        kept.Should().ContainSingle();
        kept[0]!["property"]!.ToString().Should().Be("rank");
        kept[0]!["kept_as"]!.ToString().Should().BeOneOf("c1_tasks.dropped_1_rank", "c1.tasks.dropped_1_rank");
        (DateTimeOffset.Parse(kept[0]!["erased_after"]!.ToString(), CultureInfo.InvariantCulture)
            - DateTimeOffset.Parse(kept[0]!["dropped_at"]!.ToString(), CultureInfo.InvariantCulture))
            .Should().Be(TimeSpan.FromDays(30));
        world.Tenants.Server.Clock.Advance(TimeSpan.FromDays(29));
        await purge.RunOnce(TestContext.Current.CancellationToken);
        (await world.Texts($"select kept_as from contract_dropped")).Should().ContainSingle("its grace has not ended");

        await world.Apply("""{"castellan": 1, "collections": {}}""", "drop tasks");
        world.Tenants.Server.Clock.Advance(TimeSpan.FromDays(2));
        // The column lies in a table that is dropped too by now.
        await purge.RunOnce(TestContext.Current.CancellationToken);
        (await world.Texts($"select kept_as from contract_dropped")).Should().Equal("dropped_2_tasks");
        world.Tenants.Server.Clock.Advance(TimeSpan.FromDays(30));
        await purge.RunOnce(TestContext.Current.CancellationToken);

        (await world.Tenants.Call(InProcess.Owner, "contracts.dropped", path))["items"]!.AsArray().Should().BeEmpty();
        (await world.Texts($"select action from audit_entry where action = {"contracts.purge"}")).Should().HaveCount(2);
        (await world.TablesLike("dropped")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_dropped_property_is_emptied_and_removed_at_the_end_of_its_grace()
    {
        await using var world = await RecordWorld.Start(First);
        foreach (var title in (string[])["T0", "T1", "T2"])
            await world.Id(world.Ada, "tasks", new { title, rank = "a dropped rank" });
        var without = JsonNode.Parse(First)!;
        without["collections"]!["tasks"]!["schema"]!["properties"]!.AsObject().Remove("rank");
        await world.Apply(without.ToJsonString(), "drop tasks.rank");
        world.Tenants.Server.Clock.Advance(TimeSpan.FromDays(31));

        await world.Tenants.Service<DroppedPurge>().RunOnce(TestContext.Current.CancellationToken);

        (await world.Values(world.Ada, "tasks", "title")).Should().BeEquivalentTo("T0", "T1", "T2");
        var tables = world.Tenants.Service<CollectionTables>();
        var table = world.Tenants.Service<TableNames>().Records(1, "tasks");
        ValueTask<bool> Has(string column) =>
            tables.HasColumn(table, new(column), ct: TestContext.Current.CancellationToken);
        (await Has("dropped_1_rank")).Should().BeFalse();
        (await Has("title")).Should().BeTrue();
    }

    [Fact]
    public async Task Destroying_wants_its_words_and_keeps_the_data_aside()
    {
        await using var world = await RecordWorld.Start(First);
        await world.Id(world.Ada, "tasks", new { title = "Keep me", rank = "7" });
        const string Without = """
            {"castellan": 1, "collections": {"tasks": {
              "schema": {"properties": {"title": {"type": "string", "maxLength": 100}}, "required": ["title"]},
              "rules": {"list": "tenant_member"}}}}
            """;

        var path = new { app = world.Tenants.App.Value };
        (await world.Tenants.Code(InProcess.Owner, "contracts.apply", path, new { contract = JsonNode.Parse(Without) }))
            .Should().Be("contract_not_confirmed");
        await world.Apply(Without, "drop tasks.rank");
        (await world.List(world.Ada, "tasks"))["items"]![0]!.AsObject().ContainsKey("rank").Should().BeFalse();
        (await world.Texts($"select kept_as from contract_dropped")).Should().Equal("dropped_1_rank");
        await world.Apply("""{"castellan": 1, "collections": {}}""", "drop tasks");
        (await world.Code(world.Ada, "records.list", "tasks")).Should().Be("not_found");
        (await world.Texts($"select kept_as from contract_dropped order by id"))
            .Should().Equal("dropped_1_rank", "dropped_2_tasks");

        // A collection of the same name starts empty.
        await world.Apply(First);
        (await world.Values(world.Ada, "tasks", "title")).Should().BeEmpty();
    }

    [Fact]
    public async Task Values_are_converted_or_the_record_in_the_way_is_named()
    {
        await using var world = await RecordWorld.Start(First);
        await world.Id(world.Ada, "tasks", new { title = "a", rank = "7" });
        var odd = await world.Id(world.Ada, "tasks", new { title = "b", rank = "high" });
        var numbers = First.Replace(Rank, """{"type": "integer"}""", StringComparison.Ordinal);

        var refused = await Refused(world, numbers);
        refused.Type.Code.Should().Be("contract_data_in_the_way");
        refused.Detail.Should().Contain(odd).And.Contain("high");
        await world.Tenants.Call(world.Ada, "records.update", world.At("tasks", odd), new { rank = "8" });
        await world.Apply(numbers);
        (await world.Values(world.Ada, "tasks", "rank", new { sort = "rank" })).Should().Equal("7", "8");
        (await world.Create(world.Ada, "tasks", new { title = "c", rank = 9 }))["rank"]!.GetValue<int>().Should().Be(9);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_existing_records_do_not_fit_is_refused(bool unique)
    {
        await using var world = await RecordWorld.Start(First);
        await world.Id(world.Ada, "tasks", new { title = "same" });
        await world.Id(world.Ada, "tasks", new { title = "same" });
        var next = unique
            ? First.Replace("\"rules\"", "\"unique\": [[\"title\"]], \"rules\"", StringComparison.Ordinal)
            : First.Replace(Rank, Rank + """, "must": {"type": "string"}""", StringComparison.Ordinal)
                .Replace("""["title"]""", """["title", "must"]""", StringComparison.Ordinal);

        (await Refused(world, next)).Type.Code.Should().Be("contract_data_in_the_way");
        (await world.Values(world.Ada, "tasks", "title")).Should().Equal("same", "same");
    }

    [Fact]
    public async Task A_new_property_gives_its_default_to_records_that_are_there()
    {
        await using var world = await RecordWorld.Start(First);
        await world.Id(world.Ada, "tasks", new { title = "old" });
        await world.Apply(First.Replace("\"title\": {", """
            "state": {"enum": ["it's", "new"], "default": "it's"}, "n": {"type": "number", "default": -1.5},
            "b": {"type": "boolean", "default": true}, "j": {"type": "object", "default": {"$1": "q'"}},
            "at": {"type": "string", "format": "date-time", "default": "2030-01-01T00:00:00Z"}, "title": {
            """, StringComparison.Ordinal));

        var old = (await world.List(world.Ada, "tasks"))["items"]![0]!;
        var made = await world.Create(world.Ada, "tasks", new { title = "new" });
        foreach (var record in (JsonNode[])[old, made])
        {
            record["state"]!.ToString().Should().Be("it's");
            record["n"]!.GetValue<double>().Should().Be(-1.5);
            record["b"]!.GetValue<bool>().Should().BeTrue();
            record["j"]!["$1"]!.ToString().Should().Be("q'");
            record["at"]!.ToString().Should().Be("2030-01-01T00:00:00.000Z");
        }
    }

    [Fact]
    public async Task Live_gets_what_sandbox_has_tried_and_opens_with_a_confirmation()
    {
        await using var world = await RecordWorld.Start(RecordWorld.Portal);
        var path = new { app = world.Tenants.App.Value };
        var hash = (await world.Tenants.Call(InProcess.Owner, "contracts.get", path))["hash"]!.ToString();
        var live = InProcess.Owner with { Environment = "live" };

        (await world.Tenants.Code(live, "contracts.promote", path, new { hash, reason = "tried" }))
            .Should().Be("contract_not_confirmed");
        var none = new string('0', 64);
        (await world.Tenants.Code(live, "contracts.promote", path, new { hash = none, reason = "tried" }))
            .Should().Be("contract_version_unknown");
        var promoted = await world.Tenants.Call(live, "contracts.promote", path, new
        {
            hash, reason = "It was tried.", confirm = new[] { "public posts.list", "public posts.read" },
        });
        promoted["environment"]!.ToString().Should().Be("live");
        (await world.Tenants.Call(live, "contracts.get", path))["hash"]!.ToString().Should().Be(hash);
        (await world.Tenants.Code(live, "contracts.promote", path, new { hash, reason = "again", from = "live" }))
            .Should().Be("contract_version_unknown");
    }

    [Fact]
    public async Task A_key_of_live_applies_nothing()
    {
        await using var world = await RecordWorld.Start(First);
        var app = world.Tenants.App.Value;
        await world.Tenants.Call(
            InProcess.Owner, "apps.transition", new { app }, new { state = "pilot", reason = "a test" });
        var made = await world.Tenants.Call(
            InProcess.Owner, "keys.create", new { app, environment = "live" }, new { name = "server" });
        var key = Caller.OfKey("live", world.Tenants.App, new KeyId(made["key"]!["id"]!.ToString()), ["*"]);

        (await world.Tenants.Code(key, "contracts.apply", new { app }, new { contract = JsonNode.Parse(First) }))
            .Should().Be("contract_sandbox_only");
    }

    [Fact]
    public async Task A_key_applies_for_its_own_app_in_sandbox()
    {
        await using var world = await RecordWorld.Start(First);
        var body = new { contract = JsonNode.Parse(RecordWorld.Portal), confirm = new[] { "drop tasks.rank" } };
        var other = new { app = world.Tenants.OtherApp.Value };
        (await world.Tenants.Code(world.Tenants.Key, "contracts.apply", other, body))
            .Should().Be("not_found");
        (await world.Tenants.Call(world.Tenants.Key, "contracts.apply", new { app = world.Tenants.App.Value },
            new { contract = JsonNode.Parse(First.Replace("100", "90", StringComparison.Ordinal)) }))["version"]!
            .GetValue<long>().Should().Be(2);
    }

    [Fact]
    public async Task A_promotion_that_does_not_fit_the_records_of_live_is_refused()
    {
        await using var world = await RecordWorld.Start(First);
        var (path, live) = (new { app = world.Tenants.App.Value }, InProcess.Owner with { Environment = "live" });
        await world.Tenants.Call(live, "contracts.apply", path, new { contract = JsonNode.Parse(First) });
        var head = await world.Texts($"select cast(number as text) from contract where environment_id = {"live"}");
        await Insert(world, long.Parse(head[0]), 1, 2);
        var unique = First.Replace("\"rules\"", "\"unique\": [[\"title\"]], \"rules\"", StringComparison.Ordinal);
        var hash = (await world.Apply(unique))["hash"]!.ToString();

        (await world.Tenants.Code(live, "contracts.promote", path, new { hash, reason = "tried" }))
            .Should().Be("contract_data_in_the_way");
    }

    [Fact]
    public async Task A_large_table_is_written_anew_in_the_background_while_it_is_used()
    {
        const int Rows = 10_500;
        await using var world = await RecordWorld.Start(First);
        var kept = await world.Id(world.Ada, "tasks", new { title = "kept", rank = "1" });
        var gone = await world.Id(world.Ada, "tasks", new { title = "gone", rank = "2" });
        var number = long.Parse((await world.Texts($"select cast(number as text) from contract"))[0]);
        await Insert(world, number, 3, Rows);
        var numbers = First.Replace(Rank, """{"type": "integer"}""", StringComparison.Ordinal);
        var rewriter = world.Tenants.Service<Rewriter>();

        var live = InProcess.Owner with { Environment = "live" };
        var hash = (await world.Tenants.Call(live, "contracts.apply", new { app = world.Tenants.App.Value },
            new { contract = JsonNode.Parse(First) }))["hash"]!.ToString();
        (await world.Apply(numbers))["status"]!.ToString().Should().Be("rewriting");
        var path = new { app = world.Tenants.App.Value };
        var next = new { contract = JsonNode.Parse(RecordWorld.Portal) };
        (await world.Tenants.Code(InProcess.Owner, "contracts.apply", path, next))
            .Should().Be("contract_rewriting");
        (await world.Tenants.Code(
            InProcess.Owner, "contracts.promote", path, new { hash, from = "live", reason = "a test" }))
            .Should().Be("contract_rewriting");
        (await world.Tenants.Call(InProcess.Owner, "contracts.get", path))["rewrites"]!.AsArray()
            .Should().ContainSingle();
        await world.Tenants.Call(world.Ada, "records.update", world.At("tasks", kept), new { rank = "11" });
        await world.Tenants.Call(world.Ada, "records.delete", world.At("tasks", gone));
        var late = await world.Id(world.Ada, "tasks", new { title = "late", rank = "12" });
        await rewriter.RunOnce(TestContext.Current.CancellationToken);

        (await world.Get(world.Ada, "tasks", kept))["rank"]!.GetValue<int>().Should().Be(11);
        (await world.Get(world.Ada, "tasks", late))["rank"]!.GetValue<int>().Should().Be(12);
        (await world.Code(world.Ada, "records.get", "tasks", gone)).Should().Be("not_found");
        (await world.List(world.Ada, "tasks", new { count = "exact", filter = """{"rank":{"lt":100}}""" }))["count"]!
            .GetValue<int>().Should().BeGreaterThan(90);
        (await world.Tenants.Call(InProcess.Owner, "contracts.get", path))["version"]!.GetValue<long>().Should().Be(2);
    }

    [Fact]
    public async Task A_rewrite_that_meets_a_value_it_cannot_convert_is_given_up_and_says_which()
    {
        await using var world = await RecordWorld.Start(First);
        var odd = await world.Id(world.Ada, "tasks", new { title = "odd", rank = "high" });
        var number = long.Parse((await world.Texts($"select cast(number as text) from contract"))[0]);
        await Insert(world, number, 3, 10_500);
        var numbers = First.Replace(Rank, """{"type": "integer"}""", StringComparison.Ordinal);

        await world.Apply(numbers);
        await world.Tenants.Service<Rewriter>().RunOnce(TestContext.Current.CancellationToken);

        var contract = await world.Tenants.Call(
            InProcess.Owner, "contracts.get", new { app = world.Tenants.App.Value });
        contract["version"]!.GetValue<long>().Should().Be(1);
        contract["rewrites"]![0]!["error"]!.ToString().Should().Contain(odd);
        await world.Tenants.Call(world.Ada, "records.update", world.At("tasks", odd), new { rank = "4" });
        await world.Apply(numbers);
        await world.Tenants.Service<Rewriter>().RunOnce(TestContext.Current.CancellationToken);
        (await world.Get(world.Ada, "tasks", odd))["rank"]!.GetValue<int>().Should().Be(4);
    }

    /// <summary>Rows as a bulk of calls would leave them.</summary>
    private static async Task Insert(RecordWorld world, long number, int from, int count)
    {
        var names = world.Tenants.Service<Castellan.Contracts.Tables.TableNames>();
        var (table, now) = (names.Records(number, "tasks"), world.Tenants.Server.Clock.GetUtcNow());
        foreach (var chunk in Enumerable.Range(from, count).Chunk(500))
        {
            await world.Tenants.Server.Database.Transact(async transaction =>
            {
                foreach (var i in chunk)
                {
                    await transaction.Queue($"""
                        insert into {table} (tenant_id, id, version, created_at, updated_at, actor, title, rank)
                        values ({world.Tenant}, {RecordId.New(now.AddMilliseconds(i))}, {1L}, {now}, {now}, {"test"},
                            {"same"}, {$"{i}"})
                        """);
                }
                return 0;
            });
        }
    }

    private static async Task<Problem> Refused(RecordWorld world, string contract) =>
        (await world.Tenants.Server.InProcess.Invoke(
            InProcess.Owner, "contracts.apply", new { app = world.Tenants.App.Value },
            new { contract = JsonNode.Parse(contract) })).Problem!;
}
