using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Castellan.Platform.JsonSchema.Patterns;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>
/// The keywords that look at members, in one pass: properties, patternProperties, additionalProperties, propertyNames
/// and required (core, section 10.3.2; validation, section 6.5.3).
/// </summary>
internal sealed class ObjectCheck : Check
{
    /// <summary>Required names that are counted in the pass; the compiler makes other checks of those beyond.</summary>
    public const int RequiredMax = 64;

    private readonly string[] names;
    private readonly SchemaNode?[] declared;
    private readonly NameTable table;
    private readonly ulong required;

    /// <summary>
    /// <paramref name="names"/> are the <paramref name="required"/> ones and then the other declared ones;
    /// <paramref name="declared"/> has the schema of each that is declared.
    /// </summary>
    public ObjectCheck(string[] names, SchemaNode?[] declared, int required)
    {
        (this.names, this.declared) = (names, declared);
        this.required = required == RequiredMax ? ulong.MaxValue : (1UL << required) - 1;
        table = new NameTable([.. names.Select(Encoding.UTF8.GetBytes)]);
    }

    public (Pattern Pattern, SchemaNode Node)[] ByPattern { get; init; } = [];

    public SchemaNode? Additional { get; init; }

    public SchemaNode? Names { get; init; }

    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        ulong found = 0;
        var expected = 0;
        var place = 0;
        foreach (var member in value.EnumerateObject())
        {
            using var name = new JsonText(JsonMarshal.GetRawUtf8PropertyName(member));
            var index = table.Find(name.Utf8, expected);
            var evaluated = false;
            if (index >= 0)
            {
                expected = index + 1;
                if (index < RequiredMax) found |= 1UL << index;
                if (declared[index] is { } node)
                {
                    if (!node.IsValid(member.Value, ref run, null)) return false;
                    evaluated = true;
                }
            }
            if (!OthersHold(name.Utf8, member, ref evaluated, ref run)) return false;
            if (evaluated) seen?.Mark(place);
            place++;
        }
        return (found & required) == required;
    }

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        ulong found = 0;
        foreach (var member in value.EnumerateObject())
        {
            using var name = new JsonText(JsonMarshal.GetRawUtf8PropertyName(member));
            var index = table.Find(name.Utf8, -1);
            if (index is >= 0 and < RequiredMax) found |= 1UL << index;
            var text = Encoding.UTF8.GetString(name.Utf8);
            if (Names is not null) ExplainName(text, member, at, report);
            ExplainMember(index < 0 ? null : declared[index], name.Utf8, text, member.Value, at, report);
        }
        for (var i = 0; i < names.Length && i < RequiredMax; i++)
        {
            if ((required & ~found & (1UL << i)) != 0) report.Add(Missing.Failure(names[i], declared[i], at));
        }
    }

    private bool OthersHold(ReadOnlySpan<byte> name, in JsonProperty member, ref bool evaluated, ref Run run)
    {
        foreach (var (pattern, node) in ByPattern)
        {
            if (!pattern.Matches(name, ref run)) continue;
            if (!node.IsValid(member.Value, ref run, null)) return false;
            evaluated = true;
        }
        if (Additional is not null && !evaluated)
        {
            if (!Additional.IsValid(member.Value, ref run, null)) return false;
            evaluated = true;
        }
        return Names is null || Names.IsValid(AsValue(member), ref run, null);
    }

    private void ExplainMember(
        SchemaNode? own, ReadOnlySpan<byte> name, string text, in JsonElement value, Place at, Report report)
    {
        var evaluated = own is not null;
        own?.Explain(value, at.Member(text), report);
        foreach (var (pattern, node) in ByPattern)
        {
            if (!pattern.Matches(name, ref report.Run)) continue;
            node.Explain(value, at.Member(text), report);
            evaluated = true;
        }
        if (evaluated || Additional is null) return;
        if (Additional.IsNothing) report.Add(Unknown.Member(text, names, at));
        else Additional.Explain(value, at.Member(text), report);
    }

    private void ExplainName(string text, in JsonProperty member, Place at, Report report)
    {
        var name = AsValue(member);
        if (Names!.IsValid(name, ref report.Run, null)) return;
        var inner = new Report(1) { Run = report.Run };
        Names.Explain(name, Place.Root, inner);
        report.Run = inner.Run;
        var why = inner.Failures.Count == 0 ? "" : $" {inner.Failures[0].Detail}";
        report.Add(at.Member(text), "bad_name", $"'{Excerpt.Of(text)}' may not be the name of a property.{why}",
            "Rename it, or leave it out.");
    }

    /// <summary>A name as a value of its own, which takes a document of its own.</summary>
    private static JsonElement AsValue(in JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        var quoted = new byte[raw.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        raw.CopyTo(quoted.AsSpan(1));
        return JsonElement.Parse(quoted);
    }
}

/// <summary>A member that must be there.</summary>
internal static class Missing
{
    public static SchemaFailure Failure(string name, SchemaNode? node, Place at)
    {
        var types = node is null || node.Types is JsonTypes.All or JsonTypes.None
            ? "" : $" as {Excerpt.Either(TypeSet.Describe(node.Types))}";
        return new SchemaFailure(at.Member(name).Pointer, "required", $"'{Excerpt.Of(name)}' is missing.",
            $"Send '{Excerpt.Of(name)}'{types}.");
    }
}

/// <summary>A member that nothing declares.</summary>
internal static class Unknown
{
    public static SchemaFailure Member(string name, IEnumerable<string> declared, Place at)
    {
        var fix = Nearest.To(name, declared) is { } near ? $"Rename it to '{near}', or leave it out." : "Leave it out.";
        return new SchemaFailure(at.Member(name).Pointer, "unknown_field",
            $"'{Excerpt.Of(name)}' is not a declared property.", fix);
    }
}
