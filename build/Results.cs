namespace Castellan.Build;

/// <summary>The sections of bench/RESULTS.md that verbs write, each whole and each anew.</summary>
internal static class Results
{
    private static string File => Shell.At("bench", "RESULTS.md");

    /// <summary>Puts the lines that a verb has made below a heading, in the place of what was there.</summary>
    public static async Task Replace(string heading, string verb, IEnumerable<string> lines)
    {
        string[] before = System.IO.File.Exists(File) ? await System.IO.File.ReadAllLinesAsync(File) : ["# Results"];
        var start = Array.IndexOf(before, $"## {heading}");
        var rest = start < 0 ? []
            : before[(start + 1)..].SkipWhile(l => !l.StartsWith("## ", StringComparison.Ordinal));
        string[] kept = start < 0 ? before : before[..start];
        await System.IO.File.WriteAllLinesAsync(File,
        [
            .. kept.Reverse().SkipWhile(string.IsNullOrWhiteSpace).Reverse(), "", $"## {heading}",
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, `dotnet run build.cs -- {verb}`.", "",
            .. lines.Select(line => $"* {line}"), "", .. rest,
        ]);
    }
}
