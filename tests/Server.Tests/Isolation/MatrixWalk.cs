using Castellan.Kernel;

namespace Castellan.Tests.Isolation;

/// <summary>
/// Asks operations at random: any credential with ids of any estates, mixed within one request. What names something
/// that its caller does not reach must be refused, in the same words as what does not exist, and change nothing. What
/// is within reach is asked where it only reads, and its answer must show nothing of any other estate.
/// </summary>
internal sealed class MatrixWalk
{
    private const int CallsAtOnce = 4;

    private readonly HostileWorld world;
    private readonly Walk walk;
    private readonly Estates estates;
    private readonly SeededNumbers random;
    private readonly int round;
    private readonly List<Asked> good = [];
    private readonly HashSet<(string, string, string)> cells = [];
    private long refused;
    private long read;

    private MatrixWalk(HostileWorld world, Estates estates, long seed, int round)
    {
        (this.world, this.estates, this.round) = (world, estates, round);
        (walk, random) = (new Walk(world), new SeededNumbers(seed));
    }

    public IReadOnlyList<string> Findings => walk.Findings;

    public long Calls => refused + read;

    /// <summary>What was asked at least once.</summary>
    public IReadOnlySet<string> Operations => good.Select(asked => asked.Operation.Name)
        .Where(name => cells.Any(cell => cell.Item1 == name)).ToHashSet();

    public string Summary => $"{Calls:N0} calls, of which {refused:N0} had to be refused and {read:N0} read within "
        + $"reach; {cells.Count:N0} cells of operation x credential x id, by {estates.Actors.Count} credentials";

    /// <summary>
    /// Makes a good request of each operation that HTTP reaches. A round ends with a look at every row.
    /// </summary>
    public static async Task<MatrixWalk> Prepare(HostileWorld world, long seed, int round, string? only = null)
    {
        var made = new MatrixWalk(world, await Estates.Make(world), seed, round);
        foreach (var operation in world.Operations.Where(o => !o.Hosted && (only is null || o.Name == only)))
            made.good.Add(await made.walk.Scenes.Make(operation, Scenes.Kinds(operation).First()));
        return made;
    }

    /// <summary>Ends early with the first round that finds something.</summary>
    public async Task Run(long calls)
    {
        var next = 0;
        while (Calls < calls && Findings.Count == 0)
        {
            var asked = new List<Probe>();
            while (asked.Count < round) asked.AddRange(Draw(good[next++ % good.Count]));
            foreach (var line in await walk.Changed(() => Send(asked), "idempotency"))
            {
                // What staff and agents read within reach is noted in the log.
                if (!line.StartsWith("+ audit_entry", StringComparison.Ordinal)
                    || asked.TrueForAll(probe => probe.Foreign is not null)) walk.Add($"a round left {line}");
            }
        }
    }

    private async Task Send(List<Probe> asked)
    {
        foreach (var some in asked.Chunk(CallsAtOnce)) await Task.WhenAll(some.Select(Send));
    }

    private async Task Send(Probe probe)
    {
        var named = probe.Asked.Path.Values.ToHashSet();
        if (probe.Foreign is not { } foreign)
        {
            Interlocked.Increment(ref read);
            Shown(probe, await walk.Send(probe.Asked), named);
            return;
        }
        Interlocked.Increment(ref refused);
        var answer = await walk.Refused(probe.Asked, foreign);
        Shown(probe, answer, named);
        if (probe.Absent is not { } absent) return;
        Interlocked.Increment(ref refused);
        var other = await walk.Refused(absent, "the same with ids of nothing");
        if (answer.Comparable != other.Comparable || answer.Status != other.Status || answer.ETag != other.ETag)
            walk.Add(probe.Asked, foreign, $"tells itself from what is not there: {answer.Text} / {other.Text}");
    }

    private void Shown(Probe probe, Answered answer, HashSet<string> named)
    {
        foreach (var estate in estates.All)
        {
            if (!estates.Reaches(probe.Asked.By, estate) && estate.ShowsIn(answer.Text, named))
                walk.Add(probe.Asked, "an answer", $"shows {estate.Mark}: {answer.Text}");
        }
    }

