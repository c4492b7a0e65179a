using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Castellan.Kernel;

/// <summary>
/// Counts and times answers by operation, kind of caller, status and code, whichever surface asked, and traces them.
/// The code is a problem's, or <c>done</c>, or <c>replayed</c>.
/// </summary>
internal static class GateMetrics
{
    public const string MeterName = "Castellan.Gate";

    private static readonly Meter Meter = new(MeterName);
    private static readonly ActivitySource Source = new(MeterName);
    private static readonly Counter<long> Answers =
        Meter.CreateCounter<long>("castellan.gate.answers", "{answer}", "Answers of the gate.");

    // Bounds from a read out of memory to a password's hash in a queue. Only the operation is a dimension, so that the
    // series stay few.
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "castellan.gate.duration", "s", "Time from the resolved caller to the answer.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        });

    public static Activity? Begin(Operation operation) => Source.StartActivity(operation.Name);

    public static void Count(Invocation invocation, Answer answer, Activity? activity)
    {
        var code = answer.Problem?.Type.Code ?? (answer.Replayed ? "replayed" : "done");
        if (Answers.Enabled)
        {
            Answers.Add(1,
                new("operation", invocation.Operation.Name),
                new("caller", Wire.Name(invocation.Caller.Kind)),
                new("status", answer.Status),
                new("code", code));
            Duration.Record(
                Stopwatch.GetElapsedTime(invocation.Began).TotalSeconds,
                new KeyValuePair<string, object?>("operation", invocation.Operation.Name));
        }
        if (activity is null) return;
        activity.SetTag("castellan.request_id", invocation.Request.Id.Value);
        activity.SetTag("castellan.caller", Wire.Name(invocation.Caller.Kind));
        activity.SetTag("castellan.environment", invocation.Caller.Environment);
        activity.SetTag("castellan.app", invocation.Caller.App?.Value);
        activity.SetTag("castellan.code", code);
        if (answer.Status >= 500) activity.SetStatus(ActivityStatusCode.Error, code);
    }
}
