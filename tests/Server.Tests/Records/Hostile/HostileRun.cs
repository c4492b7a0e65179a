using System.Text;
using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Records.Hostile;

/// <summary>
/// Random hostile calls against random contracts. Each answer must be what the judge says, must hold nothing that the
/// judge does not let the caller see, and must leave the tables as the judge has them.
/// </summary>
internal sealed class HostileRun(TenantWorld world, long seed)
{
    private const int CallsPerStage = 600;
    private const int RecordsAtFirst = 50;
    private const int HonestTries = 5;

    public const string Honestly = "an honest call";

    private const string Twins = "an absent one in the place of a hidden one";
    private const string Repeats = "a repeated request";

    private readonly SeededNumbers random = new(seed);
    private readonly Judge judge = new();
    private readonly HashSet<string> callers = [];
    private int attacks;

    /// <summary>Changes an answer as a defect of the server would, to show that it is found.</summary>
    public Func<Probe, Reply, Reply>? Defect { get; init; }

    public long Calls { get; private set; }

    public long Contracts { get; private set; }

    public int Callers => callers.Count;

    public static IEnumerable<string> AllKinds => [.. Attacks.All.Select(a => a.Kind), Honestly, Twins, Repeats];

    /// <summary>Honest calls that were done.</summary>
    public long HonestDone { get; private set; }

