namespace Castellan.Cli;

/// <summary>What a script may rely on; the root's help lists them.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The server refused, or doctor found something that does not work.</summary>
    public const int Refused = 1;

    /// <summary>The command line or its profile is not usable; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>No answer of a Castellan server came.</summary>
    public const int Unreachable = 3;

    /// <summary>A plan has changes; there are none where it ends with <see cref="Done"/>.</summary>
    public const int Changes = 4;

    /// <summary>128 + SIGINT, as shells count it.</summary>
    public const int Interrupted = 130;
}

/// <summary>Why nothing was sent, and what to do.</summary>
internal sealed class Complaint(string why, string fix) : Exception(why)
{
    public string Fix { get; } = fix;
}
