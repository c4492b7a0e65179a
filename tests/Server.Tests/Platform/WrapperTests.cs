using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Platform.Storage;
using CsCheck;

namespace Castellan.Tests.Platform;

/// <summary>The same statements and the same promises on both engines.</summary>
public sealed class WrapperTests : IAsyncLifetime
{
    private static readonly Gen<string> AnyText =
        Gen.Frequency((4, Gen.Int[0x1, 0xD7FF]), (1, Gen.Int[0xE000, 0x10FFFF])).Array[0, 60]
            .Select(runes => string.Concat(runes.Select(char.ConvertFromUtf32)));

    private TestDatabase files = null!;
    private IDatabase database = null!;

    private sealed record Thing(string? Text, long? Number, bool Flag, byte[]? Bytes, string? Json);

    public async ValueTask InitializeAsync()
    {
        files = await TestDatabase.Create();
        database = files.Open(changeTimeMs: 1_000);
        var (boolean, bytes, json, strict) = TestDatabase.Engine == "postgres"
            ? ("boolean", "bytea", "jsonb", "")
            : ("integer", "blob", "text", "strict");
        var number = TestDatabase.Engine == "postgres" ? "bigint" : "integer";
        await database.RunScript($"""
            create table thing (id text primary key, text text, number {number}, flag {boolean}, bytes {bytes},
                json {json}) {strict};
            create table pair (a text not null, b text not null) {strict};
            create unique index pair_a_b_key on pair (a, b);
            """, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await files.DisposeAsync();
    }

    [Fact]
    public async Task Every_value_comes_back_as_it_went_in()
    {
        var things =
            from text in Gen.Null(AnyText)
            from number in Gen.Nullable(Gen.OneOf(Gen.Long, Gen.Const(long.MinValue), Gen.Const(long.MaxValue)))
            from flag in Gen.Bool
            from bytes in Gen.Null(Gen.Byte.Array[0, 300])
            select new Thing(text, number, flag, bytes, null);
        var id = 0;
        await things.SampleAsync(async thing =>
        {
            var name = $"t{Interlocked.Increment(ref id)}";
            await Insert(name, thing);
            (await Find(name)).Should().BeEquivalentTo(thing);
        }, iter: 100, threads: 2);
    }

    [Fact]
    public async Task Empty_is_not_null()
    {
        await Insert("empty", new Thing("", 0, Flag: false, [], "{}"));
        await Insert("null", new Thing(null, null, Flag: false, null, null));

        (await Find("empty")).Should().BeEquivalentTo(new Thing("", 0, Flag: false, [], "{}"));
        (await Find("null")).Should().BeEquivalentTo(new Thing(null, null, Flag: false, null, null));
    }

    [Fact]
    public async Task Large_values_come_back_beside_small_ones()
    {
        for (var length = 1; length <= 100_000; length *= 10)
        {
            var thing = new Thing(new string('é', length), length, Flag: true, new byte[length + 1], $"[{length}]");
            await Insert($"large {length}", thing);
            (await Find($"large {length}")).Should().BeEquivalentTo(thing);
        }
    }

    [Fact]
    public async Task Inserts_that_go_together_are_all_there_or_none_of_them()
    {
        Sql Pair(string a, string b) => $"insert into pair (a, b) values ({a}, {b})";
        Task Together(params Sql[] inserts) => database.Transact(async t =>
        {
            await t.QueueTogether(inserts);
            return 0;
        }).AsTask();

        await Together(Pair("1", "1"), Pair("2", "2"), Pair("3", "3"));
        await Together();
        var act = () => Together(Pair("4", "4"), Pair("2", "2"));

        (await act.Should().ThrowAsync<UniqueViolationException>()).Which.Constraint.Should().Be("pair_a_b_key");
        (await Pairs()).Should().Equal("1", "2", "3");
    }

    [Fact]
    public async Task Json_keeps_its_value()
    {
        const string Json = """{"a": [1, 2.5, "\ud83d\ude00", null, true], "b": {"c": ""}}""";
        await Insert("json", new Thing(null, null, Flag: true, null, Json));

        var stored = (await Find("json"))!.Json!;

        JsonNode.DeepEquals(JsonNode.Parse(stored), JsonNode.Parse(Json)).Should().BeTrue();
    }

    [Fact]
    public async Task A_list_matches_its_entries_and_an_empty_one_nothing()
    {
        foreach (var name in new[] { "a", "b", "c" }) await Insert(name, new Thing(name, 1, Flag: true, null, null));

        (await Names(["a", "c", "missing", "c"])).Should().Equal("a", "c");
        (await Names([])).Should().BeEmpty();
    }

    [Fact]
    public async Task A_fragment_is_renumbered_and_a_literal_dollar_is_not()
    {
        await Insert("x", new Thing("cost $", 7, Flag: true, null, null));
        Sql inner = $"number = {7L} and flag = {true}";
        Sql outer = $"text = 'cost $' and {inner} and text <> {"other"}";

        var found = await database.Many(
            $"select id from thing where id <> {"nobody"} and {outer} {(Sql?)null} and 1 = {1L}", row => row.Text(),
            TestContext.Current.CancellationToken);

        found.Should().Equal("x");
    }

    [Fact]
    public async Task A_unique_violation_is_named_inside_the_delegate_and_rolls_everything_back()
    {
        await database.Transact(t => t.Run($"insert into pair (a, b) values ({"1"}, {"1"})"));
        string? named = null;

        var act = () => database.Transact(async t =>
        {
            await t.Run($"insert into pair (a, b) values ({"2"}, {"2"})");
            try
            {
                await t.Run($"insert into pair (a, b) values ({"1"}, {"1"})");
            }
            catch (UniqueViolationException violation)
            {
                named = violation.Constraint;
                throw new InvalidOperationException("Refused.", violation);
            }
            return 0;
        }).AsTask();

        await act.Should().ThrowAsync<InvalidOperationException>().WithMessage("Refused.");
        named.Should().Be("pair_a_b_key");
        (await Pairs()).Should().Equal("1");
    }

    [Fact]
    public async Task A_swallowed_failure_of_a_statement_commits_nothing()
    {
        await database.Transact(t => t.Run($"insert into pair (a, b) values ({"1"}, {"1"})"));
        async ValueTask<int> Swallow(ITransaction t, bool goOn)
        {
            await t.Run($"insert into pair (a, b) values ({"2"}, {"2"})");
            try
            {
                await t.Run($"insert into pair (a, b) values ({"1"}, {"1"})");
            }
            catch (UniqueViolationException)
            {
                if (goOn) await t.Run($"insert into pair (a, b) values ({"3"}, {"3"})");
            }
            return 0;
        }

        var goingOn = () => database.Transact(t => Swallow(t, goOn: true)).AsTask();
        var ending = () => database.Transact(t => Swallow(t, goOn: false)).AsTask();

        await goingOn.Should().ThrowAsync<InvalidOperationException>();
        await ending.Should().ThrowAsync<InvalidOperationException>();
        (await Pairs()).Should().Equal("1");
    }

    [Fact]
    public async Task A_queued_statement_that_fails_takes_everything_with_it()
    {
        await database.Transact(t => t.Run($"insert into pair (a, b) values ({"1"}, {"1"})"));

        var act = () => database.Transact(async t =>
        {
            await t.Queue($"insert into pair (a, b) values ({"2"}, {"2"})");
            await t.Queue($"insert into pair (a, b) values ({"1"}, {"1"})");
            return 0;
        }).AsTask();

        (await act.Should().ThrowAsync<UniqueViolationException>()).Which.Constraint.Should().Be("pair_a_b_key");
        (await Pairs()).Should().Equal("1");
    }

    [Fact]
    public async Task Queued_statements_are_seen_by_the_next_and_committed_alone()
    {
        var seen = await database.Transact(async t =>
        {
            await t.Queue($"insert into pair (a, b) values ({"1"}, {"1"})");
            return await t.Many($"select a from pair", row => row.Text());
        });
        await database.Transact(async t =>
        {
            await t.Queue($"insert into pair (a, b) values ({"2"}, {"2"})");
            return 0;
        });

        seen.Should().Equal("1");
        (await Pairs()).Should().Equal("1", "2");
    }

    [Fact]
    public async Task An_eviction_runs_after_the_commit_and_before_its_acknowledgement()
    {
        List<string>? atEviction = null;
        await database.Transact(async t =>
        {
            await t.Run($"insert into pair (a, b) values ({"1"}, {"1"})");
            t.AfterCommit(() => atEviction = Pairs().AsTask().GetAwaiter().GetResult());
            return 0;
        });
        atEviction.Should().Equal("1");

        var evicted = false;
        var act = () => database.Transact<int>(t =>
        {
            t.AfterCommit(() => evicted = true);
            throw new InvalidOperationException("Refused.");
        }).AsTask();
        await act.Should().ThrowAsync<InvalidOperationException>();
        evicted.Should().BeFalse();
    }

    [Fact]
    public async Task A_slow_change_is_ended_at_its_bound_and_its_neighbours_live()
    {
        var before = database.Transact(t => t.Run($"insert into pair (a, b) values ({"1"}, {"1"})")).AsTask();
        var slow = () => database.Transact(async t =>
        {
            await t.Run($"insert into pair (a, b) values ({"slow"}, {"slow"})");
            return await t.One(
                $"""
                with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000000)
                select cast(count(*) as text) from n
                """, row => row.Text());
        }).AsTask();
        var slowEnd = slow.Should().ThrowAsync<StorageException>();
        var after = database.Transact(t => t.Run($"insert into pair (a, b) values ({"2"}, {"2"})")).AsTask();

        (await slowEnd).Which.Failure.Should().Be(StorageFailure.TimedOut);
        await before;
        await after;
        (await Pairs()).Should().Equal("1", "2");
    }

    [Fact]
    public async Task Foreign_text_never_becomes_a_statement()
    {
        const string Attack = "x'); delete from pair; --";
        await database.Transact(t => t.Run($"insert into pair (a, b) values ({Attack}, {"$1"})"));

        (await Pairs()).Should().Equal(Attack);
        var act = () => new Identifier("pair; drop table pair");
        act.Should().Throw<ArgumentException>();
    }

    private ValueTask<List<string>> Pairs() => database.Many($"select a from pair order by a", row => row.Text());

    private async ValueTask Insert(string id, Thing thing)
    {
        var json = new Castellan.Platform.Storage.Json(thing.Json);
        await database.Transact(t => t.Run($"""
            insert into thing (id, text, number, flag, bytes, json)
            values ({id}, {thing.Text}, {thing.Number}, {thing.Flag}, {thing.Bytes}, {json})
            """));
    }

    private ValueTask<Thing?> Find(string id) => database.One(
        $"select text, number, flag, bytes, json from thing where id = {id}",
        row => new Thing(row.TextOrNull(), row.Int64OrNull(), row.Bool(), row.BytesOrNull(), row.TextOrNull()));

    private ValueTask<List<string>> Names(IReadOnlyList<string> wanted) => database.Many(
        $"select id from thing where id in ({wanted}) order by id", row => row.Text());
}
