using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Castellan.Platform.JsonSchema;

namespace Castellan.Bench;

/// <summary>
/// JSON Schema beside NJsonSchema: from the bytes of a document to the verdict, both in turn in every round, so that
/// what else runs on the machine meets both alike.
/// </summary>
internal static class SchemaBench
{
    private const int Rounds = 15;
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(200);

    /// <summary>The table of bench/RESULTS.md: microseconds and bytes per document, medians of the rounds.</summary>
    public static async Task<string> Run()
    {
        var table = new StringBuilder("| document | its bytes | ours us | NJsonSchema us | ratio ")
            .Append("| ours allocates | NJsonSchema allocates |\n|---|---|---|---|---|---|---|\n");
        foreach (var (name, schema, document) in SchemaBenchDocuments.All)
        {
            var (compiled, errors) = CompiledSchema.Compile(JsonElement.Parse(schema));
            if (compiled is null) throw new InvalidOperationException(string.Join(" ", errors));
            var other = await NJsonSchema.JsonSchema.FromJsonAsync(schema);
            var bytes = Encoding.UTF8.GetBytes(document);
            var isValid = Ours(compiled, bytes);
            if (isValid != Theirs(other, bytes)) throw new InvalidOperationException($"They differ on {name}.");
            var (ours, theirs) = Measure(() => Ours(compiled, bytes), () => Theirs(other, bytes));
            using var parsed = JsonDocument.Parse(bytes);
            var inside = Allocated(() => compiled.IsValid(parsed.RootElement));
            table.Append(CultureInfo.InvariantCulture, $"| {name} | {bytes.Length:N0} | {ours:N1} | {theirs:N1} ")
                .Append(CultureInfo.InvariantCulture, $"| {theirs / ours:N1} ")
                .Append(CultureInfo.InvariantCulture, $"| {Allocated(() => Ours(compiled, bytes)):N0} ({inside:N0}) ")
                .Append(CultureInfo.InvariantCulture, $"| {Allocated(() => Theirs(other, bytes)):N0} |\n");
        }
        return table.ToString();
    }

    private static bool Ours(CompiledSchema schema, byte[] document)
    {
        using var parsed = JsonDocument.Parse(document);
        return schema.Validate(parsed.RootElement).Count == 0;
    }

    private static bool Theirs(NJsonSchema.JsonSchema schema, byte[] document) =>
        schema.Validate(Encoding.UTF8.GetString(document)).Count == 0;

    private static (double Ours, double Theirs) Measure(Func<bool> ours, Func<bool> theirs)
    {
        Spin(ours, Length * 5);
        Spin(theirs, Length * 5);
        var (first, second) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            first.Add(Spin(ours, Length));
            second.Add(Spin(theirs, Length));
        }
        return (Median(first), Median(second));
    }

    /// <summary>Microseconds of one call.</summary>
    private static double Spin(Func<bool> call, TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var calls = 0;
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            for (var i = 0; i < 16; i++) call();
            calls += 16;
        }
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static long Allocated(Func<bool> call)
    {
        const int Calls = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++) call();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }
}
