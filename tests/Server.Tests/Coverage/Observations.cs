using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Castellan.Kernel;
using Castellan.Tests.Coverage;

[assembly: AssemblyFixture(typeof(Observer))]

namespace Castellan.Tests.Coverage;

/// <summary>One answer of the gate, as its metric tells it.</summary>
internal readonly record struct Observation(string Operation, CallerKind Caller, int Status, string Code)
{
    public override string ToString() => $"{Operation} {Wire.Name(Caller)} {Status} {Code}";

    public static Observation Parse(string line) => line.Split(' ') is [var operation, var caller, var status, var code]
        ? new Observation(
            operation, Wire.Parse<CallerKind>(caller), int.Parse(status, CultureInfo.InvariantCulture), code)
        : throw new FormatException($"'{line}' is no observation.");
}

/// <summary>
/// Sees every answer of every gate in this process, whichever test asked, and writes the distinct ones to the file that
/// <see cref="Variable"/> names when the run is over. <see cref="CoverageTests"/> read it in a run of their own.
/// </summary>
public sealed class Observer : IDisposable
{
    public const string Variable = "CASTELLAN_TEST_OBSERVED";

    private readonly ConcurrentDictionary<Observation, byte> seen = new();
    private readonly MeterListener listener = new();

    public Observer()
    {
        listener.InstrumentPublished = (instrument, meter) =>
        {
            if (instrument.Meter.Name == GateMetrics.MeterName) meter.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => seen.TryAdd(Read(tags), 0));
        listener.Start();
    }

    /// <summary>Where the observations of the run are, or null where nobody asked for them.</summary>
    public static string? File => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : null;

    public void Dispose()
    {
        listener.Dispose();
        if (File is { } path) System.IO.File.AppendAllLines(path, seen.Keys.Select(o => o.ToString()).Order());
    }

    private static Observation Read(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (operation, caller, status, code) = ("", "", 0, "");
        foreach (var (name, value) in tags)
        {
            switch (name)
            {
                case "operation":
                    operation = (string)value!;
                    break;
                case "caller":
                    caller = (string)value!;
                    break;
                case "status":
                    status = (int)value!;
                    break;
                case "code":
                    code = (string)value!;
                    break;
            }
        }
        return new Observation(operation, Wire.Parse<CallerKind>(caller), status, code);
    }
}
