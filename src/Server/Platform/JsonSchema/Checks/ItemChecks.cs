using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>prefixItems and items (core, section 10.3.1).</summary>
internal sealed class ItemsCheck(SchemaNode[] first, SchemaNode? others) : Check
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var node = index < first.Length ? first[index] : others;
            if (node is null) break;
            if (!node.IsValid(item, ref run, null)) return false;
            seen?.Mark(index);
            index++;
        }
        return true;
    }

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var node = index < first.Length ? first[index] : others;
            if (node is null || report.IsFull) return;
            if (node.IsNothing)
            {
                report.Add(at, "too_many", $"{at.Name} may have {Excerpt.Count(index, "entry", "entries")} and has "
                    + $"{value.GetArrayLength()}.", "Remove those at the end.");
                return;
            }
            node.Explain(item, at.Item(index), report);
            index++;
        }
    }
}

/// <summary>contains with minContains and maxContains (core, section 10.3.1.3; validation, section 6.4.4).</summary>
internal sealed class ContainsCheck(SchemaNode node, int min, int max) : Check
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var count = Count(value, ref run, seen);
        return count >= min && count <= max;
    }

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        var count = Count(value, ref report.Run, null);
        if (count < min)
        {
            report.Add(at, "contains_too_few", $"{at.Name} must hold at least {Excerpt.Count(min, "entry", "entries")} "
                + $"of a certain kind and holds {count}.", "Add such an entry.");
        }
        if (count > max)
        {
            report.Add(at, "contains_too_many", $"{at.Name} may hold at most {Excerpt.Count(max, "entry", "entries")} "
                + $"of a certain kind and holds {count}.", "Remove some of them.");
        }
    }

    private int Count(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var (count, index) = (0, -1);
        foreach (var item in value.EnumerateArray())
        {
            index++;
            if (!node.IsValid(item, ref run, null)) continue;
            count++;
            seen?.Mark(index);
            // Whoever collects what was evaluated must see all of them.
            if (seen is null && max == int.MaxValue && count >= min) break;
        }
        return count;
    }
}
