using System.Text.Json;
using Castellan.Platform.JsonSchema.Formats;
using Castellan.Platform.JsonSchema.Patterns;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>minLength and maxLength, in Unicode scalar values (validation, section 6.3).</summary>
internal sealed class LengthCheck(int min, int max) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var raw = JsonText.Raw(value);
        // Without escapes a character has one to four bytes, so most texts need no counting.
        if (raw.Length <= max && raw.Length / 4 >= min && !raw.Contains((byte)'\\')) return true;
        var length = Length(value);
        return length >= min && length <= max;
    }

    protected override SchemaFailure Failure(in JsonElement value, Place at)
    {
        var length = Length(value);
        var isShort = length < min;
        var bound = Excerpt.Count(isShort ? min : max, "character", "characters");
        return isShort
            ? new SchemaFailure(at.Pointer, "too_short", $"{at.Name} must have at least {bound} and has {length}.",
                length == 0 ? "Fill it in." : $"Lengthen it to at least {bound}.")
            : new SchemaFailure(at.Pointer, "too_long", $"{at.Name} may have at most {bound} and has {length}.",
                $"Shorten it to at most {bound}.");
    }

    private static int Length(in JsonElement value)
    {
        using var text = JsonText.Of(value);
        return JsonText.Length(text.Utf8);
    }
}

internal sealed class PatternCheck(Pattern pattern) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        using var text = JsonText.Of(value);
        return pattern.Matches(text.Utf8, ref run);
    }

    protected override SchemaFailure Failure(in JsonElement value, Place at) => new(at.Pointer, "pattern_mismatch",
        $"{at.Name} is {Excerpt.Of(value)} and must match the pattern {Excerpt.Of(pattern.Source)}",
        "Write it in the form that the pattern describes.");
}

internal sealed class FormatCheck(Format format) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        using var text = JsonText.Of(value);
        return format.Holds(text.Utf8);
    }

    protected override SchemaFailure Failure(in JsonElement value, Place at) => new(at.Pointer, format.Code,
        $"{at.Name} is {Excerpt.Of(value)} and must be {format.Words}.",
        $"Send {format.Words} such as {format.Example}.");
}
