using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Contracts;

/// <summary>
/// What applying a document would do to what is there. <paramref name="Confirm"/> lists the words that apply wants to
/// hear in <c>confirm</c>: each names the object that it is about.
/// </summary>
internal sealed record ContractPlan(
    long CurrentVersion, string Hash, bool Changes, IReadOnlyList<PlanStep> Steps, IReadOnlyList<string> Confirm,
    IReadOnlyList<string> NeedsAPerson)
{
    public static ContractPlan Of(
        long version, string hash, bool changes, IReadOnlyList<PlanStep> steps, bool isLive) =>
        new(version, hash, changes, steps,
            [
                .. steps.Where(s => s.Confirm is not null && (isLive || s.Risk is not Risk.Opens))
                    .Select(s => s.Confirm!),
            ],
            [.. steps.Where(s => s.Confirm is not null).Select(s => s.Summary)]);
}

/// <summary>
/// One difference. <paramref name="Object"/> is what it is about: <c>tasks</c>, <c>tasks.title</c>,
/// <c>tasks.rules.list</c>, <c>roles.editor</c>.
/// </summary>
internal sealed record PlanStep(StepKind Kind, string Object, Risk Risk, string Summary)
{
    /// <summary>The words that confirm it, where it needs a person's confirmation.</summary>
    public string? Confirm { get; init; }

    [JsonIgnore]
    public string Collection => Object.Split('.')[0];

    [JsonIgnore]
    public string Member => Object[(Object.IndexOf('.', StringComparison.Ordinal) + 1)..];
}

[JsonConverter(typeof(NameConverter<StepKind>))]
internal enum StepKind
{
    AddCollection,
    DropCollection,
    AddField,
    DropField,
    ChangeFieldType,
    ChangeSchema,
    AddIndex,
    DropIndex,
    AddReference,
    DropReference,
    ChangeReference,
    ChangeRule,
    ChangeSetting,
    AddRole,
    DropRole,
    ChangeRole,
    ChangePermissions,
}

/// <summary>The worst that a step can do.</summary>
[JsonConverter(typeof(NameConverter<Risk>))]
internal enum Risk
{
    /// <summary>Nothing that worked stops working, and nobody sees more.</summary>
    Safe,

    /// <summary>Calls that were let through may be refused, or writers wait while an index is built.</summary>
    Locks,

    /// <summary>Every row of a table is written anew, in the background.</summary>
    Rewrites,

    /// <summary>Data stop being there. They are kept for a grace period under another name.</summary>
    Destroys,

    /// <summary>Somebody may see or do what he or she could not.</summary>
    Opens,
}
