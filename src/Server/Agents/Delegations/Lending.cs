using Castellan.Agents.Runs;
using Castellan.Identity;
using Castellan.Kernel;

namespace Castellan.Agents.Delegations;

/// <summary>
/// How something comes to be lent: by a user, in a call of an app's; for a user's token that an agent shows; or handed
/// on by one agent to another, never more than it has and never for longer.
/// </summary>
internal sealed class Lending(DelegationStore store, RunStore runs, RunStarts starts, AgentDirectory directory)
{
    /// <summary>What a user lends. The agent takes it later, by its id.</summary>
    public async ValueTask<Delegation> Lend(
        Change change, EnvironmentScope scope, Lender from, Agent agent, IReadOnlyList<string> operations,
        DateTimeOffset until)
    {
        RequireLendable(agent, operations);
        var made = new Delegation(
            DelegationId.New(change.Now), scope.Environment, from.App, from.User, agent.Id, RunId: null,
            ParentId: null, [], operations, from.Tenant, change.Now, until, RevokedAt: null, Version: 1)
        {
            Session = from.Session,
        };
        await Save(change, scope, made);
        return made;
    }

    /// <summary>What an agent hands on to another one.</summary>
    public async ValueTask<Delegation> HandOn(
        Change change, EnvironmentScope scope, Delegation parent, Agent agent, IReadOnlyList<string> operations,
        DateTimeOffset until)
    {
        RequireLendable(agent, operations);
        if (operations.FirstOrDefault(name => !parent.Operations.Contains(name)) is { } more)
            throw new Refusal(AgentErrors.LentTooMuch, $"{more} was not lent to who hands it on.");
        if (parent.HandedOnBy.Count == Delegation.HandedOnMost)
            throw new Refusal(AgentErrors.LentTooMuch, $"It was handed on {Delegation.HandedOnMost} times already.");
        var made = new Delegation(
            DelegationId.New(change.Now), scope.Environment, parent.AppId, parent.UserId, agent.Id, RunId: null,
            parent.Id, [parent.AgentId, .. parent.HandedOnBy], operations, parent.TenantId, change.Now,
            until < parent.ExpiresAt ? until : parent.ExpiresAt, RevokedAt: null, Version: 1)
        {
            Session = parent.Session,
        };
        await Save(change, scope, made);
        return made;
    }

    /// <summary>Comes first in a Change in which something is taken: it may start a run.</summary>
    public ValueTask Hold(Change change, EnvironmentScope scope, Agent agent, RunId? named) =>
        named is null ? starts.Hold(change, scope, agent) : default;

    /// <summary>
    /// The delegation in the run that takes it: the one that it has, the one that is named, or a new one.
    /// </summary>
    public async ValueTask<Delegation> Take(
        Change change, EnvironmentScope scope, Delegation delegation, Agent agent, RunId? named)
    {
        if (delegation.RunId is { } bound)
        {
            if (named is { } other && other != bound)
                throw new Refusal(AgentErrors.RunEnded, "Another run has taken it already.");
            if (await runs.Lock(change, scope, bound) is not { } current || !current.IsOpen(change.Now))
                throw new Refusal(AgentErrors.RunEnded);
            return delegation;
        }
        var run = named is { } wanted
            ? await OwnRun(change, scope, agent, wanted)
            : await starts.Start(change, scope, agent, StartRun.AsItsAgent, delegation.ExpiresAt);
        var lasting = run.LastingFor(delegation);
        if (lasting != run) await runs.Extend(change, scope, lasting);
        var taken = delegation with { RunId = run.Id, Version = delegation.Version + 1 };
        await store.SetRun(change, scope, taken);
        directory.ForgetAll(change);
        return taken;
    }

    private async ValueTask<Run> OwnRun(Change change, EnvironmentScope scope, Agent agent, RunId id)
    {
        var run = await runs.Lock(change, scope, id);
        if (run is null || run.AgentId != agent.Id) throw new Refusal(GateProblems.NotFound, "There is no such run.");
        return run.IsOpen(change.Now) ? run : throw new Refusal(AgentErrors.RunEnded);
    }

    private async ValueTask Save(Change change, EnvironmentScope scope, Delegation made)
    {
        await store.Insert(change, scope, made);
        change.Audit(made.Target, Snapshot.None, made.Snapshot(), tenant: made.TenantId);
        change.Emit("delegation.created", made.Target with { User = null }, made.Snapshot(), made.TenantId);
    }

    private static void RequireLendable(Agent agent, IReadOnlyList<string> operations)
    {
        if (operations.FirstOrDefault(name => !agent.Operations.Contains(name)) is { } more)
            throw new Refusal(AgentErrors.LentTooMuch, $"{more} may not be lent to {agent.Name}.");
    }
}

/// <summary>Who lends through which app, in which session, and in which tenant alone.</summary>
internal sealed record Lender(UserId User, AppId App, SessionId Session, TenantId? Tenant);

/// <summary>Who deletes their identity takes back what they lent.</summary>
internal sealed class LenderDeparture(AgentDirectory directory) : IUserDeparture
{
    public IReadOnlyList<ProblemType> Problems => [];

    public async ValueTask Depart(Change change, EnvironmentScope scope, UserId user)
    {
        await DelegationStore.Erase(change, scope, user);
        directory.ForgetAll(change);
    }
}
