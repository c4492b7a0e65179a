using System.Runtime.InteropServices;

namespace Castellan.Platform.Cel.Evaluation;

/// <summary>
/// One evaluation: its variables and what it may still cost. Costs depend only on the expression and its values, so
/// the same rule over the same row fails everywhere or nowhere.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct Run(ICelActivation activation, CelValue[] locals, CelLimits limits)
{
    private const int TextPerUnit = 16;

    private long left = limits.Cost;

    public readonly ICelActivation Activation => activation;

    public readonly CelValue[] Locals => locals;

    public readonly CelLimits Limits => limits;

    public readonly long Spent => limits.Cost - left;

    /// <summary>From here on every node is an error, and so is the whole, whatever absorbs errors on the way.</summary>
    public readonly bool IsExhausted => left < 0;

    /// <summary>False once there is nothing left.</summary>
    public bool Pay(long units)
    {
        left -= units;
        return left >= 0;
    }

    /// <summary>Ends the evaluation: from here on every node is an error.</summary>
    public void PayAll() => left = -1;

    /// <summary>For text that is read or made, in UTF-16 units or bytes.</summary>
    public bool PayText(long length) => Pay(1 + (length / TextPerUnit));

    public readonly CelValue Exhausted() => CelValue.Fail($"The evaluation costs more than {limits.Cost} units.");
}
