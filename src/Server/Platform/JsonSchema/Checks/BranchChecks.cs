using System.Text.Json;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>A reference, or a branch of allOf: another schema for the same value.</summary>
internal sealed class AlsoCheck(SchemaNode node) : Check
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen) =>
        node.IsValid(value, ref run, seen);

    public override void Explain(in JsonElement value, Place at, Report report) => node.Explain(value, at, report);
}

internal sealed class AnyOfCheck(SchemaNode[] branches) : Check
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var holds = false;
        foreach (var branch in branches)
        {
            // Whoever collects what was evaluated must hear every branch that holds.
            var mine = seen is null ? null : new Evaluated();
            if (!branch.IsValid(value, ref run, mine)) continue;
            if (seen is null) return true;
            seen.Add(mine!);
            holds = true;
        }
        return holds;
    }

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        if (!IsValid(value, ref report.Run, null)) ClosestBranch.Explain(branches, value, at, report);
    }
}

internal sealed class OneOfCheck(SchemaNode[] branches) : Check
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        Evaluated? first = null;
        var count = 0;
        foreach (var branch in branches)
        {
            var mine = seen is null ? null : new Evaluated();
            if (!branch.IsValid(value, ref run, mine)) continue;
            if (++count > 1) return false;
            first = mine;
        }
        if (first is not null) seen?.Add(first);
        return count == 1;
    }

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        var matching = new List<string>();
        for (var i = 0; i < branches.Length; i++)
        {
            if (branches[i].IsValid(value, ref report.Run, null)) matching.Add($"{i + 1}");
        }
        if (matching.Count == 0) ClosestBranch.Explain(branches, value, at, report);
        else if (matching.Count > 1)
        {
            report.Add(at, "several_match",
                $"{at.Name} must match exactly one of {branches.Length} alternatives and matches {matching.Count}: "
                + $"{string.Join(", ", matching.Take(10))}.", "Change it so that only one of them fits.");
        }
    }
}

internal sealed class NotCheck(SchemaNode node) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen) =>
        !node.IsValid(value, ref run, null);

    protected override SchemaFailure Failure(in JsonElement value, Place at) => new(at.Pointer, "excluded",
        $"{at.Name} is {Excerpt.Of(value)}, and the schema's 'not' excludes it.", "Send another value.");
}

/// <summary>if, then and else (core, section 10.2.2).</summary>
internal sealed class IfCheck(SchemaNode condition, SchemaNode then, SchemaNode otherwise) : Check
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var mine = seen is null ? null : new Evaluated();
        if (!condition.IsValid(value, ref run, mine)) return otherwise.IsValid(value, ref run, seen);
        if (mine is not null) seen!.Add(mine);
        return then.IsValid(value, ref run, seen);
    }

    public override void Explain(in JsonElement value, Place at, Report report) =>
        (condition.IsValid(value, ref report.Run, null) ? then : otherwise).Explain(value, at, report);
}

/// <summary>Says why no branch holds, in the words of the one that the value comes closest to.</summary>
internal static class ClosestBranch
{
    /// <summary>Branches that are compared; those beyond are not explained.</summary>
    private const int BranchesMax = 32;

    /// <summary>
    /// A branch that wants another type altogether, or another fixed value, was not meant: such failures weigh more.
    /// </summary>
    private const int OtherType = 100;
    private const int OtherValue = 10;

    public static void Explain(SchemaNode[] branches, in JsonElement value, Place at, Report report)
    {
        IReadOnlyList<SchemaFailure> closest = [];
        var least = int.MaxValue;
        var isTie = false;
        foreach (var branch in branches.Take(BranchesMax))
        {
            var inner = new Report(SchemaLimits.BranchFailures) { Run = report.Run };
            branch.Explain(value, at, inner);
            report.Run = inner.Run;
            var weight = inner.Failures.Sum(f => Weight(f, at.Pointer));
            if (inner.Failures.Count == 0) continue;
            isTie = weight == least;
            if (weight < least) (closest, least) = (inner.Failures, weight);
        }
        if (least >= OtherType && AllTypes(branches) is { } types)
        {
            var wanted = Excerpt.Either(TypeSet.Describe(types));
            var detail = $"{at.Name} must be {wanted} and is {TypeSet.Describe(value)}.";
            report.Add(at, "wrong_type", detail, $"Send {wanted}.");
        }
        else if (closest.Count == 0 || isTie || least >= OtherType)
        {
            report.Add(at, "no_match", $"{at.Name} matches none of its {branches.Length} alternatives.",
                closest.Count == 0 ? "Compare it with the schema." : $"For one of them: {closest[0].Fix}");
        }
        else
        {
            foreach (var failure in closest) report.Add(failure);
        }
    }

    private static int Weight(SchemaFailure failure, string pointer)
    {
        var isHere = failure.Pointer == pointer;
        return failure.Code switch
        {
            "wrong_type" or "not_allowed" when isHere => OtherType,
            "not_the_value" or "not_a_choice" or "wrong_type" => OtherValue,
            _ => 1,
        };
    }

    /// <summary>The types that branches want, or null where one does not say.</summary>
    private static JsonTypes? AllTypes(SchemaNode[] branches)
    {
        var all = JsonTypes.None;
        foreach (var branch in branches) all |= branch.Types;
        return all is JsonTypes.All or JsonTypes.None ? null : all;
    }
}
