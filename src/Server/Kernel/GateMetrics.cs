using System.Diagnostics.Metrics;

namespace Castellan.Kernel;

/// <summary>
/// Counts answers by operation, kind of caller, status and code, whichever surface asked. The code is a problem's, or
/// <c>done</c>, or <c>replayed</c>.
/// </summary>
internal static class GateMetrics
{
    public const string MeterName = "Castellan.Gate";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Answers =
        Meter.CreateCounter<long>("castellan.gate.answers", "{answer}", "Answers of the gate.");

    public static void Count(Invocation invocation, Answer answer)
    {
        if (!Answers.Enabled) return;
        Answers.Add(1,
            new("operation", invocation.Operation.Name),
            new("caller", Wire.Name(invocation.Caller.Kind)),
            new("status", answer.Status),
            new("code", answer.Problem?.Type.Code ?? (answer.Replayed ? "replayed" : "done")));
    }
}
