namespace Castellan.EndToEnd;

/// <summary>The published executables, which `dotnet run build.cs -- e2e` makes and names in the environment.</summary>
internal static class Published
{
    public static string Server => Named("CASTELLAN_SERVER");

    public static string CommandLine => Named("CASTELLAN_CLI");

    /// <summary>Connection string of the cluster of this run.</summary>
    public static string Postgres => Named("CASTELLAN_TEST_POSTGRES");

    private static string Named(string variable) =>
        Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set. Run `dotnet run build.cs -- e2e`.");
}
