using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>runs ...</c>, and those of <c>agents</c> that say what one was lent and did.</summary>
internal static class RunCommands
{
    public static Command Runs() => new("runs", "Pieces of agents' work: see one, end one.") { Get(), Stop() };

    public static Verb Delegations()
    {
        var (agent, list) = (AgentCommands.Agent(), new ListOptions());
        var verb = new Verb("delegations", "List what was lent to an agent, newest first.",
            "castellan agents delegations agt_01k...") { agent };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Agents.Delegations(session.Value(agent), list.Page(session), ct), lent => lent.Id,
            ("ID", lent => lent.Id),
            ("STATE", lent => Times.State(lent.RevokedAt, lent.ExpiresAt, session.Time.GetUtcNow())),
            ("UNTIL", lent => Terminal.Time(lent.RevokedAt ?? lent.ExpiresAt)),
            ("BY", lent => lent.UserId), ("APP", lent => lent.AppId), ("TENANT", lent => lent.TenantId),
            ("OPERATIONS", lent => Words.List(lent.Operations)),
            ("RUN", lent => lent.RunId),
            ("HANDED ON BY", lent => Words.List(lent.HandedOnBy))));
    }

    public static Verb OfAgent()
    {
        var (agent, list) = (AgentCommands.Agent(), new ListOptions());
        var verb = new Verb("runs", "List an agent's runs, newest first.",
            "castellan agents runs agt_01k...",
            "castellan audit list --run run_01k...") { agent };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Agents.Runs(session.Value(agent), list.Page(session), ct), run => run.Id,
            ("ID", run => run.Id), ("STATE", State), ("STARTED", run => Terminal.Time(run.StartedAt)),
            ("ENDED", run => Terminal.Time(run.EndedAt)), ("MODEL", run => run.Model),
            ("PURPOSE", run => run.Purpose), ("REASON", run => run.Reason)));
    }

    private static Verb Get()
    {
        var run = Run();
        var verb = new Verb("get", "Show a run.",
            "castellan runs get run_01k...",
            "castellan audit list --run run_01k...") { run };
        return verb.Does(async (session, ct) => Show(session, await session.Client.Runs.Get(session.Value(run), ct)));
    }

    private static Verb Stop()
    {
        var (run, reason) = (Run(), Words.Reason());
        var verb = new Verb("stop", "End an agent's run, and with it what it was lent.",
            "castellan runs stop run_01k... --reason \"It writes the same again and again\"") { run, reason };
        return verb.Does(async (session, ct) =>
            Show(session, await session.Client.Runs.Stop(session.Value(run), session.Value(reason)!, ct)));
    }

    private static void Show(Session session, Response<Run> answer) => session.Terminal.Show(
        answer, run => run.Id, run =>
        [
            ("id", run.Id), ("agent", run.AgentId), ("state", State(run)), ("reason", run.Reason),
            ("purpose", run.Purpose), ("model", run.Model), ("prompt digest", run.PromptDigest),
            ("started", Terminal.Time(run.StartedAt)), ("ended", Terminal.Time(run.EndedAt)),
        ]);

    private static Argument<string> Run() => new("run") { Description = "The run's id: run_..." };

    private static string State(Run run) => run.Outcome ?? "open";
}
