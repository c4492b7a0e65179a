using System.Globalization;

namespace Castellan.Client;

/// <summary>
/// The operations <c>contracts.*</c>, in the options' environment: for an operator's token with the role admin, and for
/// a secret key of the app, which applies in sandbox alone.
/// </summary>
public sealed class ContractOperations
{
    private readonly Transport transport;

    internal ContractOperations(Transport transport) => this.transport = transport;

    /// <summary>
    /// <c>contracts.plan</c>: says what applying a document would change, and changes nothing. Problems:
    /// <c>input_invalid</c>, whose errors point into the document from <c>/contract</c>.
    /// </summary>
    /// <param name="app">The app's id.</param>
    /// <param name="document">castellan.json, UTF-8 without a byte order mark, a little less than 512 KiB.</param>
    /// <param name="ct">Ends the call.</param>
    public Task<Response<ContractPlan>> Plan(
        string app, ReadOnlyMemory<byte> document, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, Path(app) + "/plan", new ContractToPlan(document), ClientJson.Default.ContractToPlan,
        ClientJson.Default.ContractPlan, ct);

    /// <summary>
    /// <c>contracts.apply</c>: puts a document in force; what is in force already stays as it is. Problems:
    /// <c>input_invalid</c>, <c>contract_not_confirmed</c>, <c>contract_data_in_the_way</c>,
    /// <c>contract_sandbox_only</c>, <c>contract_rewriting</c>, <c>version_conflict</c>.
    /// </summary>
    public Task<Response<AppliedChange>> Apply(
        string app, ReadOnlyMemory<byte> document, ContractConsent? consent = null, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, Path(app), new ContractToApply(document, consent?.Confirm, consent?.Reason),
            ClientJson.Default.ContractToApply, ClientJson.Default.AppliedChange, ct, ifMatch: Tag(consent));

    /// <summary>
    /// <c>contracts.promote</c>: puts a version of another environment in force in the options' environment. Needs an
    /// operator. Problems: <c>contract_version_unknown</c>, <c>contract_not_confirmed</c>,
    /// <c>contract_data_in_the_way</c>.
    /// </summary>
    /// <param name="app">The app's id.</param>
    /// <param name="from">The environment that has had the version, such as sandbox.</param>
    /// <param name="hash">64 hexadecimal digits.</param>
    /// <param name="consent">With a reason.</param>
    /// <param name="ct">Ends the call.</param>
    public Task<Response<AppliedChange>> Promote(
        string app, string from, string hash, ContractConsent consent, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, Path(app) + "/promote",
            new ContractToPromote(from, hash, consent.Confirm, consent.Reason), ClientJson.Default.ContractToPromote,
            ClientJson.Default.AppliedChange, ct, ifMatch: Tag(consent));

    /// <summary><c>contracts.get</c>: the contract in force, and what is being rewritten for the next one.</summary>
    public Task<Response<AppliedContract>> Get(string app, CancellationToken ct = default) =>
        transport.Get(Path(app), ClientJson.Default.AppliedContract, ct);

    /// <summary><c>contracts.list</c>: the versions that were applied, newest first.</summary>
    public Task<Response<PageOf<ContractLine>>> List(
        string app, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of(Path(app) + "/versions").Add(page).ToString(), ClientJson.Default.PageOfContractLine, ct);

    /// <summary>
    /// <c>contracts.dropped</c>: what contracts have dropped and the database still keeps, newest first. Problems:
    /// <c>not_found</c>.
    /// </summary>
    public Task<Response<PageOf<KeptData>>> Dropped(
        string app, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of(Path(app) + "/dropped").Add(page).ToString(), ClientJson.Default.PageOfKeptData, ct);

    private static string Path(string app) => AppOperations.Path(app) + "/contract";

    private static string? Tag(ContractConsent? consent) =>
        consent?.IfVersion is { } version ? string.Create(CultureInfo.InvariantCulture, $"\"{version}\"") : null;
}
