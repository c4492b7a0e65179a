using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>environments ...</c>, and what stops tenants.</summary>
internal static class StopCommands
{
    public static Command Environments() => new("environments", "Which environments there are, and what stops one.")
    {
        ListEnvironments(),
        OnEnvironment("freeze", "Make an environment read-only: writes and sign-ins are refused.",
            (client, name, reason, ct) => client.Environments.Freeze(name, reason, ct),
            "Freezing {0} refuses every write in it, at once. Type its name to go on: "),
        OnEnvironment("thaw", "Let a frozen environment be written again.",
            (client, name, reason, ct) => client.Environments.Thaw(name, reason, ct), question: null),
        OnEnvironment("kill", "Refuse everything in an environment; sessions and secret keys end for good.",
            (client, name, reason, ct) => client.Environments.Kill(name, reason, ct),
            "Killing {0} ends every session and secret key in it, for good. Type its name to go on: "),
        OnEnvironment("revive", "Let a killed environment run again.",
            (client, name, reason, ct) => client.Environments.Revive(name, reason, ct), question: null),
    };

    public static Command Tenants() => new("tenants", "Customer organisations in one environment.")
    {
        ListTenants(),
        OnTenant("suspend", "Refuse all calls on a tenant, until reinstated. Nothing is lost.",
            (client, tenant, reason, ct) => client.Tenants.Suspend(tenant, reason, ct)),
        OnTenant("reinstate", "Let a suspended tenant's people and apps in again.",
            (client, tenant, reason, ct) => client.Tenants.Reinstate(tenant, reason, ct)),
    };

    private static Verb ListEnvironments()
    {
        var verb = new Verb("list", "List the environments.", "castellan environments list");
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Environments.List(ct), one => one.Id,
            ("ID", one => one.Id), ("STATE", one => one.State), ("SINCE", one => Terminal.Time(one.Stop?.Since)),
            ("BY", one => one.Stop?.By), ("REASON", one => one.Stop?.Reason)));
    }

    private static Verb OnEnvironment(
        string name, string purpose,
        Func<CastellanClient, string, string, CancellationToken, Task<Response<DataEnvironment>>> act, string? question)
    {
        var environment = new Argument<string>("name") { Description = "sandbox or live." };
        var reason = Words.Reason();
        var yes = new Option<bool>("--yes") { Description = "Do not ask for the environment's name." };
        var verb = new Verb(name, purpose, $"castellan environments {name} live --reason \"Incident 12\"")
        {
            environment, reason,
        };
        if (question is not null) verb.Add(yes);
        return verb.Does(async (session, ct) =>
        {
            var id = session.Value(environment);
            if (question is not null && !session.Value(yes)) Confirm(session, id, question);
            Show(session, await act(session.Client, id, session.Value(reason)!, ct));
        });
    }

    private static void Confirm(Session session, string name, string question)
    {
        var asked = question.Replace("{0}", name, StringComparison.Ordinal);
        if (Console.IsInputRedirected || session.Terminal.Ask(asked, secret: false) != name)
            throw new Complaint("Nothing was stopped.", "Type the environment's name when asked, or add --yes.");
    }

    private static void Show(Session session, Response<DataEnvironment> answer) => session.Terminal.Show(
        answer, one => one.Id, one =>
        [
            ("id", one.Id), ("state", one.State), ("since", Terminal.Time(one.Stop?.Since)),
            ("reason", one.Stop?.Reason),
        ]);

    private static Verb ListTenants()
    {
        var list = new ListOptions();
        var verb = new Verb("list", "List tenants.", "castellan tenants list --environment live");
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Tenants.List(list.Page(session), ct), tenant => tenant.Id,
            ("ID", tenant => tenant.Id), ("NAME", tenant => tenant.Name), ("SLUG", tenant => tenant.Slug),
            ("STATE", tenant => tenant.SuspendedAt is null ? "active" : "suspended")));
    }

    private static Verb OnTenant(
        string name, string purpose,
        Func<CastellanClient, string, string, CancellationToken, Task<Response<Tenant>>> act)
    {
        var tenant = new Argument<string>("tenant") { Description = "The tenant's id: ten_..." };
        var reason = Words.Reason();
        var verb = new Verb(name, purpose, $"castellan tenants {name} ten_01k... --reason \"Ticket 4711\"")
        {
            tenant, reason,
        };
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await act(session.Client, session.Value(tenant), session.Value(reason)!, ct), one => one.Id, one =>
            [
                ("id", one.Id), ("name", one.Name), ("suspended", Terminal.Time(one.SuspendedAt)),
                ("reason", one.Stop?.Reason),
            ]));
    }
}
