using System.Text;
using System.Text.Json;
using Castellan.Contracts.Rewrites;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Contracts;

/// <summary>
/// Plan, apply, promote, and what was applied. All in the environment of the call: an operator names it, a key belongs
/// to one.
/// </summary>
internal sealed class ContractEndpoints(
    ContractStore store, ContractCompiler compiler, ContractDeployment deployment, RewriteStore rewrites,
    ContractAccess access, Cursors cursors)
    : IEndpoints
{
    public const string Route = "/v1/apps/{app}/contract";

    public static readonly IReadOnlyList<Grant> Readers = [Grants.AnyOperator, Grant.Key];

    private static readonly IReadOnlyList<Grant> Writers = [Grant.Operator(OperatorRole.Admin), Grant.Key];

    public IEnumerable<Operation> Operations() =>
    [
        new Read<PlanContract, ContractPlan>(
            "contracts.plan", "POST", Route + "/plan", PlanContract.Bind, Plan, ContractsJson.Wire.ContractPlan)
        {
            Summary = "Say what applying a contract would change, with the risk of each step, and change nothing.",
            Grants = Writers, BodyBytes = Limits.ContractBytes,
        },
        new Write<ApplyContract, ApplyResult>(
            "contracts.apply", "POST", Route, ApplyContract.Bind, Apply, ContractsJson.Wire.ApplyResult)
        {
            Summary = "Make a contract so. Applying what is in force changes nothing. Keys may in sandbox.",
            Grants = Writers, BodyBytes = Limits.ContractBytes, Cost = WriteCost.Heavy,
            Problems =
            [
                ContractErrors.NotConfirmed, ContractErrors.DataInTheWay,
                ContractErrors.SandboxOnly, ContractErrors.Rewriting,
            ],
        },
        new Write<PromoteContract, ApplyResult>(
            "contracts.promote", "POST", Route + "/promote", PromoteContract.Bind, Promote,
            ContractsJson.Wire.ApplyResult)
        {
            Summary = "Apply a version that another environment has, found by its hash.",
            Grants = [Grant.Operator(OperatorRole.Admin)], Cost = WriteCost.Heavy,
            Problems =
            [
                ContractErrors.NoSuchVersion, ContractErrors.NotConfirmed, ContractErrors.DataInTheWay,
                ContractErrors.Rewriting,
            ],
        },
        new Read<GetContract, AppliedContract>(
            "contracts.get", "GET", Route, GetContract.Bind, Get, ContractsJson.Wire.AppliedContract)
        {
            Summary = "Read the contract in force, as it was applied.", Grants = Readers,
        },
        new Read<ListContracts, ListOf<ContractLine>>(
            "contracts.list", "GET", Route + "/versions", ListContracts.Bind, List,
            ContractsJson.Wire.ListOfContractLine)
        {
            Summary = "List the versions that were applied, newest first.", Grants = Readers,
        },
        new Read<NoInput, JsonElement>(
            "contracts.schema", "GET", "/v1/schemas/contract", NoInput.Bind,
            _ => new ValueTask<JsonElement>(JsonElement.Parse(ContractSchema.Text)), ContractsJson.Wire.JsonElement)
        {
            Summary = "Read the JSON Schema of castellan.json, by which editors and models complete it.",
            Grants = [Grant.Anyone], OnInstallation = true,
        },
    ];

    private async ValueTask<ContractPlan> Plan(Call<PlanContract> call)
    {
        await access.Require(call, call.Input.App);
        var scope = call.Environment;
        var to = compiler.Compile(call.Input.Document);
        var current = await store.FindCurrent(scope, call.Input.App, within: null, call.Aborted);
        var from = current is null ? Contract.Empty : ContractCompiler.Trusted(current);
        var hash = ContractCompiler.HashOf(call.Input.Document);
        return ContractPlan.Of(current?.Version ?? 0, hash, hash != current?.Hash, ContractPlanner.Steps(from, to),
            IsLive(scope));
    }

    private async ValueTask<ApplyResult> Apply(WriteCall<ApplyContract, ApplyResult> call)
    {
        await access.Require(call, call.Input.App);
        if (call.Caller.Kind is CallerKind.Key && IsLive(call.Environment))
            throw new Refusal(ContractErrors.SandboxOnly);
        var document = new NewContract(
            call.Input.App, compiler.Compile(call.Input.Document), ContractCompiler.HashOf(call.Input.Document),
            call.Input.Document.GetRawText(), call.Input.Confirm, call.Input.Reason);
        if (await deployment.Unchanged(call.Environment, document, call.Aborted) is { } same) return same;
        return await call.Change(change => deployment.Deploy(change, call.Environment, call.Request, document));
    }

    private async ValueTask<ApplyResult> Promote(WriteCall<PromoteContract, ApplyResult> call)
    {
        var input = call.Input;
        await access.Require(call, input.App);
        if (input.From == call.Environment.Environment)
            throw new Refusal(ContractErrors.NoSuchVersion, "'from' is the environment that is promoted into.");
        return await call.Change(async change =>
        {
            var from = new EnvironmentScope(input.From, call.Environment.App);
            var version = await store.FindByHash(from, input.App, input.Hash, change)
                ?? throw new Refusal(ContractErrors.NoSuchVersion);
            var document = new NewContract(
                input.App, ContractCompiler.Trusted(version), version.Hash, version.Document, input.Confirm,
                input.Reason);
            return await deployment.Deploy(change, call.Environment, call.Request, document);
        });
    }

    private async ValueTask<AppliedContract> Get(Call<GetContract> call)
    {
        await access.Require(call, call.Input.App);
        var version = await store.FindCurrent(call.Environment, call.Input.App, within: null, call.Aborted)
            ?? throw new Refusal(GateProblems.NotFound, "The app has no contract in this environment.");
        return new AppliedContract(
            call.Input.App, call.Environment.Environment, version.Version, version.Hash, version.CreatedAt,
            new RawJson(Encoding.UTF8.GetBytes(version.Document)),
            (await rewrites.List(call.Environment, version.Number)).ConvertAll(r =>
                new RewriteProgress(r.Collection, r.Version, r.Copied, r.IsCopied, r.Error)));
    }

    private async ValueTask<ListOf<ContractLine>> List(Call<ListContracts> call)
    {
        await access.Require(call, call.Input.App);
        return await cursors.Page("contracts.list", call.Environment, call.Input.Page, [call.Input.App.Value],
            async (before, limit) =>
            {
                var versions = await store.List(
                    call.Environment, call.Input.App, before is null ? long.MaxValue : long.Parse(before), limit,
                    call.Aborted);
                return versions.ConvertAll(ContractLine.Of);
            },
            line => line.Version.ToString());
    }

    private static bool IsLive(EnvironmentScope scope) => scope.Environment != EnvironmentDirectory.Sandbox;
}
