using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>
/// What stops users, tenants, agents, runs and environments, and ends that: each on a page that asks for the reason.
/// </summary>
internal sealed class StopPages(AdminRoutes map)
{
    private const string Environments = "/admin/environments";

    /// <summary>
    /// One act on an object that the path names. <paramref name="Noun"/> is the name of the path's value.
    /// </summary>
    private sealed record Act(
        string Noun, string Verb, string Operation, string Question, string Effect, string Button, string Notice)
    {
        /// <summary>True where the object's name must be typed.</summary>
        public bool Typed { get; init; }

        public string Page => $"/admin/{Noun}s/{{{Noun}}}/{Verb}";
    }

    private static readonly Act[] Acts =
    [
        new("user", "suspend", "users.suspend", "Suspend the user?",
            "Sign-in and every call are refused in all apps of this environment, at once. Nothing is lost.",
            "Suspend", "The user is suspended."),
        new("user", "restore", "users.restore", "Restore the user?", "The user can sign in again.",
            "Restore", "The user is restored."),
        new("user", "sign-out", "users.sign_out", "Sign the user out everywhere?",
            "The user is signed out of every app of this environment and has to sign in again.",
            "Sign out", "The user is signed out everywhere."),
        new("tenant", "suspend", "tenants.suspend", "Suspend the tenant?",
            "Every call on the tenant is refused, of its people and of all apps, at once. Nothing is lost.",
            "Suspend", "The tenant is suspended."),
        new("tenant", "reinstate", "tenants.reinstate", "Reinstate the tenant?",
            "Its people and its apps can use it again.", "Reinstate", "The tenant is reinstated."),
        new("agent", "suspend", "agents.suspend", "Suspend the agent?",
            "Its calls are refused at once, for itself and for everybody. What was lent to it stays.",
            "Suspend", "The agent is suspended."),
        new("agent", "resume", "agents.resume", "Resume the agent?", "It can go on with what is lent to it.",
            "Resume", "The agent is active."),
        new("run", "stop", "runs.stop", "Stop the run?",
            "The agent can do nothing more in it, and what was lent in it has ended. The agent itself goes on.",
            "Stop", "The run is stopped."),
        new("environment", "freeze", "environments.freeze", "Freeze {0}?",
            "Writes and sign-ins are refused in all apps of {0}, at once. Reading goes on, and nothing is lost.",
            "Freeze {0}", "{0} is frozen.")
        {
            Typed = true,
        },
        new("environment", "thaw", "environments.thaw", "Thaw {0}?", "Everything in {0} can be written again.",
            "Thaw {0}", "{0} is active."),
        new("environment", "kill", "environments.kill", "Kill {0}?",
            "Every call in {0} is refused, at once, in all its apps. Sessions, mailed links and secret keys end for "
            + "good; data stays. Only an owner revives it.",
            "Kill {0}", "{0} is killed.")
        {
            Typed = true,
        },
        new("environment", "revive", "environments.revive", "Revive {0}?",
            "{0} answers again. People sign in anew, and servers need new secret keys.",
            "Revive {0}", "{0} is active."),
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, Environments, List);
        foreach (var act in Acts)
        {
            map.Get(routes, act.Page, call => call.Show<ConfirmPage>(Confirm(call, act)));
            map.Post(routes, act.Page, call => Do(call, act));
        }
    }

    private static async Task List(AdminCall call)
    {
        var answer = await call.Invoke("environments.list");
        await call.Show<EnvironmentsPage>(answer.Value, answer.Problem);
    }

    private static Confirmation Confirm(AdminCall call, Act act)
    {
        var id = call.Route(act.Noun);
        return new Confirmation(
            act.Question.Replace("{0}", id, StringComparison.Ordinal),
            act.Effect.Replace("{0}", id, StringComparison.Ordinal),
            act.Button.Replace("{0}", id, StringComparison.Ordinal), Back(call, act))
        {
            AsksReason = true,
            Typed = act.Typed ? id : null,
        };
    }

    private static async Task Do(AdminCall call, Act act)
    {
        var id = call.Route(act.Noun);
        var problem = act.Typed && call.Field("confirm") != id
            ? NotTyped(id)
            : (await call.Invoke(act.Operation, [(act.Noun, id)], body: call.Body("reason"))).Problem;
        if (problem is not null) await call.Show<ConfirmPage>(Confirm(call, act), problem);
        else await call.Done(act.Notice.Replace("{0}", id, StringComparison.Ordinal), Back(call, act));
    }

    private static string Back(AdminCall call, Act act) =>
        act.Noun == "environment" ? Environments : $"/admin/{act.Noun}s/{call.Route(act.Noun)}";

    public static Problem NotTyped(string name) => GateProblems.InputInvalid.With() with
    {
        Errors = [new FieldProblem("/confirm", "not_confirmed", "What was typed is not its name.", $"Type {name}.")],
    };
}
