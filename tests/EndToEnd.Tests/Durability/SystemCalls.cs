using System.Globalization;
using System.Text.RegularExpressions;

namespace Castellan.EndToEnd.Durability;

/// <summary>One system call of a trace: when it began and ended, of which thread, and its text.</summary>
internal sealed record SystemCall(double Began, double Ended, int Thread, string Name, string Text);

/// <summary>
/// Reads `strace -f -ttt -T -y -s N` and tells whether an answer left before the disk had what it speaks of.
/// </summary>
internal static partial class SystemCalls
{
    /// <summary>Calls in order of their beginning; halves that strace printed apart are joined.</summary>
    public static List<SystemCall> Read(IEnumerable<string> lines)
    {
        var calls = new List<SystemCall>();
        var open = new Dictionary<int, (double Began, string Text)>();
        foreach (var line in lines)
        {
            if (Line().Match(line) is not { Success: true } match) continue;
            var thread = int.Parse(match.Groups["thread"].Value);
            var at = double.Parse(match.Groups["at"].Value, CultureInfo.InvariantCulture);
            var text = match.Groups["text"].Value;
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                open[thread] = (at, text[..^"<unfinished ...>".Length]);
                continue;
            }
            var began = at;
            if (Resumed().Match(text) is { Success: true } resumed)
            {
                if (!open.Remove(thread, out var first)) continue;
                (began, text) = (first.Began, first.Text + resumed.Groups["rest"].Value);
            }
            if (Call().Match(text) is not { Success: true } call) continue;
            var took = double.Parse(call.Groups["took"].Value, CultureInfo.InvariantCulture);
            calls.Add(new SystemCall(began, began == at ? at + took : at, thread, call.Groups["name"].Value, text));
        }
        return [.. calls.OrderBy(c => c.Began)];
    }

    /// <summary>
    /// For each marked change: its answer must begin after the end of a sync that began after the change was written to
    /// the log. Gives the marks for which this is not so.
    /// </summary>
    /// <param name="calls">All calls of all traced processes.</param>
    /// <param name="marks">Text that is in the change as well as in its answer.</param>
    /// <param name="isLog">Tells the file of the write-ahead log by the call's text.</param>
    /// <param name="isAnswer">Tells a call that sends to the client.</param>
    public static List<string> TooEarly(
        IReadOnlyList<SystemCall> calls, IEnumerable<string> marks, Func<SystemCall, bool> isLog,
        Func<SystemCall, bool> isAnswer)
    {
        var early = new List<string>();
        foreach (var mark in marks)
        {
            var answer = calls.FirstOrDefault(c => isAnswer(c) && c.Text.Contains(mark, StringComparison.Ordinal));
            // The first: later commits write the same pages again, and may do so before the answer leaves.
            var written = calls.FirstOrDefault(c => c.Name is "pwrite64" or "write" && isLog(c)
                && c.Text.Contains(mark, StringComparison.Ordinal) && (answer is null || c.Began < answer.Began));
            var synced = answer is not null && written is not null && calls.Any(c =>
                c.Name is "fsync" or "fdatasync" && isLog(c) && c.Began >= written.Ended && c.Ended <= answer.Began);
            if (!synced) early.Add(mark);
        }
        return early;
    }

    [GeneratedRegex(@"^(?:\[pid +)?(?<thread>\d+)\]? +(?<at>\d+\.\d+) (?<text>.*)$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>(?<rest>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(?<name>\w+)\(.* = -?\d+.*<(?<took>\d+\.\d+)>$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Call();
}
