using System.Text.Json;
using System.Text.Json.Serialization;
using Castellan.Contracts.Dropped;
using Castellan.Kernel;
using Castellan.Platform.Json;

namespace Castellan.Contracts;

internal sealed record PlanContract(AppId App, JsonElement Document)
{
    public static PlanContract Bind(Input input) => new(input.Path<AppKind>("app"), input.Object("contract"));
}

internal sealed record ApplyContract(
    AppId App, JsonElement Document, IReadOnlyList<string> Confirm, string? Reason)
{
    public static ApplyContract Bind(Input input) => new(
        input.Path<AppKind>("app"),
        input.Object("contract"),
        input.TextsOrNull("confirm", maxItems: 200, max: 200) ?? [],
        input.TextOrNull("reason", max: 500));
}

/// <summary>Carries a version from another environment into the one that the call is about.</summary>
internal sealed record PromoteContract(
    AppId App, string From, string Hash, IReadOnlyList<string> Confirm, string Reason)
{
    public static PromoteContract Bind(Input input) => new(
        input.Path<AppKind>("app"),
        input.TextOrNull("from", max: 40) ?? "sandbox",
        input.Text("hash", max: 64, min: 64),
        input.TextsOrNull("confirm", maxItems: 200, max: 200) ?? [],
        input.Text("reason", max: 500, min: 3));
}

internal sealed record GetContract(AppId App)
{
    public static GetContract Bind(Input input) => new(input.Path<AppKind>("app"));
}

internal sealed record ListContracts(AppId App, Page Page)
{
    public static ListContracts Bind(Input input) => new(input.Path<AppKind>("app"), input.Page());
}

/// <summary>The version in force. <paramref name="Document"/> is the contract's text as it was applied.</summary>
internal sealed record AppliedContract(
    AppId AppId, string Environment, long Version, string Hash, DateTimeOffset AppliedAt, RawJson Document,
    IReadOnlyList<RewriteProgress> Rewrites)
    : IVersioned;

/// <summary>
/// A table on its way to another version: how many records are copied, or why it was given up. The contract in force
/// goes on to answer until it is done.
/// </summary>
internal sealed record RewriteProgress(string Collection, long ToVersion, long Copied, bool Done, string? Error);

[JsonConverter(typeof(NameConverter<ApplyStatus>))]
internal enum ApplyStatus
{
    Applied,

    /// <summary>Tables are being rewritten; then it is in force.</summary>
    Rewriting,

    /// <summary>A rewrite was given up; what was in force before still is.</summary>
    Failed,
}

/// <summary>
/// What apply did. <paramref name="Changed"/> is false where the same contract was in force already. One that has to
/// rewrite tables is in force when they are done; <c>contracts.get</c> tells how far they are.
/// </summary>
internal sealed record ApplyResult(
    AppId AppId, string Environment, long Version, string Hash, bool Changed, ApplyStatus Status,
    IReadOnlyList<PlanStep> Steps)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("contract", $"{AppId}/{Environment}");
}

/// <summary>One line of a contract's history.</summary>
internal sealed record ContractLine(
    long Version, string Hash, DateTimeOffset AppliedAt, CallerKind ActorKind, string ActorId, string? Reason)
{
    public static ContractLine Of(ContractVersion version) => new(
        version.Version, version.Hash, version.CreatedAt, version.ActorKind, version.ActorId, version.Reason);
}

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(ContractPlan))]
[JsonSerializable(typeof(ApplyResult))]
[JsonSerializable(typeof(AppliedContract))]
[JsonSerializable(typeof(ListOf<ContractLine>))]
[JsonSerializable(typeof(KeptData))]
[JsonSerializable(typeof(ListOf<KeptData>))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ContractsJson : JsonSerializerContext
{
    public static ContractsJson Wire { get; } = new(Kernel.Wire.Options);
}
