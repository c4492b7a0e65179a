using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>agents ...</c> and <c>runs ...</c>: agents of the environment that was named.</summary>
internal static class AgentCommands
{
    private const string States = "active|suspended|killed";

    public static Command Agents() => new(
        "agents", "Agents in one environment: whose they are, what is lent to them, and their off switch.")
    {
        List(), Get(), Register(), Update(), Rotate(),
        Move("suspend", "Refuse an agent, for itself and for everybody, until it is resumed.",
            (client, agent, reason, ct) => client.Agents.Suspend(agent, reason, ct)),
        Move("resume", "Let a suspended agent go on.",
            (client, agent, reason, ct) => client.Agents.Resume(agent, reason, ct)),
        Kill(), AddKey(), RemoveKey(), RunCommands.Delegations(), RunCommands.OfAgent(),
    };

    public static Argument<string> Agent() => new("agent") { Description = "The agent's id: agt_..." };

    private static Verb List()
    {
        var state = Words.Text("--state", "Only agents in this state.", States);
        var list = new ListOptions();
        var verb = new Verb("list", "List agents.",
            "castellan agents list",
            "castellan agents list --state active --environment live") { state };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Agents.List(session.Value(state), list.Page(session), ct), agent => agent.Id,
            ("ID", agent => agent.Id), ("NAME", agent => agent.Name),
            ("STATE", agent => State(agent, session.Time.GetUtcNow())), ("OWNER", agent => agent.Owner),
            ("BUILDER", agent => agent.Builder), ("MODEL", agent => agent.Model),
            ("MAY BE LENT OR GRANTED", agent => Words.List(agent.Operations))));
    }

    private static Verb Get()
    {
        var agent = Agent();
        var verb = new Verb("get", "Show an agent.", "castellan agents get agt_01k...") { agent };
        return verb.Does(async (session, ct) =>
            Show(session, await session.Client.Agents.Get(session.Value(agent), ct)));
    }

    private static Verb Register()
    {
        var members = new Members(required: true);
        var verb = new Verb("register",
            "Register an agent, with the most that may be lent or granted to it. Its token goes to standard output, "
            + "alone and once; the rest to standard error.",
            "castellan agents register --name Summarizer --owner ops@example.com --purpose \"Sums up notes\" "
            + "--model model-1 --operation records.list --operation records.get > agent-token.txt");
        members.AddTo(verb);
        return verb.Does(async (session, ct) => ShowToken(session.Terminal, await session.Client.Agents.Register(
            new NewAgent(
                session.Value(members.Name)!, session.Value(members.Owner)!, session.Value(members.Purpose)!,
                session.Values(members.Operation)!, session.Value(members.Builder), session.Value(members.Model),
                session.Value(members.Expires), session.Value(members.Signatures)),
            ct)));
    }

    private static Verb Update()
    {
        var agent = Agent();
        var members = new Members(required: false);
        var verb = new Verb("update",
            "Change what is said of an agent, or what may be lent or granted to it: what was lent shrinks "
            + "with it.",
            "castellan agents update agt_01k... --operation records.list",
            "castellan agents update agt_01k... --model \"\"") { agent };
        members.AddTo(verb);
        return verb.Does(async (session, ct) => Show(session, await session.Client.Agents.Update(
            session.Value(agent),
            new AgentUpdate
            {
                Name = session.Value(members.Name),
                Owner = session.Value(members.Owner),
                Purpose = session.Value(members.Purpose),
                Operations = session.Values(members.Operation),
                Builder = session.Value(members.Builder),
                Model = session.Value(members.Model),
                ExpiresAt = session.Value(members.Expires),
                Signatures = session.Value(members.Signatures),
            },
            ct)));
    }

    private static Verb Rotate()
    {
        var agent = Agent();
        var verb = new Verb("rotate",
            "Give an agent another token; the former one ends at once. What was lent to it stays. The token is shown "
            + "once.",
            "castellan agents rotate agt_01k... > agent-token.txt") { agent };
        return verb.Does(async (session, ct) =>
            ShowToken(session.Terminal, await session.Client.Agents.Rotate(session.Value(agent), ct)));
    }

    private static Verb Move(
        string name, string purpose,
        Func<CastellanClient, string, string, CancellationToken, Task<Response<Agent>>> act)
    {
        var (agent, reason) = (Agent(), Words.Reason());
        var verb = new Verb(name, purpose, $"castellan agents {name} agt_01k... --reason \"Ticket 4711\"")
        {
            agent, reason,
        };
        return verb.Does(async (session, ct) =>
            Show(session, await act(session.Client, session.Value(agent), session.Value(reason)!, ct)));
    }

    private static Verb Kill()
    {
        var (agent, reason) = (Agent(), Words.Reason());
        var yes = new Option<bool>("--yes") { Description = "Do not ask for the agent's name." };
        var verb = new Verb("kill",
            "End an agent for good, with its runs and all that was lent to it or that it handed on.",
            "castellan agents kill agt_01k... --reason \"It asked for more than it needs\"",
            "castellan agents kill agt_01k... --reason \"Incident 12\" --yes") { agent, reason, yes };
        return verb.Does(async (session, ct) =>
        {
            var id = session.Value(agent);
            if (!session.Value(yes)) Confirm(session, (await session.Client.Agents.Get(id, ct)).Value.Name);
            Show(session, await session.Client.Agents.Kill(id, session.Value(reason)!, ct));
        });
    }

    private static void Confirm(Session session, string name)
    {
        var question = $"Killing {Terminal.Clean(name)} is for good. Type its name to go on: ";
        if (Console.IsInputRedirected || session.Terminal.Ask(question, secret: false) != name)
            throw new Complaint("Nothing was stopped.", "Type the agent's name when asked, or add --yes.");
    }

    private static Verb AddKey()
    {
        var agent = Agent();
        var file = new Argument<FileInfo>("file") { Description = "The public key: PEM or base64." };
        var replaces = Words.Text("--replaces", "The key in whose place it comes.", "key id");
        var overlap = new Option<int?>("--overlap")
        {
            Description = "Minutes for which that one stays good. Default: 1440, a day.",
            HelpName = "0-10080",
        };
        var verb = new Verb("add-key", "Give an agent a public key of Ed25519 to sign its requests with.",
            "castellan agents add-key agt_01k... agent.pub.pem",
            "castellan agents add-key agt_01k... next.pub.pem --replaces kPrK_qmx... --overlap 60")
        {
            agent, file, replaces, overlap,
        };
        return verb.Does(async (session, ct) => Show(session, await session.Client.Agents.AddKey(
            session.Value(agent),
            new NewSigningKey(Read(session.Value(file)), session.Value(replaces), session.Value(overlap)), ct)));
    }

    private static Verb RemoveKey()
    {
        var (agent, reason) = (Agent(), Words.Reason());
        var key = new Argument<string>("key") { Description = "The key's id, as agents get shows it." };
        var verb = new Verb("remove-key", "Refuse what an agent signs by a key, from the next request on.",
            "castellan agents remove-key agt_01k... kPrK_qmx... --reason \"The machine is gone\"")
        {
            agent, key, reason,
        };
        return verb.Does(async (session, ct) => Show(session, await session.Client.Agents.RemoveKey(
            session.Value(agent), session.Value(key), session.Value(reason)!, ct)));
    }

    /// <summary>A file's lines without the armour of PEM, as one.</summary>
    private static string Read(FileInfo file)
    {
        const int Most = 10_000;
        if (!file.Exists || file.Length > Most)
            throw new Complaint($"{file.Name} is no file of a public key.", "Name the file that has it.");
        var lines = File.ReadAllLines(file.FullName).Select(line => line.Trim()).ToList();
        if (lines.Exists(line => line.Contains("PRIVATE KEY", StringComparison.Ordinal)))
        {
            throw new Complaint($"{file.Name} is a private key, which stays with the agent. Nothing was sent.",
                $"openssl pkey -in {file.Name} -pubout -out public.pem");
        }
        return string.Concat(lines.Where(line => !line.StartsWith("-----", StringComparison.Ordinal)));
    }

    private static void ShowToken(Terminal terminal, Response<RegisteredAgent> answer)
    {
        var (agent, token) = answer.Value;
        if (terminal.Json) terminal.Write(answer.Json);
        else terminal.Line(token);
        terminal.Notice($"{agent.Id} \"{agent.Name}\" in {agent.Environment}. This token is not shown again.");
    }

    private static void Show(Session session, Response<Agent> answer) => session.Terminal.Show(
        answer, agent => agent.Id, agent =>
        [
            ("id", agent.Id), ("name", agent.Name), ("environment", agent.Environment),
            ("state", State(agent, session.Time.GetUtcNow())), ("reason", agent.StateReason), ("owner", agent.Owner),
            ("purpose", agent.Purpose), ("builder", agent.Builder), ("model", agent.Model),
            ("may be lent or granted", Words.List(agent.Operations)), ("token", agent.Prefix + "..."),
            ("signatures", agent.Signatures),
            .. agent.SigningKeys.Select(key => ("signs by", Shown(key, session.Time.GetUtcNow()))),
            ("registered", Terminal.Time(agent.CreatedAt)), ("expires", Terminal.Time(agent.ExpiresAt)),
        ]);

    private static string Shown(SigningKey key, DateTimeOffset now) => key.ExpiresAt switch
    {
        null => key.KeyId,
        { } end when end <= now => $"{key.KeyId}, ended {Terminal.Time(end)}",
        { } end => $"{key.KeyId} until {Terminal.Time(end)}",
    };

    private static string State(Agent agent, DateTimeOffset now) =>
        agent is { State: "active", ExpiresAt: { } end } && end <= now ? "expired" : agent.State;

    /// <summary>What people say of an agent, as options.</summary>
    private sealed class Members(bool required)
    {
        public Option<string?> Name { get; } = Needed("--name", "Unique in the environment.", required);

        public Option<string?> Owner { get; } =
            Needed("--owner", "The person or team that answers for it.", required);

        public Option<string?> Purpose { get; } = Needed("--purpose", "What it is for.", required);

        public Option<string?> Builder { get; } = Words.Text("--builder", "Who or what made it.");

        public Option<string?> Model { get; } = Words.Text("--model", "The model that it uses.");

        public Option<string[]> Operation { get; } = new("--operation")
        {
            Description = "The most that users may lend to it, and tenants grant; repeat.",
            HelpName = "operation",
            Required = required,
        };

        public Option<DateTimeOffset?> Expires { get; } =
            Times.Future("--expires", "From when on it is refused. Default: never.");

        public Option<string?> Signatures { get; } = Words.Text(
            "--signatures", "Whether its calls are refused without a signature. Default: optional.",
            "optional|required");

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[Name, Owner, Purpose, Builder, Model, Operation, Expires, Signatures])
                command.Add(option);
        }

        private static Option<string?> Needed(string name, string description, bool required) =>
            new(name) { Description = description, HelpName = "text", Required = required };
    }
}
