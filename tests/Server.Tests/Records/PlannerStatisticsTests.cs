using AwesomeAssertions;

namespace Castellan.Tests.Records;

public sealed class PlannerStatisticsTests
{
    [Fact]
    [Trait("Engine", "postgres")]
    public async Task A_table_that_grows_by_much_is_looked_at_before_anybody_lists_it()
    {
        await using var world = await RecordWorld.Start();
        await world.Tenants.Server.Database.Transact(write =>
            write.Run($"alter table c1.tasks set (autovacuum_enabled = false)"));
        await Write(99);
        (await Known()).Should().Equal("-1");
        await Write(200);
        (await Known()).Should().Equal("299");
        await Write(100);
        (await Known()).Should().Equal("399");
        await Write(200);
        (await Known()).Should().Equal("599");
        await Write(100);
        (await Known()).Should().Equal(["599"], "one in six is not much");

        Task Write(int records)
        {
            var items = Enumerable.Range(1, records)
                .Select(i => new { op = "create", record = new { title = $"{i}" } });
            return world.Tenants.Call(world.Ada, "records.bulk", world.At("tasks"), new { items });
        }

        Task<List<string>> Known() => world.Texts($"select reltuples::text from pg_class where relname = {"tasks"}");
    }
}
