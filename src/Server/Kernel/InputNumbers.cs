using System.Text.Json;
using System.Text.Json.Nodes;
using Castellan.Platform;

namespace Castellan.Kernel;

/// <summary>Numbers of a body.</summary>
internal sealed partial class Input
{
    /// <summary>A whole number between bounds, or null where it was not sent.</summary>
    public int? IntOrNull(string name, int min, int max, int? standard = null)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(Range(min, max, standard)));
        if (Describing || Optional(name, JsonValueKind.Number, "a whole number") is not { } element) return null;
        if (element.TryGetInt32(out var number) && number >= min && number <= max) return number;
        AddBody(name, "out_of_range", $"'{name}' must be a whole number from {min} to {max}.",
            "Send a smaller or larger one.");
        return null;
    }

    /// <summary>A whole number between bounds.</summary>
    public long Whole(string name, long min, long max = Limits.IntegerMax)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: true, Range(min, max, null));
        return Describing ? 0 : Required(name, JsonValueKind.Number, "a whole number") is { } element
            ? Bounded(name, element, min, max) ?? 0 : 0;
    }

    public long? WholeOrNull(string name, long min, long max = Limits.IntegerMax)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(Range(min, max, null)));
        return !Describing && Optional(name, JsonValueKind.Number, "a whole number") is { } element
            ? Bounded(name, element, min, max) : null;
    }

    private long? Bounded(string name, JsonElement element, long min, long max)
    {
        if (element.TryGetInt64(out var number) && number >= min && number <= max) return number;
        AddBody(name, "out_of_range", $"'{name}' must be a whole number from {min} to {max}.",
            "Send a smaller or larger one.");
        return null;
    }

    private static JsonObject Range(long min, long max, long? standard)
    {
        var range = new JsonObject { ["type"] = "integer", ["minimum"] = min, ["maximum"] = max };
        if (standard is not null) range["default"] = standard;
        return range;
    }
}
