using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>
/// What one keyword, or a few that are cheaper together, asks of a value. <see cref="IsValid"/> is the hot path;
/// <see cref="Explain"/> runs only over values that are known to be wrong somewhere.
/// </summary>
internal abstract class Check
{
    /// <summary>
    /// <paramref name="seen"/>, where there is one, learns what was evaluated, if the answer is true.
    /// </summary>
    public abstract bool IsValid(in JsonElement value, ref Run run, Evaluated? seen);

    /// <summary>Reports every failure; nothing where the value is valid.</summary>
    public abstract void Explain(in JsonElement value, Place at, Report report);
}

/// <summary>A check of one value without looking into it, which fails in one way.</summary>
internal abstract class Assertion : Check
{
    public sealed override void Explain(in JsonElement value, Place at, Report report)
    {
        if (!IsValid(value, ref report.Run, seen: null)) report.Add(Failure(value, at));
    }

    protected abstract SchemaFailure Failure(in JsonElement value, Place at);
}
