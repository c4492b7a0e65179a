using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>What the gate carries through its steps for one call.</summary>
internal sealed class Invocation(
    Caller caller, Operation operation, GateRequest request, DateTimeOffset now, CancellationToken ct)
{
    /// <summary>Replaced by the standing step with what it learnt; never changed after it.</summary>
    public Caller Caller { get; set; } = caller;

    public Operation Operation { get; } = operation;

    public GateRequest Request { get; } = request;

    public DateTimeOffset Now { get; } = now;

    /// <summary>When the gate took it, as <see cref="System.Diagnostics.Stopwatch"/> counts.</summary>
    public long Began { get; } = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>The client's cancellation. It ends at the door of a Change.</summary>
    public CancellationToken Aborted { get; } = ct;

    /// <summary>The tenant that the path names, once step 2 has found that the caller may know it.</summary>
    public TenantId? Tenant { get; set; }

    public WorkspaceId? Workspace { get; set; }

    /// <summary>Set when an Idempotency-Key came with a write.</summary>
    public IdempotencyKey? IdempotencyKey { get; set; }

    /// <summary>
    /// What a standing step found for the handler, such as the contract that the call is answered by.
    /// </summary>
    public object? Found { get; set; }

    /// <summary>Set by step 5.</summary>
    public Decision? Decision { get; set; }

    /// <summary>
    /// Grants that the call rests on: a Change commits only while they are in force. Null without any.
    /// </summary>
    public List<HeldGrant>? Held { get; private set; }

    public List<RateState> Rates { get; } = [];

    /// <summary>
    /// What standing rests on, as boolean SQL: part of the Change where another node could have written meanwhile. Null
    /// where nothing needs to hold.
    /// </summary>
    public List<Sql>? Conditions { get; init; }

    /// <summary>
    /// What is decided once the body is read, because it depends on it. Throws a <see cref="Refusal"/>.
    /// </summary>
    public Action<JsonElement>? OnceRead { get; set; }

    /// <summary>True where a condition that is asked later may look at the body.</summary>
    public bool KeepsBody { get; set; }

    /// <summary>The body, where it is kept.</summary>
    public JsonElement Body { get; set; }

    /// <summary>When the first of what standing rests on expires; a Change is not made after it.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>Something that standing rests on expires then; null is never.</summary>
    public void GoodUntil(DateTimeOffset? time)
    {
        if (time < (ExpiresAt ?? DateTimeOffset.MaxValue)) ExpiresAt = time;
    }

    /// <summary>The call has met policies that are told of, and refuse nothing.</summary>
    public void Report(IEnumerable<PolicyId> policies, long revision)
    {
        if (Decision is not { } decision) return;
        PolicyId[] reported = [.. decision.Reported.Union(policies)];
        if (reported.Length > decision.Reported.Count)
            Decision = decision with { Reported = reported, Revision = decision.Revision ?? revision };
    }

    /// <summary>Grants were needed; <paramref name="isStill"/> is the condition that they are in force.</summary>
    public void Rest(IEnumerable<HeldGrant> held, Sql isStill)
    {
        (Held ??= []).AddRange(held);
        Conditions?.Add(isStill);
    }
}

/// <summary>A call in the hands of its handler.</summary>
internal class Call<TIn>(Invocation invocation, TIn input)
{
    public TIn Input { get; } = input;

    public Caller Caller => invocation.Caller;

    /// <summary>The name of the operation.</summary>
    public string Operation => invocation.Operation.Name;

    public GateRequest Request => invocation.Request;

    public DateTimeOffset Now => invocation.Now;

    public CancellationToken Aborted => invocation.Aborted;

    /// <summary>
    /// The body as it came, for conditions that look at it; undefined where none does, and none was sent.
    /// </summary>
    public JsonElement Body => invocation.Body;

    /// <summary>What a standing step found for this handler.</summary>
    public T Found<T>()
        where T : class => (T)invocation.Found!;

    /// <summary>Only operations declared <see cref="Operation.OnInstallation"/> have it.</summary>
    public InstallationScope Installation => invocation.Operation.OnInstallation
        ? new InstallationScope()
        : throw new InvalidOperationException($"{invocation.Operation.Name} is not declared on the installation.");

    public EnvironmentScope Environment => new(
        Caller.Environment ?? throw new Refusal(GateProblems.EnvironmentRequired), Caller.App);

    public TenantScope Tenant => new(
        Environment.Environment,
        invocation.Tenant ?? throw new InvalidOperationException($"{invocation.Operation.Name} names no tenant."),
        invocation.Workspace,
        Caller.App);

    /// <summary>The user of a user's call.</summary>
    public UserId User => Caller.User ?? throw new Refusal(GateProblems.PermissionDenied, "Only a user can do this.");

