using Castellan.Contracts;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Cel.Explaining;

namespace Castellan.Records;

/// <summary>
/// What a caller whom a rule denies gets to hear: in sandbox the rule and what was missing, else no more than that it
/// was denied.
/// </summary>
internal static class RuleDenials
{
    public static Refusal Refuse(RecordCall call, RuleKind kind, Judged judged)
    {
        // Whoever is not inside has come here for a public rule alone.
        if (!call.Activation.Caller.IsInside) return new Refusal(GateProblems.NotFound);
        if (call.Contract.Environment != EnvironmentDirectory.Sandbox) return new Refusal(RecordErrors.RuleDenied);
        var word = Wire.Name(kind);
        if (call.Rule(kind) is not { } rule)
        {
            return new Refusal(RecordErrors.RuleDenied.With(
                $"{call.Collection.Name} has no {word} rule, so {word} is locked for everybody.") with
            {
                Fix = $"Declare collections.{call.Collection.Name}.rules.{word} in castellan.json, such as "
                    + "\"owner\".",
            });
        }
        var missing = string.Join("; ", Reasons(call, kind, judged));
        return new Refusal(RecordErrors.RuleDenied.With(
            $"The {word} rule of {call.Collection.Name} is `{rule.Source}`. {missing}"));
    }

    /// <summary>
    /// The comparisons that would have had to hold, each in a line with the values that may be shown.
    /// </summary>
    public static IReadOnlyList<string> Reasons(RecordCall call, RuleKind kind, Judged judged)
    {
        if (call.Rule(kind) is not { Program: { } program }) return [];
        var activation = call.Activation.With(judged.Record, judged.Old);
        var reason = CelTrace.Explain(program, activation, (type, _) =>
            judged.MayShow || type != judged.Record.Collection.RecordType);
        return reason is null ? [] : [.. reason.Atoms().Select(Said)];
    }

    /// <summary>A part that looks at other records was decided by the database, which does not say why.</summary>
    private static string Said(CelReason part)
    {
        if (part.Error?.EndsWith(RecordDraft.LooksElsewhere, StringComparison.Ordinal) is not true)
            return part.ToString();
        return $"{part.Source} looks at another record: it, or what stands beside it, is not "
            + (part.Wanted ? "true" : "false");
    }
}

/// <summary>
/// What a rule has judged. Values of the record are told to whoever may read it, or is writing it, and to nobody else.
/// </summary>
internal sealed record Judged(RecordDraft Record, RecordDraft? Old, bool MayShow);