    /// <summary>One request, or none where it would do what its caller may do.</summary>
    private IEnumerable<Probe> Draw(Asked request)
    {
        var by = estates.Actors[random.Below(estates.Actors.Count)];
        var home = estates.All[random.Below(estates.All.Count)];
        var (path, absent) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        var from = new Dictionary<string, Estate>();
        foreach (var (name, id) in request.Path)
        {
            var estate = random.Below(3) == 0 ? estates.All[random.Below(estates.All.Count)] : home;
            path[name] = absent[name] = id;
            if (!estate.Ids.TryGetValue(name, out var drawn)) continue;
            (path[name], absent[name], from[name]) = (drawn, drawn, estate);
        }
        foreach (var name in Estate.Inside.Where(from.ContainsKey))
        {
            var within = estates.Reaches(by, from[name]) && from[name] == from.GetValueOrDefault("tenant", from[name]);
            if (!within) absent[name] = walk.Scenes.Absent(path[name]);
        }
        var probe = new Probe(request with { By = by, Path = path }, null);
        if (Foreign(probe.Asked, from) is { } foreign)
            probe = probe with { Foreign = foreign, Absent = probe.Asked with { Path = absent } };
        else if (estates.IsKnown(by)) probe = Referring(probe, from);
        if (probe.Foreign is null && (request.Operation.Writes || request.Operation.ShowsSecret))
        {
            if (request.Operation.Grants.Any(grant => grant.Kind is CallerKind.Nobody)) yield break;
            by = estates.Unknown[random.Below(estates.Unknown.Count)];
            probe = new Probe(probe.Asked with { By = by }, "no credential");
        }
        cells.Add((request.Operation.Name, by.Name, probe.Foreign ?? "within reach"));
        yield return random.Below(2) == 0 ? probe with { Absent = null } : probe;
    }

    /// <summary>What in the path the caller cannot reach, or null where that is not certain.</summary>
    private string? Foreign(Asked asked, Dictionary<string, Estate> from)
    {
        var (caller, operation) = (asked.By.Caller, asked.Operation);
        if (operation.Grants.Any(grant => grant.Kind is CallerKind.Nobody)) return null;
        if (!estates.IsKnown(asked.By)) return "no credential";
        if (from.TryGetValue("tenant", out var of))
        {
            if (!estates.Reaches(asked.By, of)) return "a foreign tenant";
            foreach (var name in Estate.Inside)
            {
                if (from.TryGetValue(name, out var other) && other != of) return $"a {name} of another tenant";
            }
        }
        foreach (var name in new[] { "agent", "run", "user", "session", "delegation" })
        {
            if (!from.TryGetValue(name, out var estate)) continue;
            if (caller.Environment != estate.Environment) return $"a foreign {name}";
            var own = caller.Kind switch
            {
                CallerKind.User when name is "session" or "delegation" => caller.User?.Value == estate.Ids["user"],
                // Scenes share tenants of Ada with the other app.
                CallerKind.Key when name is "user" => estates.Reaches(asked.By, estate)
                    || estate.Ids["user"] == world.Ada.Caller.User?.Value,
                CallerKind.Agent => caller.Agent?.Value == estate.Ids["agent"],
                _ => true,
            };
            if (!own) return $"a foreign {name}";
        }
        return null;
    }

    /// <summary>With one field of the body that names an object, where it can name what lies elsewhere.</summary>
    private Probe Referring(Probe probe, Dictionary<string, Estate> from)
    {
        var asked = probe.Asked;
        if (!from.TryGetValue("tenant", out var home)) return probe;
        var fields = asked.Operation.DescribeInput()
            .Where(field => field.Place is FieldPlace.Body && Named(field) is not null).ToList();
        if (fields.Count == 0) return probe;
        var field = fields[random.Below(fields.Count)];
        var name = Named(field)!;
        var strangers = estates.All.Where(estate => estate != home && estate.Ids.ContainsKey(name)
            && (name is not "user" || estate.Ids["user"] != home.Ids.GetValueOrDefault("user"))
            && (name is not "agent" || estate.Environment != home.Environment)).ToList();
        if (strangers.Count == 0) return probe;
        var id = strangers[random.Below(strangers.Count)].Ids[name];
        return new Probe(asked.WithField(field.Name, id), $"a foreign {field.Name}")
        {
            Absent = asked.WithField(field.Name, walk.Scenes.Absent(id)),
        };
    }

    /// <summary>The parameter whose ids a field of the body takes.</summary>
    private static string? Named(FieldDescription field) =>
        (field.Schema["pattern"]?.ToString().TrimStart('^').Split('_')[0]) switch
        {
            "usr" => "user",
            "wsp" => "workspace",
            "rol" => "role",
            "grp" => "group",
            "agt" => "agent",
            _ => null,
        };

    /// <param name="Asked">What is sent.</param>
    /// <param name="Foreign">Why it must be refused; null where it may be answered.</param>
    private sealed record Probe(Asked Asked, string? Foreign)
    {
        /// <summary>The same with ids of nothing in the place of foreign ones.</summary>
        public Asked? Absent { get; init; }
    }
}
