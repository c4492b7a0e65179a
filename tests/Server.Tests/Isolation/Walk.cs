using Castellan.Kernel;
using Castellan.Tests.Coverage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Isolation;

/// <summary>
/// Asks, and writes down everything that is wrong with an answer or with what it left behind. It throws nothing, so
/// that one run tells of all findings, and so that planted defects can be counted.
/// </summary>
internal sealed class Walk(HostileWorld world)
{
    private static readonly string[] SecretFields = ["password", "current", "token", "refresh_token"];

    private readonly Dictionary<string, int> catalogue = world.Server.App.Services
        .GetRequiredService<ProblemCatalogue>().All.ToDictionary(p => p.Code, p => p.Status);

    private int calls;

    public List<string> Findings { get; } = [];

    public int Calls => calls;

    public HostileWorld World => world;

    public Scenes Scenes { get; } = new(world);

    public async Task<Answered> Send(Asked asked)
    {
        Interlocked.Increment(ref calls);
        var answer = await world.Messenger.Send(asked);
        if (answer.Problem is null) return answer;
        var seen = new Observation(asked.Operation.Name, asked.By.Caller.Kind, answer.Status, answer.Code);
        if (!Owed.IsDeclared(asked.Operation, seen)) Add(asked, "a problem", $"undeclared: {answer.Text}");
        foreach (var name in SecretFields)
        {
            if (asked.Body[name]?.ToString() is not { Length: > 3 } secret) continue;
            if (answer.Text.Contains(secret, StringComparison.Ordinal)) Add(asked, "a problem", $"shows {name}");
        }
        return answer;
    }

    /// <summary>The request must be refused with one of these codes; with any where none is named.</summary>
    public async Task<Answered> Refused(Asked asked, string what, params string[] codes)
    {
        var answer = await Send(asked);
        if (Wrong(answer, codes) is { } wrong) Add(asked, what, $"{wrong}: {answer.Status} {answer.Text}");
        return answer;
    }

    /// <summary>Runs requests of one operation that must leave every row as it was.</summary>
    public async Task WithoutTrace(Operation operation, Func<Task> requests, params string[] allowed)
    {
        // Attempts to sign in are counted, so that guessing gets slower.
        string[] counted = operation.Rate is RateClass.Credential ? ["sign_in_failure", .. allowed] : allowed;
        foreach (var line in (await Changed(requests, counted)).Take(5))
            Add($"{operation.Name}: refused requests left {line}");
    }

    /// <summary>Runs a request that may change rows of the tenant that its path names, and no others.</summary>
    public async Task WithinTenant(Asked asked, Func<Task> request)
    {
        if (!asked.Path.TryGetValue("tenant", out var tenant))
        {
            await request();
            return;
        }
        // A mail goes to an address, an answer is kept for its caller, and nodes are told what to forget.
        foreach (var line in await Changed(request, "mail", "idempotency", "node_notice"))
        {
            if (!line.Contains(tenant, StringComparison.Ordinal)) Add(asked, "a good request", $"changed {line}");
        }
    }

    public void Add(Asked asked, string what, string finding) =>
        Add($"{asked.Operation.Name} for {asked.By.Name}, {what}: {finding}");

    public void Add(string finding)
    {
        // Several requests may be under way.
        lock (Findings) Findings.Add(finding);
    }

    public void Clean(string note)
    {
        TestNotes.Write($"hostile walk, {note}: {Calls} calls");
        Assert.True(Findings.Count == 0, $"{Findings.Count} findings in {Calls} calls:\n"
            + string.Join('\n', Findings.Take(60)));
    }

    /// <summary>Every row that the requests changed, as a line.</summary>
    public async Task<IReadOnlyList<string>> Changed(Func<Task> requests, params string[] allowed)
    {
        var before = await Tables.Read(world.Server);
        await requests();
        return (await Tables.Read(world.Server)).ChangedSince(before, allowed);
    }

    private string? Wrong(Answered answer, string[] codes)
    {
        if (answer.IsDone) return "answered";
        if (answer.Problem is not { } problem) return "no problem details";
        if (!catalogue.TryGetValue(answer.Code, out var status) || status != answer.Status) return "not catalogued";
        if (answer.Status >= 500) return "a failure of the server";
        if (problem["request_id"] is null || problem["fix"] is null || problem["type"] is null) return "incomplete";
        return codes.Length > 0 && !codes.Contains(answer.Code) ? $"not {string.Join(" or ", codes)}" : null;
    }
}
