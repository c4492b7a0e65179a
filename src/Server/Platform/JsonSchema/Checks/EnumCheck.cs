using System.Text;
using System.Text.Json;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>enum and const (validation, sections 6.1.2 and 6.1.3). Values are found by hash.</summary>
internal sealed class EnumCheck : Assertion
{
    /// <summary>Values that a sentence lists.</summary>
    private const int ShownMax = 12;

    private readonly JsonElement[] all;
    private readonly Dictionary<int, JsonElement[]> others;
    private readonly NameTable texts;

    /// <summary>Keeps <paramref name="values"/>, whose document must live as long.</summary>
    public EnumCheck(IEnumerable<JsonElement> values)
    {
        all = [.. values];
        others = all.Where(v => v.ValueKind is not JsonValueKind.String).GroupBy(v => DeepEquality.Hash(v))
            .ToDictionary(group => group.Key, group => group.ToArray());
        texts = new NameTable([.. Texts().Distinct().Select(Encoding.UTF8.GetBytes)]);
    }

    /// <summary>Whether the keyword is const.</summary>
    public bool IsConst { get; init; }

    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        if (value.ValueKind is JsonValueKind.String)
        {
            using var text = JsonText.Of(value);
            return texts.Find(text.Utf8, -1) >= 0;
        }
        if (others.Count == 0 || !others.TryGetValue(DeepEquality.Hash(value), out var alike)) return false;
        foreach (var other in alike)
        {
            if (DeepEquality.Equal(other, value)) return true;
        }
        return false;
    }

    private IEnumerable<string> Texts() =>
        all.Where(v => v.ValueKind is JsonValueKind.String).Select(v => JsonText.StringOf(v));

    protected override SchemaFailure Failure(in JsonElement value, Place at)
    {
        if (IsConst)
        {
            return new SchemaFailure(at.Pointer, "not_the_value",
                $"{at.Name} must be {Excerpt.Of(all[0])} and is {Excerpt.Of(value)}.", $"Send {Excerpt.Of(all[0])}.");
        }
        var detail = $"{at.Name} is {Excerpt.Of(value)}, which is not one of its values.";
        var near = value.ValueKind is JsonValueKind.String ? Nearest.To(JsonText.StringOf(value), Texts()) : null;
        var shown = string.Join(", ", all.Take(ShownMax).Select(v => Excerpt.Of(v)));
        var more = all.Length > ShownMax ? $" and {all.Length - ShownMax} more" : "";
        var guess = near is null ? "" : $"; perhaps \"{Excerpt.Of(near)}\" is meant";
        return new SchemaFailure(at.Pointer, "not_a_choice", detail, $"Use one of: {shown}{more}{guess}.");
    }
}
