using System.Text.RegularExpressions;

namespace Castellan.Platform.Cel.Library;

/// <summary>
/// Regular expressions in RE2's syntax, run by the engine of the base library that is linear in the text.
/// </summary>
internal static class Patterns
{
    /// <summary>Null with an error, or the expression.</summary>
    public static (Regex? Regex, CelValue Error) Compile(string pattern, CelLimits limits)
    {
        if (pattern.Length > limits.PatternLength)
            return (null, CelValue.Fail($"The pattern is longer than {limits.PatternLength} characters."));
        var (translated, wrong) = PatternReader.Translate(pattern);
        if (wrong is not null) return (null, CelValue.Fail($"The pattern cannot be read: {wrong}"));
        try
        {
            return (new Regex(
                translated!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                TimeSpan.FromMilliseconds(limits.PatternTimeMs)), default);
        }
        catch (Exception e) when (e is NotSupportedException or RegexParseException)
        {
            // What the reader let pass and the engine refuses is too large for it.
            return (null, CelValue.Fail("The pattern is too large."));
        }
    }

    /// <summary>An error where the pattern cannot be used.</summary>
    public static CelValue Check(string pattern, CelLimits limits) => Compile(pattern, limits).Error;

    public static CelValue IsMatch(Regex regex, string text)
    {
        try
        {
            return CelValue.Of(regex.IsMatch(text));
        }
        catch (RegexMatchTimeoutException)
        {
            return CelValue.Fail("The pattern took too long.");
        }
    }
}
