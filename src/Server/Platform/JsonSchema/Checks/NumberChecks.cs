using System.Text.Json;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>minimum or exclusiveMinimum (validation, section 6.2).</summary>
internal sealed class LeastCheck(ExactNumber bound, bool isExclusive) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var order = bound.Compare(value);
        return order > 0 || (order == 0 && !isExclusive);
    }

    protected override SchemaFailure Failure(in JsonElement value, Place at)
    {
        var wanted = isExclusive ? $"greater than {bound}" : $"at least {bound}";
        return new SchemaFailure(at.Pointer, "too_small", $"{at.Name} must be {wanted} and is {Excerpt.Of(value)}.",
            $"Send a number {wanted}.");
    }
}

/// <summary>maximum or exclusiveMaximum.</summary>
internal sealed class MostCheck(ExactNumber bound, bool isExclusive) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen)
    {
        var order = bound.Compare(value);
        return order < 0 || (order == 0 && !isExclusive);
    }

    protected override SchemaFailure Failure(in JsonElement value, Place at)
    {
        var wanted = isExclusive ? $"less than {bound}" : $"at most {bound}";
        return new SchemaFailure(at.Pointer, "too_large", $"{at.Name} must be {wanted} and is {Excerpt.Of(value)}.",
            $"Send a number {wanted}.");
    }
}

internal sealed class MultipleCheck(ExactNumber step) : Assertion
{
    public override bool IsValid(in JsonElement value, ref Run run, Evaluated? seen) => step.Divides(value);

    protected override SchemaFailure Failure(in JsonElement value, Place at) => new(at.Pointer, "not_a_multiple",
        $"{at.Name} must be a multiple of {step} and is {Excerpt.Of(value)}.", $"Round it to a multiple of {step}.");
}
