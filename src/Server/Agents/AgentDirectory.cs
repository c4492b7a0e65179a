using Castellan.Agents.Delegations;
using Castellan.Agents.Runs;
using Castellan.Agents.Signatures;
using Castellan.Identity;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Keys;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Agents;

/// <summary>The form of agents' tokens: <c>cas_ag_sandbox_...</c>.</summary>
internal static class AgentTokens
{
    private const string Start = "cas_ag_";

    public static string Prefix(string environment) => $"{Start}{environment}_";

    public static bool IsOne(string token) => token.StartsWith(Start, StringComparison.Ordinal);

    /// <summary>False for typing errors and fakes, without asking the database.</summary>
    public static bool IsWellFormed(string token) =>
        IsOne(token) && token.LastIndexOf('_') is var end and > 0
        && OpaqueToken.IsWellFormed(token, token[..(end + 1)]);
}

/// <summary>
/// What memory knows of agents, of what was lent to them and of their runs; and the standing that it gives: an agent
/// that is stopped, a delegation that was taken back, also from whoever handed it on, and a run that has ended are
/// refused from the next request on.
/// </summary>
internal sealed class AgentDirectory(
    AgentStore agents, DelegationStore delegations, RunStore runs, RequestSignatures signatures, KeyResolver keys,
    Notices notices)
    : IResolver, IStanding, ILentTokens
{
    /// <summary>What is told of agents, of what was lent and of runs: always of all, as they end together.</summary>
    private const string Topic = "agents";

    private readonly SharedMemory<string, Agent> byToken =
        notices.Remember<string, Agent>(Topic, NoticeKeys.Secret);

    private readonly SharedMemory<(string, AgentId), Agent> byId = notices.Remember<(string, AgentId), Agent>(
        Topic, NoticeKeys.Pair(NoticeKeys.Name, NoticeKeys.Id<AgentKind>()));

    private readonly SharedMemory<(string, DelegationId), Delegation> lent =
        notices.Remember<(string, DelegationId), Delegation>(
            Topic, NoticeKeys.Pair(NoticeKeys.Name, NoticeKeys.Id<DelegationKind>()));

    private readonly SharedMemory<(string, RunId), Run> working = notices.Remember<(string, RunId), Run>(
        Topic, NoticeKeys.Pair(NoticeKeys.Name, NoticeKeys.Id<RunKind>()));

    public ValueTask<Agent?> Find(EnvironmentScope scope, AgentId id) => byId.Get(
        (scope.Environment, id), (agents, scope),
        static (key, state) => state.agents.Find(state.scope, key.Item2));

    /// <summary>The agent with this token, whatever its state; null where there is none.</summary>
    public ValueTask<Agent?> FindByToken(string token) => AgentTokens.IsWellFormed(token)
        ? byToken.Get(token, agents, static (text, agents) =>
            agents.FindByHash(new InstallationScope(), OpaqueToken.Hash(text)))
        : default;

    public async ValueTask<Resolution?> Resolve(Presented presented, CancellationToken ct)
    {
        if (presented.Bearer is not { } bearer || !AgentTokens.IsOne(bearer)) return null;
        if (await FindByToken(bearer) is not { } agent) return GateProblems.CredentialInvalid;
        var caller = AsCaller(agent, bearer);
        if (presented.PublishableKey is { } shown)
        {
            if (await keys.FindPublishable(shown, presented.Request) is not { } key
                || key.Environment != agent.Environment)
            {
                return GateProblems.CredentialInvalid;
            }
            caller = caller with { App = key.AppId, Through = key.Id, Permissions = agent.Operations };
        }
        // What is written down, denials too, never bears a run of somebody else's.
        if (RunId.TryParse(presented.Request.Run, out var named)
            && await FindRun(new EnvironmentScope(agent.Environment, caller.App), named) is { } run
            && run.AgentId == agent.Id)
        {
            caller = caller with { Run = named };
        }
        return await signatures.Verify(caller, agent, presented.Request);
    }

    /// <summary>An agent for itself, by its token.</summary>
    public static Caller AsCaller(Agent agent, string token) =>
        Caller.OfAgent(agent.Environment, agent.Id, agent.Name) with
        {
            Credential = Convert.ToHexStringLower(OpaqueToken.Hash(token)),
        };

    /// <summary>An agent for a user: what is left of both, and of whoever handed it on.</summary>
    public async ValueTask<Resolution> Resolve(VerifiedToken token, GateRequest request)
    {
        var scope = new EnvironmentScope(token.Environment, token.App);
        if (await FindDelegation(scope, token.Delegation!.Value) is not { RunId: { } run } delegation
            || await Find(scope, delegation.AgentId) is not { } agent)
        {
            return AgentErrors.DelegationEnded;
        }
        var operations = delegation.Operations;
        foreach (var id in delegation.HandedOnBy.Append(delegation.AgentId))
            operations = Common(operations, (await Find(scope, id))?.Operations ?? []);
        var caller = Caller.OfAgentFor(
            token.Environment, token.App, token.User, token.Session, agent.Id, agent.Name,
            new Lent(delegation.Id, delegation.HandedOnBy), run, operations);
        return await signatures.Verify(caller, agent, request);
    }

    public async ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        var caller = invocation.Caller;
        if (caller is not { Agent: { } id, Environment: { } environment }) return null;
        var scope = new EnvironmentScope(environment, caller.App);
        if (await CheckAgent(invocation, scope, id, inChange ? reads : null) is { } stopped) return stopped;
        return caller.Lent is { } by
            ? await CheckLent(invocation, scope, by, inChange ? reads : null)
            : await CheckAlone(invocation, scope, inChange ? reads : null);
    }

    /// <summary>With every change to an agent, to what was lent, or to a run: all is read again.</summary>
    public void ForgetAll(Change change) => byToken.ForgetAll(change);

    public ValueTask<Delegation?> FindDelegation(EnvironmentScope scope, DelegationId id) => lent.Get(
        (scope.Environment, id), (delegations, scope),
        static (key, state) => state.delegations.Find(state.scope, key.Item2));

    private async ValueTask<Problem?> CheckAgent(
        Invocation invocation, EnvironmentScope scope, AgentId id, IReads? within)
    {
        var agent = within is null || byId.TryGetExact((scope.Environment, id), out _)
            ? await Find(scope, id)
            : await agents.Find(scope, id, within);
        if (agent is null) return AgentErrors.Stopped.With();
        invocation.Conditions?.Add(AgentStore.IsStill(scope, id, agent.Version));
        if (!agent.IsGood(invocation.Now)) return AgentErrors.Stopped.With(agent.StoppedInWords);
        invocation.GoodUntil(agent.ExpiresAt);
        var (caller, operation) = (invocation.Caller, invocation.Operation.Name);
        if (id == caller.Agent && Unsigned(caller, agent, invocation.Now) is { } unsigned) return unsigned;
        // Step 5 decides by what it could have in step 1.
        if (caller.Holds(operation) && !agent.Operations.Contains(operation))
            return GateProblems.PermissionDenied.With($"{agent.Name} does not have {operation} any more.");
        // Its token was replaced while a body was still coming.
        return within is null || caller is not { Lent: null, Credential: { } hash }
            || await agents.HasToken(scope, id, Convert.FromHexString(hash), within)
                ? null
                : GateProblems.CredentialInvalid.With();
    }

    /// <summary>Asked in the Change too: the key may have been removed while a body was still coming.</summary>
    private static Problem? Unsigned(Caller caller, Agent agent, DateTimeOffset now) => caller.SignedBy switch
    {
        null => agent.Signatures is SignatureRule.Required ? AgentErrors.SignatureRequired.With() : null,
        var by => agent.SigningKeys.Any(key => key.KeyId == by && key.IsGood(now))
            ? null
            : AgentErrors.SignatureInvalid.With($"{agent.Name} has no such key any more."),
    };

    /// <summary>
    /// For itself: for what agents do in a tenant it comes through an app, and in a run of its own.
    /// </summary>
    private async ValueTask<Problem?> CheckAlone(Invocation invocation, EnvironmentScope scope, IReads? within)
    {
        var caller = invocation.Caller;
        if (caller.Run is null && invocation.Request.Run is not null) return AgentErrors.NoSuchRun.With();
        if (invocation.Operation.MayBeLent)
        {
            if (caller.App is null) return AgentErrors.AppRequired.With();
            if (caller.Run is null) return AgentErrors.RunRequired.With();
        }
        return caller.Run is null ? null : await CheckRun(invocation, scope, within);
    }

    private async ValueTask<Problem?> CheckLent(Invocation invocation, EnvironmentScope scope, Lent by, IReads? within)
    {
        foreach (var agent in by.HandedOnBy)
        {
            if (await CheckAgent(invocation, scope, agent, within) is { } stopped) return stopped;
        }
        var delegation = within is null || lent.TryGetExact((scope.Environment, by.Delegation), out _)
            ? await FindDelegation(scope, by.Delegation)
            : await delegations.Find(scope, by.Delegation, within);
        if (delegation?.IsGood(invocation.Now) != true) return AgentErrors.DelegationEnded.With();
        invocation.Conditions?.Add(DelegationStore.IsStill(scope, by.Delegation, delegation.Version));
        invocation.GoodUntil(delegation.ExpiresAt);
        // Elsewhere it is a stranger, whoever the user is there.
        if (delegation.TenantId is { } tenant && NamedTenant(invocation) is { } named && named != tenant.Value)
            return GateProblems.NotFoundFor(invocation.Caller);
        return await CheckRun(invocation, scope, within);
    }

    /// <summary>To an agent, another one's run is absent.</summary>
    private async ValueTask<Problem?> CheckRun(Invocation invocation, EnvironmentScope scope, IReads? within)
    {
        var (agent, id) = (invocation.Caller.Agent, invocation.Caller.Run!.Value);
        var run = within is null || working.TryGetExact((scope.Environment, id), out _)
            ? await FindRun(scope, id)
            : await runs.Find(scope, id, within);
        if (run is null || run.AgentId != agent)
            return (invocation.Caller.Lent is null ? AgentErrors.NoSuchRun : AgentErrors.RunEnded).With();
        if (!run.IsOpen(invocation.Now)) return AgentErrors.RunEnded.With();
        invocation.GoodUntil(run.ExpiresAt);
        invocation.Conditions?.Add(RunStore.IsStill(scope, id, run.Version));
        return null;
    }

    /// <summary>As the request has it: asked before anything is said of the tenant.</summary>
    private static string? NamedTenant(Invocation invocation) => !invocation.Operation.NamesTenant ? null
        : invocation.Operation.HeaderNamesTenant ? invocation.Request.Tenant
        : invocation.Request.Path("tenant");

    private ValueTask<Run?> FindRun(EnvironmentScope scope, RunId id) => working.Get(
        (scope.Environment, id), (runs, scope), static (key, state) => state.runs.Find(state.scope, key.Item2));

    private static IReadOnlyList<string> Common(IReadOnlyList<string> one, IReadOnlyList<string> other) =>
        one.All(other.Contains) ? one : [.. one.Where(other.Contains)];
}
