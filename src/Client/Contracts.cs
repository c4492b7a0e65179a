using System.Text.Json;
using System.Text.Json.Serialization;

namespace Castellan.Client;

/// <summary>What applying a contract would change.</summary>
/// <param name="CurrentVersion">The version in force, which was compared with; 0 where there is none.</param>
/// <param name="Hash">Lower-case hex of the SHA-256 of the document's canonical form (RFC 8785).</param>
/// <param name="Changes">False where the same document is in force already.</param>
/// <param name="Steps">Every difference.</param>
/// <param name="Confirm">The words that apply wants to hear in this environment.</param>
/// <param name="NeedsAPerson">What a person should decide, in sentences.</param>
public sealed record ContractPlan(
    long CurrentVersion, string Hash, bool Changes, IReadOnlyList<PlanStep> Steps, IReadOnlyList<string> Confirm,
    IReadOnlyList<string> NeedsAPerson);

/// <summary>One difference of two contracts.</summary>
/// <param name="Kind">Such as add_collection, drop_field, change_rule.</param>
/// <param name="Object">What it is about: <c>tasks</c>, <c>tasks.title</c>, <c>tasks.rules.list</c>.</param>
/// <param name="Risk">The worst that it can do: safe, locks, rewrites, destroys or opens.</param>
/// <param name="Summary">A sentence.</param>
/// <param name="Confirm">The words that confirm it; null where it needs none.</param>
public sealed record PlanStep(string Kind, string Object, string Risk, string Summary, string? Confirm = null);

/// <summary>What apply or promote did.</summary>
/// <param name="AppId"><c>app_...</c></param>
/// <param name="Environment">sandbox or live.</param>
/// <param name="Version">The version that is in force now; counts from 1.</param>
/// <param name="Hash">As in <see cref="ContractPlan"/>.</param>
/// <param name="Changed">False where the same document was in force already.</param>
/// <param name="Status">
/// applied; rewriting, where tables are being written anew and the version is in force when they are done; or failed.
/// </param>
/// <param name="Steps">What was carried out.</param>
public sealed record AppliedChange(
    string AppId, string Environment, long Version, string Hash, bool Changed, string Status,
    IReadOnlyList<PlanStep> Steps);

/// <summary>A collection on its way to another version.</summary>
/// <param name="Collection">Its name.</param>
/// <param name="ToVersion">The version that it is written anew for.</param>
/// <param name="Copied">Records that are done.</param>
/// <param name="Done">Whether it waits for nothing but the others.</param>
/// <param name="Error">Why it was given up; null where it was not.</param>
public sealed record ContractRewrite(string Collection, long ToVersion, long Copied, bool Done, string? Error);

/// <summary>The contract in force.</summary>
/// <param name="AppId"><c>app_...</c></param>
/// <param name="Environment">sandbox or live.</param>
/// <param name="Version">Counts from 1.</param>
/// <param name="Hash">As in <see cref="ContractPlan"/>.</param>
/// <param name="AppliedAt">Since when it is in force.</param>
/// <param name="Document">castellan.json; its raw text is what was applied.</param>
/// <param name="Rewrites">What is on its way to the next version.</param>
public sealed record AppliedContract(
    string AppId, string Environment, long Version, string Hash, DateTimeOffset AppliedAt, JsonElement Document,
    IReadOnlyList<ContractRewrite> Rewrites);

/// <summary>One line of a contract's history.</summary>
/// <param name="Version">Counts from 1.</param>
/// <param name="Hash">As in <see cref="ContractPlan"/>.</param>
/// <param name="AppliedAt">When it came into force.</param>
/// <param name="ActorKind">operator, key or agent.</param>
/// <param name="ActorId">Who applied it.</param>
/// <param name="Reason">What was given as the reason.</param>
public sealed record ContractLine(
    long Version, string Hash, DateTimeOffset AppliedAt, string ActorKind, string ActorId, string? Reason);

/// <summary>What a contract has dropped and the database still keeps.</summary>
/// <param name="Number">Names it.</param>
/// <param name="Collection">The collection that it was, or was of.</param>
/// <param name="Property">Null where the whole collection was dropped.</param>
/// <param name="KeptAs">The column or table that holds it.</param>
/// <param name="DroppedAt">When it was put aside.</param>
/// <param name="ErasedAfter">When it is erased, within the hour.</param>
public sealed record KeptData(
    long Number, string Collection, string? Property, string KeptAs, DateTimeOffset DroppedAt,
    DateTimeOffset ErasedAfter);

/// <summary>How a contract is put in force.</summary>
public sealed record ContractConsent
{
    /// <summary>The words of <see cref="ContractPlan.Confirm"/>; null confirms nothing.</summary>
    public IReadOnlyList<string>? Confirm { get; init; }

    /// <summary>3 to 500 characters, kept in the audit log. Promotion needs one.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The version that must still be in force, such as <see cref="ContractPlan.CurrentVersion"/>: what was reviewed is
    /// what is changed. Null changes whichever is.
    /// </summary>
    public long? IfVersion { get; init; }
}

/// <param name="Contract">castellan.json as UTF-8, sent as it is.</param>
internal sealed record ContractToPlan([property: JsonConverter(typeof(Verbatim))] ReadOnlyMemory<byte> Contract);

internal sealed record ContractToApply(
    [property: JsonConverter(typeof(Verbatim))] ReadOnlyMemory<byte> Contract, IReadOnlyList<string>? Confirm,
    string? Reason);

internal sealed record ContractToPromote(string From, string Hash, IReadOnlyList<string>? Confirm, string? Reason);
