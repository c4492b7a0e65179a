using System.Diagnostics;
using AwesomeAssertions;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Isolation;

/// <summary>
/// Whoever may not know whether something exists does not learn it from the clock. Each id of a path is asked for as a
/// foreign one and as one of nothing, in pairs in random order, inside the process, where an attacker over a network
/// sees less. The median of the pairs' differences must be within a bound: on PostgreSQL less than one more statement
/// costs, on SQLite less than some of them. Nothing else runs beside it.
/// </summary>
[Collection(Alone.Name)]
public sealed class TimingTests(ITestOutputHelper output)
{
    private const int Pairs = 40;
    private const int PairsToDecide = 1_000;

    /// <summary>Microseconds, of the median difference.</summary>
    private static double Bound => TestDatabase.Engine == "postgres" ? 60 : 10;

    [Fact]
    public async Task Foreign_ids_take_as_long_as_absent_ones()
    {
        await using var world = await HostileWorld.Start(adjust: null, Unlimited.Settings);
        var cells = await Cells(world);
        var random = new SeededNumbers(SeededNumbers.Seed(output));

        var wide = new List<string>();
        foreach (var cell in cells)
        {
            var found = await Difference(world, cell, random, Pairs);
            // More pairs tell noise, whose median goes to zero, from work.
            if (Math.Abs(found) > Bound) found = await Difference(world, cell, random, PairsToDecide);
            if (Math.Abs(found) > Bound) wide.Add($"{cell}: {found:N1} us");
        }

        wide.Should().BeEmpty();
        cells.Count.Should().BeGreaterThan(100);
        TestNotes.Write($"timing: {cells.Count} pairs of a foreign and an absent id within {Bound} us");
    }

    [Fact]
    public async Task Work_for_foreign_ids_is_found()
    {
        await using var world = await HostileWorld.Start(
            services => services.AddSingleton<IEndpoints, Planted>(), Unlimited.Settings);
        var cells = (await Cells(world)).Where(cell => cell.Foreign.Operation.Name == "planted.works_for_foreign");

        foreach (var cell in cells.Where(cell => cell.Name == "member"))
        {
            var found = await Difference(world, cell, new SeededNumbers(1), PairsToDecide);
            found.Should().BeGreaterThan(Bound);
        }
    }

    /// <summary>Each id of a path that has a foreign one, for each kind of caller.</summary>
    private static async Task<List<Cell>> Cells(HostileWorld world)
    {
        var scenes = new Scenes(world);
        var strangers = await Strangers.Find(world);
        var cells = new List<Cell>();
        foreach (var operation in world.Operations.Where(o => !o.Hosted))
        {
            foreach (var kind in Scenes.Kinds(operation))
            {
                if (!Scenes.Parameters(operation).Any(name => strangers.Of(kind, name).Count > 0)) continue;
                var good = await scenes.Make(operation, kind);
                cells.AddRange(
                    from name in Scenes.Parameters(operation)
                    where good.Path[name].Contains('_')
                    from foreign in strangers.Of(kind, name)
                    select new Cell(name, good.With(name, foreign), good.With(name, scenes.Absent(good.Path[name]))));
            }
        }
        return cells;
    }

    /// <summary>The median of what a foreign id takes longer, in microseconds.</summary>
    private static async Task<double> Difference(HostileWorld world, Cell cell, SeededNumbers random, int pairs)
    {
        var differences = new double[pairs];
        // The first ones are for caches and the runtime to warm up.
        for (var i = -5; i < pairs; i++)
        {
            var foreignFirst = random.Below(2) == 0;
            var first = await Time(world, foreignFirst ? cell.Foreign : cell.Absent);
            var second = await Time(world, foreignFirst ? cell.Absent : cell.Foreign);
            first.Code.Should().Be(second.Code);
            if (i >= 0) differences[i] = foreignFirst ? first.Took - second.Took : second.Took - first.Took;
        }
        Array.Sort(differences);
        return differences[pairs / 2];
    }

    private static async Task<(double Took, string Code)> Time(HostileWorld world, Asked asked)
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await world.Server.InProcess.Invoke(
            asked.By.Caller, asked.Operation.Name, asked.Path, asked.Operation.HasBody ? asked.Body : null);
        var took = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return (took, answer.Problem!.Type.Code);
    }

    private sealed record Cell(string Name, Asked Foreign, Asked Absent)
    {
        public override string ToString() =>
            $"{Foreign.Operation.Name} for {Foreign.By.Name}, {Name} {Foreign.Path[Name]}";
    }
}

/// <summary>Tests of time, which run when no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
