using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;

namespace Castellan.Contracts.Rules;

/// <summary>
/// A compiled rule. There is no way to ask it without a <see cref="RuleCaller"/>: whoever is not inside of the tenant
/// passes a public rule and no other.
/// </summary>
internal sealed class Rule(string source, CelProgram? program, SqlPredicate? predicate)
{
    public string Source => source;

    /// <summary>The one word that somebody typed: it lets through whoever shows the app's key.</summary>
    public bool IsPublic => program is null;

    public CelProgram? Program => program;

    /// <summary>
    /// True where it compares with what an update found, so that it judges the change and not the record.
    /// </summary>
    public bool ReadsOld { get; } = program?.Root.DependsOn("old") is true;

    /// <summary>True where it looks at other records, so that only the database can answer it.</summary>
    public bool FollowsReferences { get; } = program is not null && RuleReferences.Follows(program.Root);

    /// <summary>As a condition on rows of a table named <paramref name="alias"/>.</summary>
    public BoundPredicate Bind(RuleActivation activation, string alias)
    {
        if (IsPublic) return BoundPredicate.Always;
        return activation.Caller.IsInside ? predicate!.Bind(activation, new(alias)) : BoundPredicate.Never;
    }

    /// <summary>In memory, on the record that the activation holds. An error is a denial.</summary>
    public bool Holds(RuleActivation activation) =>
        IsPublic || (activation.Caller.IsInside && program!.Evaluate(activation).IsTrue);
}

/// <summary>The rules of a collection; null where the operation is locked.</summary>
internal sealed class RuleSet(IReadOnlyDictionary<RuleKind, Rule> rules)
{
    public Rule? this[RuleKind kind] => rules.GetValueOrDefault(kind);
}

internal static class RuleReferences
{
    /// <summary>Whether a field leads to another record, or to a list of them.</summary>
    public static bool Follows(CelExpr root) => root.All().Any(node =>
        node is CelSelect { Declared.Type: var type } && LeadsOn(type.Inner));

    private static bool LeadsOn(CelType type) =>
        type is CelObjectType || type is CelListType { Item: CelObjectType };
}
