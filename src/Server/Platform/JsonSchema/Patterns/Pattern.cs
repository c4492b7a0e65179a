using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Castellan.Platform.JsonSchema.Checks;

namespace Castellan.Platform.JsonSchema.Patterns;

/// <summary>
/// A regular expression of ECMA-262, run by .NET's engine without backtracking where it can be, and always with a bound
/// on time. Where that runs out, the whole validation stops.
/// </summary>
internal sealed class Pattern
{
    private const int OnStack = 256;

    /// <summary>Bytes that the engine without backtracking reads in about the time of a step.</summary>
    private const int BytesPerStep = 16;

    /// <summary>
    /// What the engine without backtracking needs grows with the text alone, and is bounded by steps: the clock only
    /// backs that up, and must not run out where the machine is busy with other things.
    /// </summary>
    private const int MoreTimeWithoutBacktracking = 20;

    private readonly Regex regex;
    private readonly AstralMap? map;
    private readonly bool mayBacktrack;

    /// <summary>A pattern that <see cref="PatternReader"/> has found good.</summary>
    public Pattern(string source, int timeMs)
    {
        Source = source;
        var read = PatternReader.Read(source);
        mayBacktrack = read.MayBacktrack;
        var engine = mayBacktrack ? RegexOptions.None : RegexOptions.NonBacktracking;
        map = read.Map;
        var time = TimeSpan.FromMilliseconds(mayBacktrack ? timeMs : timeMs * MoreTimeWithoutBacktracking);
        regex = new Regex(read.Translated, engine | RegexOptions.CultureInvariant, time);
    }

    /// <summary>As the schema has it.</summary>
    public string Source { get; }

    /// <summary>Whether it occurs in the text; false, with the run stopped, where it takes too long to say.</summary>
    public bool Matches(ReadOnlySpan<byte> utf8, ref Run run)
    {
        if (run.Stopped != StopReason.None) return false;
        // Ill-formed bytes become U+FFFD, so the text never holds half a character.
        char[]? rented = null;
        var chars = utf8.Length <= OnStack
            ? stackalloc char[OnStack]
            : rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        var start = mayBacktrack ? Stopwatch.GetTimestamp() : 0;
        try
        {
            var text = chars[..Encoding.UTF8.GetChars(utf8, chars)];
            return regex.IsMatch(map is null ? text : text[..map.Rewrite(text)]);
        }
        catch (RegexMatchTimeoutException)
        {
            run.Stop(StopReason.PatternTime);
            return false;
        }
        finally
        {
            if (mayBacktrack) run.SpendPatternTime(start);
            else run.Spend(1 + (utf8.Length / BytesPerStep));
            if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        }
    }
}
