using System.Text.Json;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>
/// unevaluatedItems and unevaluatedProperties (core, section 11): runs last in its schema object, over what the other
/// keywords there, and the schemas that they applied to the same value, have not evaluated.
/// </summary>
internal sealed class UnevaluatedCheck(SchemaNode node, IReadOnlyList<string> declared)
{
    public bool IsValid(in JsonElement value, ref Run run, Evaluated seen)
    {
        var index = 0;
        if (value.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (!seen[index++] && !node.IsValid(item, ref run, null)) return false;
            }
            return true;
        }
        foreach (var member in value.EnumerateObject())
        {
            if (!seen[index++] && !node.IsValid(member.Value, ref run, null)) return false;
        }
        return true;
    }

    public void Explain(in JsonElement value, Evaluated seen, Place at, Report report)
    {
        if (value.ValueKind is JsonValueKind.Array) ExplainItems(value, seen, at, report);
        else ExplainMembers(value, seen, at, report);
    }

    private void ExplainItems(in JsonElement value, Evaluated seen, Place at, Report report)
    {
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var place = at.Item(index);
            if (seen[index++]) continue;
            if (!node.IsNothing) node.Explain(item, place, report);
            else report.Add(place, "unknown_item", $"{place.Name} is not a declared entry.", "Remove it.");
        }
    }

    private void ExplainMembers(in JsonElement value, Evaluated seen, Place at, Report report)
    {
        var index = 0;
        foreach (var member in value.EnumerateObject())
        {
            if (seen[index++]) continue;
            var name = JsonText.NameOf(member);
            if (node.IsNothing) report.Add(Unknown.Member(name, declared, at));
            else node.Explain(member.Value, at.Member(name), report);
        }
    }
}
