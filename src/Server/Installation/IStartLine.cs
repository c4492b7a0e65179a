namespace Castellan.Installation;

/// <summary>
/// Contributed by slices that have something to tell whoever starts the server, such as a first link.
/// </summary>
internal interface IStartLine
{
    /// <summary>One paragraph for the console, or null.</summary>
    ValueTask<string?> Line(CancellationToken ct);
}
