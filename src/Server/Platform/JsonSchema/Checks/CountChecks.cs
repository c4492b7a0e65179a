using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>minItems and maxItems (validation, section 6.4).</summary>
internal sealed class ItemCountCheck(int min, int max) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var count = value.GetArrayLength();
        return count >= min && count <= max;
    }

    protected override SchemaFailure Failure(in JsonElement value, Place at) =>
        Bounds.Failure(value.GetArrayLength(), min, max, "entry", "entries", at);
}

/// <summary>minProperties and maxProperties (validation, section 6.5).</summary>
internal sealed class MemberCountCheck(int min, int max) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var count = value.GetPropertyCount();
        return count >= min && count <= max;
    }

    protected override SchemaFailure Failure(in JsonElement value, Place at) =>
        Bounds.Failure(value.GetPropertyCount(), min, max, "property", "properties", at);
}

internal static class Bounds
{
    public static SchemaFailure Failure(int count, int min, int max, string one, string many, Place at) => count < min
        ? new SchemaFailure(at.Pointer, "too_few",
            $"{at.Name} must have at least {Excerpt.Count(min, one, many)} and has {count}.",
            $"Add {Excerpt.Count(min - count, one, many)}.")
        : new SchemaFailure(at.Pointer, "too_many",
            $"{at.Name} may have at most {Excerpt.Count(max, one, many)} and has {count}.",
            $"Remove {Excerpt.Count(count - max, one, many)}.");
}
