namespace Castellan.Cli.Agents;

/// <summary>A part of somebody else's file that is ours, between two markers.</summary>
internal static class MarkedBlock
{
    public const string Begin = "<!-- castellan:begin -->";
    public const string End = "<!-- castellan:end -->";

    /// <summary>
    /// The file with the block in the place of the one before, or behind everything where there was none. The rest
    /// stays as it is, and the block takes the file's line ends.
    /// </summary>
    public static string Put(string file, string block, string path)
    {
        var isDos = file.Contains("\r\n", StringComparison.Ordinal);
        var ours = isDos ? block.Replace("\n", "\r\n") : block;
        var (begin, end) = (Only(file, Begin, path), Only(file, End, path));
        if (begin < 0 != end < 0 || begin > end)
        {
            throw new Complaint($"{path} has one of the markers {Begin} and {End}, or has them in the wrong order.",
                "Put both back, or take both away.");
        }
        if (begin >= 0) return file[..begin] + ours + file[(end + End.Length)..];
        var line = isDos ? "\r\n" : "\n";
        var gap = file.Length == 0 ? "" : file.EndsWith('\n') ? line : line + line;
        return file + gap + ours + line;
    }

    private static int Only(string file, string marker, string path)
    {
        var at = file.IndexOf(marker, StringComparison.Ordinal);
        return at >= 0 && file.IndexOf(marker, at + 1, StringComparison.Ordinal) > 0
            ? throw new Complaint($"{path} has the marker {marker} twice.", "Leave one block in it.")
            : at;
    }
}