    public SortedDictionary<string, long> Kinds { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, long> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Stops at the first finding, and tells it; null where there is none.</summary>
    public async Task<string?> Run(long calls)
    {
        var bodies = new RandomBodies(random);
        var other = await NextStage();
        if (await Walk(new Scene(random, other, other, bodies, Now), RecordsAtFirst) is { } early) return early;
        while (Calls < calls)
        {
            var stage = await NextStage();
            var scene = new Scene(random, stage, other, bodies, Now);
            var finding = await Walk(scene, Math.Min(CallsPerStage, calls - Calls))
                ?? await Stored.Compare(world, stage) ?? await Stored.Compare(world, other);
            if (finding is not null) return finding;
            other = stage;
        }
        return null;
    }

    private DateTimeOffset Now() => world.Server.Clock.GetUtcNow();

    private async Task<Stage> NextStage()
    {
        var contract = new RandomContracts(random).Next();
        return await Stage.Set(world, contract, $"App {++Contracts}");
    }

    private async Task<string?> Walk(Scene scene, long calls)
    {
        var until = Calls + calls;
        for (var i = 0; Calls < until; i++)
        {
            var isHonest = i < RecordsAtFirst || scene.Chance(3);
            if (!isHonest && scene.Chance(30))
            {
                if (await Repeat(scene) is { } wrong) return wrong;
                continue;
            }
            if ((isHonest ? Honest(scene, Honestly) : Attack(scene)) is not { } probe) continue;
            var watched = !isHonest && scene.Chance(10);
            var before = watched ? await Stored.Lines(world, scene.Stage) : [];
            var (finding, reply) = await Ask(scene, probe);
            if (finding is null && watched && !reply.IsDone)
                finding = Stored.Changed(before, await Stored.Lines(world, scene.Stage));
            if (finding is not null) return Told(finding, probe);
            if (isHonest && reply.IsDone) HonestDone++;
        }
        return null;
    }

    /// <summary>Each in its turn, so that none is left out.</summary>
    private Probe? Attack(Scene scene)
    {
        var (kind, make) = Attacks.All[attacks++ % Attacks.All.Count];
        return make(scene, kind);
    }

    /// <summary>What a client asks who knows the rules: mostly what they let through.</summary>
    private Probe Honest(Scene scene, string kind)
    {
        for (var i = 0; ; i++)
        {
            var probe = Attacks.Honest(scene, kind);
            judge.Now = Now();
            var isAllowed = judge.Of(probe).Code is null;
            probe.By.Home.Shelf.Undo();
            if (isAllowed || i == HonestTries) return probe;
        }
    }

    private string Told(string finding, Probe probe) =>
        $"{finding}\ncall {Calls}: {probe}\ncontract: {probe.By.Home.Contract}";

    private async Task<(string? Finding, Reply Reply)> Ask(Scene scene, Probe probe, Verdict? given = null)
    {
        judge.Now = Tick();
        var verdict = given ?? judge.Of(probe);
        var reply = await Send(probe);
        if ((Leaks.Secrets(probe, reply) ?? Wrong(verdict, reply)) is { } wrong) return (wrong, reply);
        if (Leaks.In(probe, verdict, reply) is { } leak) return (leak, reply);
        if (verdict.Apply is { } apply)
        {
            apply(reply);
            scene.Changes++;
        }
        Remember(scene, probe, reply);
        return (verdict.Hidden is { } hidden ? await Twin(probe, verdict, reply, hidden) : null, reply);
    }

    /// <summary>
    /// A write with an idempotency key, and then the same from another caller and for another tenant: the caller alone
    /// gets the answer again, and only to the same request.
    /// </summary>
    private async Task<string?> Repeat(Scene scene)
    {
        var first = Honest(scene, Repeats) with { RepeatKey = $"key {Calls}" };
        if (first is not { Operation: "records.create" or "records.update", By.Caller.IsAuthenticated: true })
            return null;
        var (finding, reply) = await Ask(scene, first);
        if (finding is not null || !reply.IsDone) return finding is null ? null : Told(finding, first);
        var home = first.By.Home;
        foreach (var probe in new[]
        {
            first with { By = scene.Pick([.. scene.Stage.People.Where(p => p.Home == home && p != first.By)]) },
            first with { Tenant = home.Tenants.First(t => t.Id != first.Tenant).Id, Workspace = null },
        })
        {
            var given = probe.By == first.By
                ? Judge.Enter(probe).Refused ?? new Verdict("idempotency_key_reused")
                : null;
            var (wrong, answer) = await Ask(scene, probe, given);
            if (answer.Replayed) wrong ??= "LEAK gives the answer to another request again";
            if (wrong is not null) return Told(wrong, probe);
        }
        Tick();
        var again = await Send(first);
        return again.Replayed && again.Text == reply.Text
            ? null
            : Told($"REPEATS {again.Text}, not {reply.Text}", first);
    }

    /// <summary>With an id that is nobody's in the place of the hidden one, the answer must be the same.</summary>
    private async Task<string?> Twin(Probe probe, Verdict verdict, Reply reply, string hidden)
    {
        // What stands there twice may be hidden in one place and known in another.
        var isOnce = verdict.Code == "not_found" || probe.Body?.ToJsonString().Split(hidden).Length == 2;
        if (!isOnce) return null;
        Tick();
        var absent = hidden[..(hidden.IndexOf('_') + 1)] + RecordId.New(Now()).Value["rec_".Length..];
        var twin = probe with
        {
            Kind = Twins,
            Tenant = probe.Tenant?.Replace(hidden, absent, StringComparison.Ordinal),
            Workspace = probe.Workspace?.Replace(hidden, absent, StringComparison.Ordinal),
            // A record may refer to itself, and then is no secret.
            Record = verdict.Code == "not_found"
                ? probe.Record?.Replace(hidden, absent, StringComparison.Ordinal)
                : probe.Record,
            Body = probe.Body is { } body
                ? JsonNode.Parse(body.ToJsonString().Replace(hidden, absent, StringComparison.Ordinal))
                : null,
        };
        var other = await Send(twin);
        var text = other.Text.Replace(absent, hidden, StringComparison.Ordinal);
        return other.Status == reply.Status && text == reply.Text
            ? null
            : $"LEAK {hidden} is told from an absent one: {reply.Text} and {other.Text}";
    }

    private static string? Wrong(Verdict verdict, Reply reply)
    {
        if (reply.Status >= 500) return $"FAILED {reply.Status} {reply.Text}";
        if (verdict.Code is null)
            return reply.IsDone ? verdict.Check?.Invoke(reply) : $"REFUSES what is allowed: {reply.Text}";
        if (reply.IsDone) return $"LEAK does what is {verdict.Code}: {reply.Text}";
        return reply.Code == verdict.Code ? null : $"LEAK says {reply.Text}, not {verdict.Code}";
    }

    private static void Remember(Scene scene, Probe probe, Reply reply)
    {
        if (probe.Listing is not { } listing || !reply.IsDone || probe.Operation is "records.get") return;
        if (reply.Json["next_cursor"]?.ToString() is not { } next) return;
        var ids = reply.Json["items"]!.AsArray().Select(item => item!["id"]!.ToString());
        if (listing.IsPart) return;
        var first = probe with { Listing = listing with { Cursor = null, Seen = [] } };
        scene.Cursors.Add(new Cursor(next, first, [.. listing.Seen, .. ids], scene.Changes));
    }

    private async Task<Reply> Send(Probe probe)
    {
        Calls++;
        Kinds[probe.Kind] = Kinds.GetValueOrDefault(probe.Kind) + 1;
        callers.Add($"{probe.By.Name} of {probe.By.Home.Environment} {probe.By.Home.App}");
        var path = new Dictionary<string, string?>
        {
            ["collection"] = probe.Collection,
            ["record"] = probe.Record,
            ["tenant"] = probe.Tenant,
            ["workspace"] = probe.Workspace,
        };
        var answer = await world.Server.InProcess.Invoke(
            probe.By.Caller, probe.Operation, path, probe.Body, probe.Query, probe.RepeatKey, probe.IfMatch);
        var reply = Read(answer);
        var word = reply.IsDone ? "done" : reply.Code;
        Answers[word] = Answers.GetValueOrDefault(word) + 1;
        return Defect?.Invoke(probe, reply) ?? reply;
    }

    private Reply Read(Answer answer)
    {
        if (answer.Problem is not { } problem)
        {
            return new Reply(
                answer.Status, "", Encoding.UTF8.GetString(answer.Body.Span), answer.ETag, answer.Replayed);
        }
        var bytes = world.Service<ProblemWriter>().Serialize(problem, RequestId.New(Now()));
        var written = JsonNode.Parse(bytes)!.AsObject();
        written.Remove("request_id");
        written.Remove("decision_id");
        return new Reply(answer.Status, problem.Type.Code, written.ToJsonString(), answer.ETag, answer.Replayed);
    }

    private DateTimeOffset Tick()
    {
        world.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        return Now();
    }
}
