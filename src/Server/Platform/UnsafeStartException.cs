namespace Castellan.Platform;

/// <summary>Why the server does not start, and what to do.</summary>
internal sealed class UnsafeStartException(string why, string fix) : Exception($"{why}\nFix: {fix}")
{
    public string Why { get; } = why;

    public string Fix { get; } = fix;
}
