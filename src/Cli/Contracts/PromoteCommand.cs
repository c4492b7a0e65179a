using System.CommandLine;
using System.Text;
using Castellan.Client;

namespace Castellan.Cli.Contracts;

/// <summary>The verb <c>promote</c>.</summary>
internal static class PromoteCommand
{
    private const string Live = "live";

    public static Verb Promote()
    {
        var (app, confirm) = (AppNames.Option(), ContractCommands.Confirm());
        var hash = new Option<string>("--hash")
        {
            Description = "Of the version, as plan, apply and contract versions show it.", HelpName = "sha-256",
            Required = true,
        };
        var from = new Option<string>("--from")
        {
            Description = "The environment that has tried it.", HelpName = "environment",
            DefaultValueFactory = _ => "sandbox",
        };
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for the audit log.", HelpName = "text", Required = true,
        };
        var verb = new Verb("promote",
            $"Put a version of another environment in force: in {Live}, unless --environment names another.",
            "castellan promote --app \"Customer portal\" --hash 5f2c... --reason \"Tried for a week\"")
        {
            app, hash, from, reason, confirm,
        };
        return verb.Does(async (session, ct) =>
        {
            var id = await AppNames.Find(session, app, ct);
            var (wanted, source) = (session.Value(hash)!, session.Value(from)!);
            var target = session.IsEnvironmentNamed ? session.Environment : Live;
            var plan = await Preview(session, id, source, target, wanted, ct);
            var given = session.Values(confirm) ?? [];
            ContractCommands.ShowApplied(session, await session.ClientIn(target).Contracts.Promote(
                id, source, wanted,
                new ContractConsent
                {
                    Confirm = plan is null ? given : Confirmation.Gather(session, plan, given),
                    Reason = session.Value(reason),
                    IfVersion = plan?.CurrentVersion,
                },
                ct));
        });
    }

    /// <summary>
    /// The plan, where the version is the one in force at its source: an older one is not read back, and the server's
    /// refusal names the words that it wants to hear.
    /// </summary>
    private static async Task<ContractPlan?> Preview(
        Session session, string app, string from, string target, string hash, CancellationToken ct)
    {
        var current = (await session.ClientIn(from).Contracts.Get(app, ct)).Value;
        if (current.Hash != hash) return null;
        var document = Encoding.UTF8.GetBytes(current.Document.GetRawText());
        var plan = (await session.ClientIn(target).Contracts.Plan(app, document, ct)).Value;
        if (session.Terminal is { Json: false, Quiet: false }) PlanView.Show(session.Terminal, plan, target);
        return plan;
    }
}
