using System.Text.Json;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>
/// A compiled schema object. Its type decides first; then the checks for values of that kind run, those for any kind,
/// and last what asks for the parts that nobody has evaluated.
/// </summary>
internal sealed class SchemaNode
{
    private JsonTypes types = JsonTypes.All;
    private Check[] forTexts = [];
    private Check[] forNumbers = [];
    private Check[] forLists = [];
    private Check[] forObjects = [];
    private Check[] forAll = [];
    private UnevaluatedCheck? unevaluatedItems;
    private UnevaluatedCheck? unevaluatedMembers;

    /// <summary>The schema true, and every one that asks for nothing.</summary>
    public static SchemaNode Anything { get; } = new();

    /// <summary>The schema false.</summary>
    public static SchemaNode Nothing { get; } = new() { types = JsonTypes.None };

    /// <summary>Whether no value is valid.</summary>
    public bool IsNothing => types == JsonTypes.None;

    /// <summary>Which types may be valid.</summary>
    public JsonTypes Types => types;

    /// <summary>
    /// Gives the node its checks. Apart from its making, because a schema may refer to itself.
    /// </summary>
    public void Fill(NodeParts parts)
    {
        types = parts.Types;
        forTexts = [.. parts.ForTexts];
        forNumbers = [.. parts.ForNumbers];
        forLists = [.. parts.ForLists];
        forObjects = [.. parts.ForObjects];
        forAll = [.. parts.ForAll];
        (unevaluatedItems, unevaluatedMembers) = (parts.UnevaluatedItems, parts.UnevaluatedMembers);
    }

    public bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var kind = value.ValueKind;
        if (!Admits(kind, value) || !run.Enter()) return false;
        var holds = kind switch
        {
            JsonValueKind.Object => unevaluatedMembers is null
                ? Hold(forObjects, value, ref run, seen) && Hold(forAll, value, ref run, seen)
                : HoldWholly(forObjects, unevaluatedMembers, value, ref run, seen),
            JsonValueKind.Array => unevaluatedItems is null
                ? Hold(forLists, value, ref run, seen) && Hold(forAll, value, ref run, seen)
                : HoldWholly(forLists, unevaluatedItems, value, ref run, seen),
            JsonValueKind.String => Hold(forTexts, value, ref run, null) && Hold(forAll, value, ref run, null),
            JsonValueKind.Number => Hold(forNumbers, value, ref run, null) && Hold(forAll, value, ref run, null),
            _ => Hold(forAll, value, ref run, null),
        };
        run.Leave();
        return holds;
    }

    public void Explain(in JsonElement value, Place at, Report report)
    {
        if (report.IsFull) return;
        var kind = value.ValueKind;
        if (!Admits(kind, value))
        {
            report.Add(WrongType(value, at));
            return;
        }
        if (!report.Run.Enter()) return;
        var before = report.Failures.Count;
        foreach (var check in Own(kind)) check.Explain(value, at, report);
        foreach (var check in forAll) check.Explain(value, at, report);
        var last = kind switch
        {
            JsonValueKind.Object => unevaluatedMembers,
            JsonValueKind.Array => unevaluatedItems,
            _ => null,
        };
        // What has failed has evaluated nothing, so all that it looked at would be reported here again.
        if (last is not null && report.Failures.Count == before) ExplainRest(last, kind, value, at, report);
        report.Run.Leave();
    }

    private static bool Hold(Check[] checks, in JsonElement value, ref Run run, Evaluated? seen)
    {
        foreach (var check in checks)
        {
            if (!check.IsValid(value, ref run, seen)) return false;
        }
        return true;
    }

    private bool HoldWholly(
        Check[] own, UnevaluatedCheck last, in JsonElement value, ref Run run, Evaluated? seen)
    {
        var mine = new Evaluated();
        var holds = Hold(own, value, ref run, mine) && Hold(forAll, value, ref run, mine)
            && last.IsValid(value, ref run, mine);
        if (holds) seen?.MarkAll();
        return holds;
    }

    private void ExplainRest(
        UnevaluatedCheck last, JsonValueKind kind, in JsonElement value, Place at, Report report)
    {
        var mine = new Evaluated();
        if (Hold(Own(kind), value, ref report.Run, mine) && Hold(forAll, value, ref report.Run, mine))
            last.Explain(value, mine, at, report);
    }

    private Check[] Own(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => forObjects,
        JsonValueKind.Array => forLists,
        JsonValueKind.String => forTexts,
        JsonValueKind.Number => forNumbers,
        _ => [],
    };

    private bool Admits(JsonValueKind kind, in JsonElement value)
    {
        var type = TypeSet.Of(kind);
        if (kind is not JsonValueKind.Number) return (types & type) != JsonTypes.None;
        return (types & type) switch
        {
            JsonTypes.Number => true,
            JsonTypes.Integer => ExactNumber.IsWhole(value),
            _ => false,
        };
    }

    private SchemaFailure WrongType(in JsonElement value, Place at)
    {
        if (IsNothing)
            return new SchemaFailure(at.Pointer, "not_allowed", $"{at.Name} may not be there.", "Leave it out.");
        var wanted = Excerpt.Either(TypeSet.Describe(types));
        var found = value.ValueKind is JsonValueKind.Number && types.HasFlag(JsonTypes.Integer)
            ? Excerpt.Of(value)
            : TypeSet.Describe(value);
        var detail = $"{at.Name} must be {wanted} and is {found}.";
        return new SchemaFailure(at.Pointer, "wrong_type", detail, $"Send {wanted}.");
    }
}

/// <summary>What the compiler has gathered for a node.</summary>
internal sealed class NodeParts
{
    public JsonTypes Types { get; set; } = JsonTypes.All;

    public List<Check> ForTexts { get; } = [];

    public List<Check> ForNumbers { get; } = [];

    public List<Check> ForLists { get; } = [];

    public List<Check> ForObjects { get; } = [];

    public List<Check> ForAll { get; } = [];

    public UnevaluatedCheck? UnevaluatedItems { get; set; }

    public UnevaluatedCheck? UnevaluatedMembers { get; set; }
}
