using System.Text;
using System.Text.Json;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>Members of required beyond those that <see cref="ObjectCheck"/> counts.</summary>
internal sealed class RequiredCheck(IReadOnlyList<string> names) : Check
{
    private readonly byte[][] encoded = [.. names.Select(Encoding.UTF8.GetBytes)];

    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        foreach (var name in encoded)
        {
            if (!JsonText.TryGetMember(value, name, out _)) return false;
        }
        return true;
    }

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        for (var i = 0; i < encoded.Length; i++)
        {
            if (!JsonText.TryGetMember(value, encoded[i], out _)) report.Add(Missing.Failure(names[i], null, at));
        }
    }
}

/// <summary>One name of dependentRequired (validation, section 6.5.4).</summary>
internal sealed class DependentRequiredCheck(string name, IReadOnlyList<string> needed) : Check
{
    private readonly byte[] encodedName = Encoding.UTF8.GetBytes(name);
    private readonly byte[][] encoded = [.. needed.Select(Encoding.UTF8.GetBytes)];

    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        if (!JsonText.TryGetMember(value, encodedName, out _)) return true;
        foreach (var other in encoded)
        {
            if (!JsonText.TryGetMember(value, other, out _)) return false;
        }
        return true;
    }

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        if (!JsonText.TryGetMember(value, encodedName, out _)) return;
        for (var i = 0; i < encoded.Length; i++)
        {
            if (JsonText.TryGetMember(value, encoded[i], out _)) continue;
            report.Add(at.Member(needed[i]), "required_with",
                $"'{Excerpt.Of(needed[i])}' is missing, and '{Excerpt.Of(name)}' needs it.",
                $"Send '{Excerpt.Of(needed[i])}', or leave '{Excerpt.Of(name)}' out.");
        }
    }
}

/// <summary>One name of dependentSchemas (core, section 10.2.2.4).</summary>
internal sealed class DependentSchemaCheck(string name, SchemaNode node) : Check
{
    private readonly byte[] encodedName = Encoding.UTF8.GetBytes(name);

    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen) =>
        !JsonText.TryGetMember(value, encodedName, out _) || node.IsValid(value, ref run, seen);

    public override void Explain(in JsonElement value, Place at, Report report)
    {
        if (!JsonText.TryGetMember(value, encodedName, out _)) return;
        if (!node.IsNothing) node.Explain(value, at, report);
        else
        {
            report.Add(at.Member(name), "not_allowed", $"'{Excerpt.Of(name)}' may not be there.", "Leave it out.");
        }
    }
}
