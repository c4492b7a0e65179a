namespace Castellan.EndToEnd;

/// <summary>The checkout that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Castellan.slnx"))) return at.FullName;
        }
        throw new InvalidOperationException("The tests do not lie in a checkout.");
    }
}
