using Castellan.Agents.Delegations;
using Castellan.Kernel;

namespace Castellan.Agents.Runs;

/// <summary>An agent's runs: said by the agent, seen and stopped by operators.</summary>
internal sealed class RunEndpoints(
    RunStore store, RunStarts starts, DelegationStore delegations, AgentDirectory directory, Cursors cursors)
    : IEndpoints
{
    private const string One = "/v1/runs/{run}";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<StartRun, Run>("runs.start", "POST", "/v1/runs", StartRun.Bind, Start, AgentsJson.Wire.Run)
        {
            Summary = "Say that a piece of work begins, for a day at most; name the run when taking what was lent.",
            Grants = [Grant.Agent], Status = 201, Problems = [AgentErrors.RunsOpen],
        },
        new Write<EndRun, Run>("runs.end", "POST", One + "/end", EndRun.Bind, End, AgentsJson.Wire.Run)
        {
            Summary = "Say how my run ended; what it was lent ends with it.",
            Grants = [Grant.Agent], Problems = [AgentErrors.RunEnded],
        },
        new Write<StopRun, Run>("runs.stop", "POST", One + "/stop", StopRun.Bind, Stop, AgentsJson.Wire.Run)
        {
            Summary = "End an agent's run, and with it what it was lent.",
            Grants = [Grant.Operator(OperatorRole.Admin, OperatorRole.Support)], Urgent = true,
            Problems = [AgentErrors.RunEnded],
        },
        new Read<GetRun, Run>("runs.get", "GET", One, GetRun.Bind, Get, AgentsJson.Wire.Run)
        {
            Summary = "Read a run; an agent reads its own.", Grants = [Grants.AnyOperator, Grant.Agent],
        },
        new Read<ListOfAgent, ListOf<Run>>(
            "agents.runs", "GET", "/v1/agents/{agent}/runs", ListOfAgent.Bind, OfAgent, AgentsJson.Wire.ListOfRun)
        {
            Summary = "List an agent's runs, newest first.", Grants = [Grants.AnyOperator],
        },
    ];

    private async ValueTask<Run> Start(WriteCall<StartRun, Run> call)
    {
        var (scope, input) = (call.Environment, call.Input);
        var agent = await directory.Find(scope, call.Caller.Agent!.Value) ?? throw new Refusal(AgentErrors.Stopped);
        return await call.Change(async change =>
        {
            await starts.Hold(change, scope, agent);
            var run = await starts.Start(change, scope, agent, input, change.Now + Run.Longest);
            change.Audit(run.Target, Snapshot.None, run.Snapshot());
            return run;
        });
    }

    private ValueTask<Run> End(WriteCall<EndRun, Run> call) => call.Change(change => Finish(
        change, call, call.Input.Run,
        call.Input.Outcome is RunResult.Failed ? RunOutcome.Failed : RunOutcome.Succeeded, reason: null));

    private ValueTask<Run> Stop(WriteCall<StopRun, Run> call) => call.Change(change => Finish(
        change, call, call.Input.Run, RunOutcome.Stopped, call.Input.Reason));

    /// <summary>Who was stopped sees that it is so, and not why.</summary>
    private async ValueTask<Run> Get(Call<GetRun> call)
    {
        if (await store.Find(call.Environment, call.Input.Run) is not { } run || !IsOf(call.Caller, run))
            throw new Refusal(GateProblems.NotFound);
        var shown = run.Under(await directory.Find(call.Environment, run.AgentId), call.Now);
        return call.Caller.Kind is CallerKind.Agent ? shown with { Reason = null } : shown;
    }

    private async ValueTask<ListOf<Run>> OfAgent(Call<ListOfAgent> call)
    {
        var (agent, page) = call.Input;
        if (await directory.Find(call.Environment, agent) is not { } whose) throw new Refusal(GateProblems.NotFound);
        return await cursors.Page<Run>("agents.runs", call.Environment, page, [agent.Value],
            async (before, limit) =>
            [
                .. (await store.List(call.Environment, agent, before, limit, call.Aborted))
                    .Select(run => run.Under(whose, call.Now)),
            ],
            run => run.Id.Value);
    }

    private async ValueTask<Run> Finish<TIn>(
        Change change, Call<TIn> call, RunId id, RunOutcome outcome, string? reason)
    {
        var scope = call.Environment;
        if (await store.Lock(change, scope, id) is not { } before || !IsOf(call.Caller, before))
            throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(before);
        var whose = await directory.Find(scope, before.AgentId);
        if (before.Under(whose, change.Now).EndedAt is not null) throw new Refusal(AgentErrors.RunEnded);
        var after = before with
        {
            EndedAt = change.Now,
            Outcome = outcome,
            Reason = reason,
            Version = before.Version + 1,
        };
        await store.End(change, scope, after);
        await delegations.RevokeOfRun(change, scope, id);
        directory.ForgetAll(change);
        change.Audit(after.Target, before.Snapshot(), after.Snapshot(), reason);
        change.Emit("run.ended", after.Target, after.Snapshot());
        return after;
    }

    /// <summary>To an agent, another one's run is absent.</summary>
    private static bool IsOf(Caller caller, Run run) =>
        caller.Kind is not CallerKind.Agent || run.AgentId == caller.Agent;
}
