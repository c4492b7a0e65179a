using System.CommandLine;
using System.Text.Json;

namespace Castellan.Cli.Contracts;

/// <summary>Where a verb reads a contract: a file, or the version in force of an app that was named.</summary>
internal sealed class ContractSource
{
    private readonly Argument<string> file = ContractCommands.File();

    private readonly Option<string?> app = Words.Text(
        "--app", "Read the contract in force of this app, by id or name, instead of a file.", "app");

    public void AddTo(Command command)
    {
        command.Add(file);
        command.Add(app);
    }

    public async Task<DeclaredContract> Read(Session session, CancellationToken ct)
    {
        var document = session.Value(app) is null
            ? ContractFile.Read(session.Value(file)).Document
            : await InForce(session, ct);
        return DeclaredContract.Read(document);
    }

    private async Task<JsonElement> InForce(Session session, CancellationToken ct) =>
        (await session.Client.Contracts.Get(await AppNames.Find(session, app, ct), ct)).Value.Document;
}
