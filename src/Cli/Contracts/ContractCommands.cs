using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli.Contracts;

/// <summary>The verbs <c>plan</c>, <c>apply</c>, <c>promote</c> and <c>contract ...</c>.</summary>
internal static class ContractCommands
{
    public static IEnumerable<Command> All() => [Plan(), Apply(), PromoteCommand.Promote(), Contract()];

    public static Argument<string> File() => new("file")
    {
        Description = "The contract.",
        DefaultValueFactory = _ => ContractFile.DefaultPath,
    };

    public static Option<string[]> Confirm() =>
        Words.Texts("--confirm", "Words that the plan wants to hear; repeat.", "words");

    private static Verb Plan()
    {
        var (file, app) = (File(), AppNames.Option());
        var verb = new Verb("plan",
            $"Show what applying a contract would change. Exit code {ExitCodes.Changes}: something would.",
            "castellan plan --app \"Customer portal\"",
            "castellan plan portal/castellan.json --app app_01k... --environment live --json") { file, app };
        return verb.Gives(async (session, ct) =>
        {
            var contract = ContractFile.Read(session.Value(file));
            var id = await AppNames.Find(session, app, ct);
            var plan = await contract.Located(() => session.Client.Contracts.Plan(id, contract.Utf8, ct));
            if (session.Terminal.Json) session.Terminal.Write(plan.Json);
            else if (session.Terminal.Quiet) session.Terminal.Line(plan.Value.Hash);
            else PlanView.Show(session.Terminal, plan.Value, session.Environment);
            return plan.Value.Changes ? ExitCodes.Changes : ExitCodes.Done;
        });
    }

    private static Verb Apply()
    {
        var (file, app, confirm) = (File(), AppNames.Option(), Confirm());
        var reason = Words.Text("--reason", "Why, for the audit log.");
        var verb = new Verb("apply",
            "Put a contract in force. Shows the plan first, and asks before anything that cannot be undone.",
            "castellan apply --app \"Customer portal\"",
            "castellan apply --app app_01k... --confirm \"drop tasks\" --reason \"Tasks moved to the tracker\"")
        {
            file, app, confirm, reason,
        };
        return verb.Does(async (session, ct) =>
        {
            var contract = ContractFile.Read(session.Value(file));
            var id = await AppNames.Find(session, app, ct);
            var plan = (await contract.Located(() => session.Client.Contracts.Plan(id, contract.Utf8, ct))).Value;
            if (session.Terminal is { Json: false, Quiet: false } && plan.Changes)
                PlanView.Show(session.Terminal, plan, session.Environment);
            var consent = new ContractConsent
            {
                Confirm = Confirmation.Gather(session, plan, session.Values(confirm) ?? []),
                Reason = session.Value(reason),
                IfVersion = plan.CurrentVersion,
            };
            ShowApplied(session, await contract.Located(
                () => session.Client.Contracts.Apply(id, contract.Utf8, consent, ct)));
        });
    }

    public static void ShowApplied(Session session, Response<AppliedChange> answer)
    {
        var (_, environment, version, hash, changed, status, _) = answer.Value;
        if (session.Terminal.Json) session.Terminal.Write(answer.Json);
        else if (session.Terminal.Quiet) session.Terminal.Line(hash);
        else session.Terminal.Line((changed, status) switch
        {
            (false, "applied") => $"Nothing to change: version {version} in {environment} is this contract.",
            (_, "applied") => $"\nVersion {version} is in force in {environment}, hash {hash}.",
            (_, "rewriting") => $"\nRecords are being rewritten. Version {version} is in force in {environment} when "
                + "they are done; castellan contract tells how far they are.",
            _ => $"\nVersion {version} was given up in {environment} ({Terminal.Clean(status)}); castellan contract "
                + "tells why.",
        });
    }

    private static Verb Contract()
    {
        var app = AppNames.Option();
        var verb = new Verb("contract", "Print the contract in force, exactly as it was applied.",
            "castellan contract --app \"Customer portal\" > castellan.json",
            "castellan export --app app_01k... --environment live") { app, Versions(), Dropped() };
        verb.Aliases.Add("export");
        return verb.Does(async (session, ct) =>
        {
            var answer = await session.Client.Contracts.Get(await AppNames.Find(session, app, ct), ct);
            if (session.Terminal.Json) session.Terminal.Write(answer.Json);
            else if (session.Terminal.Quiet) session.Terminal.Line(answer.Value.Hash);
            else session.Terminal.Line(answer.Value.Document.GetRawText());
            foreach (var one in answer.Value.Rewrites) session.Terminal.Notice(Told(one));
        });
    }

    private static string Told(ContractRewrite one) => one.Error is { } error
        ? $"{one.Collection} was not rewritten for version {one.ToVersion}: {error}"
        : $"{one.Collection} is being rewritten for version {one.ToVersion}: {one.Copied:N0} records are done.";

    private static Verb Versions()
    {
        var (app, list) = (AppNames.Option(), new ListOptions());
        var verb = new Verb("versions", "List the versions that were applied, newest first.",
            "castellan contract versions --app \"Customer portal\" --environment live") { app };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Contracts.List(await AppNames.Find(session, app, ct), list.Page(session), ct),
            line => line.Hash,
            ("VERSION", line => $"{line.Version}"), ("APPLIED", line => Terminal.Time(line.AppliedAt)),
            ("BY", line => line.ActorId), ("HASH", line => line.Hash), ("REASON", line => line.Reason)));
    }

    private static Verb Dropped()
    {
        var (app, list) = (AppNames.Option(), new ListOptions());
        var verb = new Verb("dropped", "List what contracts have dropped and the database still keeps, newest first.",
            "castellan contract dropped --app \"Customer portal\"") { app };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Contracts.Dropped(await AppNames.Find(session, app, ct), list.Page(session), ct),
            kept => kept.KeptAs,
            ("COLLECTION", kept => kept.Collection), ("PROPERTY", kept => kept.Property),
            ("DROPPED", kept => Terminal.Time(kept.DroppedAt)), ("ERASED", kept => Terminal.Time(kept.ErasedAfter)),
            ("KEPT AS", kept => kept.KeptAs)));
    }
}
