using Castellan.Kernel;

namespace Castellan.Agents.Signatures;

/// <summary>
/// The keys by which an agent signs. Operators give them, never the agent itself: whoever has its token alone could
/// give it another one.
/// </summary>
internal sealed class SigningKeyEndpoints(AgentWrites agents) : IEndpoints
{
    private const string Route = "/v1/agents/{agent}/keys";
    private static readonly Grant Keepers = Grant.Operator(OperatorRole.Admin);

    public IEnumerable<Operation> Operations() =>
    [
        new Write<AddSigningKey, Agent>("agents.add_key", "POST", Route, AddSigningKey.Bind, Add, AgentsJson.Wire.Agent)
        {
            Summary = "Give an agent a public key of Ed25519 to sign its requests with, also in place of another one.",
            Grants = [Keepers], Problems = [AgentErrors.StateRefused, AgentErrors.KeysFull],
        },
        new Write<RemoveSigningKey, Agent>(
            "agents.remove_key", "POST", Route + "/remove", RemoveSigningKey.Bind, Remove, AgentsJson.Wire.Agent)
        {
            Summary = "Refuse what an agent signs by a key, from the next request on.",
            Grants = [Keepers], Urgent = true, Problems = [AgentErrors.StateRefused],
        },
    ];

    private ValueTask<Agent> Add(WriteCall<AddSigningKey, Agent> call) => call.Change(async change =>
    {
        var input = call.Input;
        var before = await agents.Locked(change, call, input.Agent);
        var made = SigningKey.Of(input.Key!, change.Now);
        var kept = before.SigningKeys.Where(key => key.IsGood(change.Now)).ToList();
        if (kept.Exists(key => key.KeyId == made.KeyId))
            throw Refused("/public_key", "known", "The agent has this key already.", "Make another pair of keys.");
        if (input.Replaces is { } replaced)
        {
            var at = kept.FindIndex(key => key.KeyId == replaced);
            if (at < 0) throw Unknown("/replaces");
            var end = change.Now + input.Overlap;
            if (kept[at].ExpiresAt is not { } sooner || sooner > end) kept[at] = kept[at] with { ExpiresAt = end };
            if (input.Overlap == TimeSpan.Zero) kept.RemoveAt(at);
        }
        if (kept.Count >= SigningKey.Most) throw new Refusal(AgentErrors.KeysFull);
        return await agents.Save(
            change, call.Environment, "agent.key_added", before, before with { SigningKeys = [.. kept, made] });
    });

    private ValueTask<Agent> Remove(WriteCall<RemoveSigningKey, Agent> call) => call.Change(async change =>
    {
        var before = await agents.Locked(change, call, call.Input.Agent);
        var left = before.SigningKeys.Where(key => key.KeyId != call.Input.KeyId).ToList();
        if (left.Count == before.SigningKeys.Count) throw Unknown("/key_id");
        return await agents.Save(
            change, call.Environment, "agent.key_removed", before, before with { SigningKeys = left },
            call.Input.Reason);
    });

    private static Refusal Unknown(string pointer) => Refused(
        pointer, "unknown", "The agent has no such key.", "Send a 'key_id' of the agent's 'signing_keys'.");

    private static Refusal Refused(string pointer, string code, string detail, string fix) =>
        new(GateProblems.InputInvalid.With() with { Errors = [new FieldProblem(pointer, code, detail, fix)] });
}
