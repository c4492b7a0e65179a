using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>
/// Agents of the chosen environment, what is lent to them, and their runs. What suspends, resumes and stops them is
/// among the stops; here is what ends one for good.
/// </summary>
internal sealed class AgentPages(AdminRoutes map)
{
    private const string All = "/admin/agents";
    private const string One = All + "/{agent}";

    private static readonly string[] Registry = ["name", "owner", "builder", "model", "purpose", "signatures"];

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, All, List);
        map.Get(routes, All + "/new", call => call.Show<AgentFormPage>());
        map.Post(routes, All + "/new", Register);
        map.Get(routes, One, Detail);
        map.Get(routes, One + "/edit", call => Edit(call, problem: null));
        map.Post(routes, One + "/edit", Update);
        map.Get(routes, One + "/rotate", call => ConfirmRotate(call, problem: null));
        map.Post(routes, One + "/rotate", Rotate);
        map.Get(routes, One + "/keys/new", call => call.Show<AgentKeyPage>());
        map.Post(routes, One + "/keys/new", AddKey);
        map.Get(routes, One + "/keys/{key}/remove", call => ConfirmRemove(call, problem: null));
        map.Post(routes, One + "/keys/{key}/remove", RemoveKey);
        map.Get(routes, One + "/kill", call => ConfirmKill(call, problem: null));
        map.Post(routes, One + "/kill", Kill);
        map.Get(routes, "/admin/runs/{run}", RunDetail);
    }

    private static string Page(AdminCall call) => $"{All}/{call.Route("agent")}";

    private static (string, string?)[] Agent(AdminCall call) => [("agent", call.Route("agent"))];

    private static async Task List(AdminCall call)
    {
        var answer = await call.Invoke(
            "agents.list", query: [("state", call.Query("state")), ("cursor", call.Query("cursor"))]);
        await call.Show<AgentsPage>(With(call, answer.Value, "list"), answer.Problem);
    }

    private static async Task Register(AdminCall call)
    {
        var body = call.Body(Registry).Lines(call, "operations");
        if (call.Field("days") is { Length: > 0 } days) body["expires_at"] = Expiry.In(call.Now, days);
        var answer = await call.Invoke("agents.register", body: body);
        // Not redirected: the token is shown here, once, and nowhere else.
        if (answer.Problem is { } problem) await call.Show<AgentFormPage>(problem: problem);
        else await call.Show<AgentTokenPage>(answer.Value);
    }

    private static async Task Edit(AdminCall call, Problem? problem)
    {
        var agent = await call.Invoke("agents.get", Agent(call));
        if (agent.Refused) await call.Show<ProblemPage>(problem: agent.Problem);
        else await call.Show<AgentFormPage>(agent.Value, problem);
    }

    private static async Task Update(AdminCall call)
    {
        var body = call.Body(Registry).Lines(call, "operations");
        var answer = await call.Invoke("agents.update", Agent(call), body: body);
        if (answer.Problem is { } problem) await Edit(call, problem);
        else await call.Done("Saved.", Page(call));
    }

    private static async Task Detail(AdminCall call)
    {
        var agent = await call.Invoke("agents.get", Agent(call));
        if (agent.Refused)
        {
            await call.Show<ProblemPage>(problem: agent.Problem);
            return;
        }
        var lent = await call.Invoke("agents.delegations", Agent(call), [("cursor", call.Query("lent"))]);
        var runs = await call.Invoke("agents.runs", Agent(call), [("cursor", call.Query("runs"))]);
        var apps = await call.Invoke("apps.list", query: [("limit", "200")]);
        var content = With(call, agent.Value, "agent");
        (content["lent"], content["runs"], content["apps"]) = (lent.Value, runs.Value, apps.Value);
        await call.Show<AgentPage>(content, lent.Problem ?? runs.Problem);
    }

    private static Task ConfirmRotate(AdminCall call, Problem? problem) => call.Show<ConfirmPage>(
        new Confirmation(
            "Give the agent another token?",
            "The former token is refused from the next request on; the new one is shown once. What was lent stays.",
            "Give another token", Page(call)),
        problem);

    private static async Task Rotate(AdminCall call)
    {
        var answer = await call.Invoke("agents.rotate", Agent(call));
        if (answer.Problem is { } problem) await ConfirmRotate(call, problem);
        else await call.Show<AgentTokenPage>(answer.Value);
    }

    private static async Task AddKey(AdminCall call)
    {
        var body = call.Body("replaces").Number(call, "overlap_minutes");
        // As it was pasted, with or without the armour of PEM.
        var lines = call.Field("public_key").Split('\n', StringSplitOptions.TrimEntries);
        body["public_key"] = string.Concat(lines.Where(line => !line.StartsWith("-----", StringComparison.Ordinal)));
        var answer = await call.Invoke("agents.add_key", Agent(call), body: body);
        if (answer.Problem is { } problem) await call.Show<AgentKeyPage>(problem: problem);
        else await call.Done("The key is added.", Page(call));
    }

    private static Task ConfirmRemove(AdminCall call, Problem? problem) => call.Show<ConfirmPage>(
        new Confirmation(
            "Remove the key?", $"What the agent signs by {call.Route("key")} is refused from the next request on.",
            "Remove", Page(call))
        {
            AsksReason = true,
        },
        problem);

    private static async Task RemoveKey(AdminCall call)
    {
        var body = call.Body("reason");
        body["key_id"] = call.Route("key");
        var answer = await call.Invoke("agents.remove_key", Agent(call), body: body);
        if (answer.Problem is { } problem) await ConfirmRemove(call, problem);
        else await call.Done("The key is removed.", Page(call));
    }

    private static async Task ConfirmKill(AdminCall call, Problem? problem)
    {
        var agent = await call.Invoke("agents.get", Agent(call));
        if (agent.Refused)
        {
            await call.Show<ProblemPage>(problem: agent.Problem);
            return;
        }
        var name = agent.Value.Text("name");
        await call.Show<ConfirmPage>(
            new Confirmation(
                $"Kill {name}?",
                "Its calls are refused at once, for good, with its runs and all that was lent to it or that it handed "
                + "on. To go on it must be registered anew.",
                $"Kill {name}", Page(call))
            {
                AsksReason = true,
                Typed = name,
            },
            problem);
    }

    private static async Task Kill(AdminCall call)
    {
        var agent = await call.Invoke("agents.get", Agent(call));
        var problem = agent.Problem
            ?? (call.Field("confirm") != agent.Value.Text("name")
                ? StopPages.NotTyped(agent.Value.Text("name"))
                : (await call.Invoke("agents.kill", Agent(call), body: call.Body("reason"))).Problem);
        if (problem is not null) await ConfirmKill(call, problem);
        else await call.Done("The agent is killed.", Page(call));
    }

    private static async Task RunDetail(AdminCall call)
    {
        var run = await call.Invoke("runs.get", [("run", call.Route("run"))]);
        if (run.Refused)
        {
            await call.Show<ProblemPage>(problem: run.Problem);
            return;
        }
        var agent = await call.Invoke("agents.get", [("agent", run.Value.Text("agent_id"))]);
        var audit = await call.Invoke(
            "audit.list", query: [("run", call.Route("run")), ("cursor", call.Query("cursor"))]);
        var apps = await call.Invoke("apps.list", query: [("limit", "200")]);
        await call.Show<RunPage>(
            new JsonObject
            {
                ["run"] = run.Value, ["agent"] = agent.Value, ["audit"] = audit.Value, ["apps"] = apps.Value,
            },
            audit.Problem);
    }

    private static JsonObject With(AdminCall call, JsonObject value, string name) =>
        new() { [name] = value, ["now"] = $"{call.Now:O}" };
}
