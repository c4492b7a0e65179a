using System.Globalization;
using System.Text;
using Castellan.Platform.Storage;

namespace Castellan.Bench;

/// <summary>
/// What a flood of 100,000 rows by one app costs the small writes of another: the engine alone, without HTTP, because
/// the queue is what is measured. Each round has every case once, and a ratio is taken inside its round.
/// </summary>
internal sealed class FairBench(string? postgres, int rounds)
{
    private const int Rows = 100_000;
    private const int LoadersOfFlood = 8;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private static readonly WriteLane Light = new("light");
    private static readonly WriteLane Flood = new("flood");

    private sealed record Load(string Name, int Chunk, WriteLane Lane, WriteCost Cost);

    private static readonly Load[] Loads =
    [
        new("1,000 rows a change", 1_000, Flood, WriteCost.Heavy),
        new("100 rows a change", 100, Flood, WriteCost.Heavy),
        new("1,000 rows a change, not declared heavy", 1_000, Flood, WriteCost.Usual),
        new("1,000 rows a change, in one lane with the other app", 1_000, Light, WriteCost.Usual),
    ];

    public async Task<string> Run()
    {
        var folder = Directory.CreateTempSubdirectory("castellan-fair-").FullName;
        try
        {
            var text = new StringBuilder();
            text.AppendLine("| engine | flood | p50 ms | p99 ms | p99 of quiet | flood rows/s |");
            text.AppendLine("|---|---|---|---|---|---|");
            await using (var sqlite = new SqliteDatabase(Path.Combine(folder, "fair.db")))
                await Measure(sqlite, text);
            if (postgres is null) return text.ToString();
            await using var other = new PostgresDatabase(postgres);
            await Measure(other, text);
            return text.ToString();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task Measure(IDatabase database, StringBuilder text)
    {
        await database.RunScript(
            """
            drop table if exists fair_item;
            create table fair_item (id text primary key, owner text not null, title text not null);
            create index fair_item_owner on fair_item (owner, title);
            """,
            CancellationToken.None);
        var (quiet, loaded) = (new List<Beside>(), Loads.ToDictionary(load => load, _ => new List<Beside>()));
        // The first round is for the runtime to compile and the files to grow.
        for (var round = 0; round <= rounds; round++)
        {
            var still = await Beside.Measure(Every, Write, () => Task.Delay(Quiet));
            if (round > 0) quiet.Add(still);
            foreach (var load in Loads)
            {
                var times = await Beside.Measure(Every, Write, () => Pour(database, load));
                if (round > 0) loaded[load].Add(times);
            }
        }
        Line(text, database, "none", quiet, quiet, flooded: false);
        foreach (var load in Loads) Line(text, database, load.Name, loaded[load], quiet, flooded: true);

        async Task Write() => await database.Transact(Light, transaction => transaction.Run(Insert("light")));
    }

    private static void Line(
        StringBuilder text, IDatabase database, string name, List<Beside> own, List<Beside> quiet, bool flooded)
    {
        var ratio = LoadBench.Median(own.Zip(quiet, (with, without) => with.P99 / without.P99));
        var rate = LoadBench.Median(own.Select(times => Rows / times.Seconds));
        text.Append(CultureInfo.InvariantCulture, $"| {database.EngineName} | {name} | ");
        text.Append(CultureInfo.InvariantCulture, $"{LoadBench.Median(own.Select(times => times.P50)):n2} | ");
        text.Append(CultureInfo.InvariantCulture, $"{LoadBench.Median(own.Select(times => times.P99)):n2} | ");
        text.AppendLine(flooded ? string.Create(CultureInfo.InvariantCulture, $"{ratio:n1} | {rate:n0} |") : "| |");
    }

    private static async Task Pour(IDatabase database, Load load)
    {
        var left = Rows / load.Chunk;
        await Task.WhenAll(Enumerable.Range(0, LoadersOfFlood).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await database.Transact(
                    load.Lane,
                    async transaction =>
                    {
                        for (var row = 0; row < load.Chunk; row++) await transaction.Queue(Insert("flood"));
                        return true;
                    },
                    load.Cost);
            }
        })));
    }

    private static Sql Insert(string owner) => $"""
        insert into fair_item (id, owner, title) values ({Guid.CreateVersion7().ToString("n")}, {owner}, {"A title"})
        """;
}