    /// <summary>The call's Change commits only while the grants are in force, as the condition says.</summary>
    public void Rest(IEnumerable<HeldGrant> held, Sql isStill) => invocation.Rest(held, isStill);

    /// <summary>The call has met policies that are told of, and refuse nothing.</summary>
    public void Report(IEnumerable<PolicyId> policies, long revision) => invocation.Report(policies, revision);

    /// <inheritdoc cref="Invocation.GoodUntil"/>
    public void GoodUntil(DateTimeOffset? time) => invocation.GoodUntil(time);

    protected Invocation Invocation => invocation;
}

/// <summary>
/// A call that changes state. Slow work (hashing, HTTP) comes before <see cref="Change"/>; the delegate may await only
/// the database and may be run again.
/// </summary>
internal sealed class WriteCall<TIn, TOut>(
    Invocation invocation, TIn input, Gate gate, Operation operation, JsonTypeInfo<TOut> output)
    : Call<TIn>(invocation, input)
{
    private bool used;

    /// <summary>The answer as the Change stored it: serialized once.</summary>
    internal Answer? Answer { get; private set; }

    /// <summary>Makes the change and records its answer for repeats.</summary>
    public async ValueTask<TOut> Change(Func<Change, ValueTask<TOut>> work)
    {
        Use();
        return await MakeCharged(work, await OpenCharge());
    }

    /// <summary>
    /// Makes several Changes one after the other, so that others' go in between. What is committed stays when a later
    /// one fails, and a repeat with the same idempotency key goes on from there. The last one records the answer.
    /// </summary>
    /// <param name="parts">How many; the same for the same input.</param>
    /// <param name="work">Makes one of them, counted from 0.</param>
    /// <param name="whole">Makes the answer of what all of them gave.</param>
    public async ValueTask<TOut> ChangeInParts(
        int parts, Func<Change, int, ValueTask<TOut>> work, Func<IReadOnlyList<TOut>, TOut> whole)
    {
        Use();
        var done = new List<TOut>(parts);
        while (done.Count < parts - 1)
        {
            var part = done.Count;
            done.Add(await MakePart(part, change => work(change, part)));
        }
        return await MakeCharged(async change => whole([.. done, await work(change, parts - 1)]), await OpenCharge());
    }

    /// <summary>
    /// Makes the change where the answer is finished afterwards, because it shows a secret or takes time to make.
    /// Nothing is stored for repeats but that it was done.
    /// </summary>
    public async ValueTask<T> ChangeFirst<T>(Func<Change, ValueTask<T>> work)
    {
        if (!operation.ShowsSecret)
            throw new InvalidOperationException($"{operation.Name} stores its answer: use Change.");
        Use();
        var (result, _) = await gate.Changes.Run(Invocation, work, _ => null);
        return result;
    }

    /// <summary>Null where nothing counts what it writes.</summary>
    private ValueTask<IWriteCharge?> OpenCharge() =>
        operation.ChargesWrites ? gate.WriteCharges.Open(Invocation) : default;

    private ValueTask<TOut> MakeCharged(Func<Change, ValueTask<TOut>> work, IWriteCharge? charge) => charge is null
        ? Make(work)
        : ChargedChange.Run(charge, work, Make, static (_, _) => true);

    private async ValueTask<TOut> Make(Func<Change, ValueTask<TOut>> work)
    {
        var (result, answer) = await gate.Changes.Run(
            Invocation, work, result => Kernel.Answer.Of(operation, result, output));
        Answer = answer;
        return result;
    }

    private async ValueTask<TOut> MakePart(int part, Func<Change, ValueTask<TOut>> work) =>
        await OpenCharge() is { } charge
            ? await ChargedChange.Run(
                charge, work, paid => gate.Changes.RunPart(Invocation, part, paid, output),
                static (made, outcome) => ReferenceEquals(made, outcome))
            : await gate.Changes.RunPart(Invocation, part, work, output);

    private void Use()
    {
        if (used) throw new InvalidOperationException($"{operation.Name} made a second change in one call.");
        used = true;
    }
}

/// <summary>Objects with a version have an ETag.</summary>
internal interface IVersioned
{
    long Version { get; }
}

/// <summary>
/// Checks <c>If-Match</c> (RFC 9110 section 13.1.1) inside a Change, against the row that it has locked.
/// </summary>
internal static class Preconditions
{
    public static void RequireMatch(this GateRequest request, IVersioned current)
    {
        request.IsMatched = true;
        if (request.IfMatch is not { } wanted || wanted == "*") return;
        if (!wanted.Split(',').Any(tag => tag.Trim() == ETag(current.Version)))
            throw new Refusal(GateProblems.VersionConflict, $"The current version is {ETag(current.Version)}.");
    }

    public static string ETag(long version) => $"\"{version}\"";
}
