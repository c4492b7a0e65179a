using System.CommandLine;
using System.Text.Json;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>audit ...</c>.</summary>
internal static class AuditCommands
{
    private const int PageMax = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private static readonly (string Title, Func<AuditEntry, string?> Value)[] Columns =
    [
        ("AT", entry => Terminal.Time(entry.At)), ("ACTION", entry => entry.Action),
        ("OUTCOME", entry => entry.Outcome),
        ("ACTOR", entry => Name(entry.Actor)),
        ("FOR", entry => entry.ActChain is [.., var user] ? Name(user) : null),
        ("TARGET", entry => entry.Target?.Id), ("TENANT", entry => entry.TenantId),
        ("DECISION", entry => entry.Outcome == "denied" ? entry.DecisionId : null), ("REASON", entry => entry.Reason),
    ];

    public static Command Audit() => new("audit", "What was done, by whom, to what.") { List() };

    private static Verb List()
    {
        var filters = new Filters();
        var list = new ListOptions();
        var follow = new Option<bool>("--follow", "-f")
        {
            Description = "Go on with new entries as they come, oldest first, until interrupted.",
        };
        var verb = new Verb("list", "List audit entries, newest first.",
            "castellan audit list --since 1h",
            "castellan audit list --action apps.transition --since 2026-01-01T00:00:00Z --until 7d",
            "castellan audit list --run run_01k...",
            "castellan audit list --target app_01k... --follow --output json");
        filters.AddTo(verb);
        list.AddTo(verb);
        verb.Add(follow);
        return verb.Does(async (session, ct) =>
        {
            var filter = filters.Of(session);
            if (session.Value(follow))
            {
                await Follow(session, filter, ct);
                return;
            }
            session.Terminal.Show(
                await session.Client.Audit.List(filter, list.Page(session), ct), entry => entry.Id, Columns);
        });
    }

    /// <summary>Entries come with dense positions, so everything behind the last one seen is new.</summary>
    private static async Task Follow(Session session, AuditFilter filter, CancellationToken ct)
    {
        // Without a start, what is there already is only the place to begin at.
        var seen = filter.Since is null ? await Newest(session, filter, ct) : 0;
        while (true)
        {
            var fresh = await After(session, filter, seen, ct);
            foreach (var (entry, json) in fresh) Show(session.Terminal, entry, json);
            if (fresh.Count > 0) seen = fresh[^1].Entry.Position;
            await Task.Delay(Poll, session.Time, ct);
        }
    }

    private static async Task<long> Newest(Session session, AuditFilter filter, CancellationToken ct)
    {
        var page = await session.Client.Audit.List(filter, new PageRequest(Limit: 1), ct);
        return page.Value.Items is [var newest, ..] ? newest.Position : 0;
    }

    private static async Task<List<(AuditEntry Entry, string Json)>> After(
        Session session, AuditFilter filter, long seen, CancellationToken ct)
    {
        var fresh = new List<(AuditEntry Entry, string Json)>();
        string? cursor = null;
        do
        {
            var page = await session.Client.Audit.List(filter, new PageRequest(PageMax, cursor), ct);
            using var json = JsonDocument.Parse(page.Json);
            var items = json.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetRawText());
            var unseen = page.Value.Items.Zip(items).TakeWhile(pair => pair.First.Position > seen).ToList();
            fresh.AddRange(unseen);
            cursor = unseen.Count < page.Value.Items.Count ? null : page.Value.NextCursor;
        }
        while (cursor is not null);
        fresh.Reverse();
        return fresh;
    }

    private static void Show(Terminal terminal, AuditEntry entry, string json)
    {
        if (terminal.Json) terminal.Line(json);
        else if (terminal.Quiet) terminal.Line(entry.Id);
        else terminal.Rows([entry], headed: false, Columns);
    }

    private static string Name(AuditActor actor) => actor.Display ?? actor.Id ?? actor.Kind;

    private sealed class Filters
    {
        private readonly Option<string?> actor = Words.Text("--actor", "Who did it.", "id");
        private readonly Option<string?> action =
            Words.Text("--action", "The operation, such as apps.create.", "operation");
        private readonly Option<string?> target = Words.Text("--target", "What it was done to.", "id");
        private readonly Option<string?> app = Words.Text("--app", "Through which app.", "app_...");
        private readonly Option<string?> tenant = Words.Text("--tenant", "In which tenant.", "ten_...");
        private readonly Option<string?> run = Words.Text("--run", "In which run of an agent.", "run_...");
        private readonly Option<DateTimeOffset?> since = Times.Past("--since", "Not before: so long ago, or a time.");
        private readonly Option<DateTimeOffset?> until = Times.Past("--until", "Only before: so long ago, or a time.");

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[actor, action, target, app, tenant, run, since, until])
                command.Add(option);
        }

        public AuditFilter Of(Session session) => new()
        {
            Actor = session.Value(actor),
            Action = session.Value(action),
            Target = session.Value(target),
            App = session.Value(app),
            Tenant = session.Value(tenant),
            Run = session.Value(run),
            Since = session.Value(since),
            Until = session.Value(until),
        };
    }
}
