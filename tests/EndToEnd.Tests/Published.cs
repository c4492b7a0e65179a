namespace Castellan.EndToEnd;

/// <summary>The published executables, which `dotnet run build.cs -- e2e` makes and names in the environment.</summary>
internal static class Published
{
    public static string Server => Named("CASTELLAN_SERVER");

    public static string CommandLine => Named("CASTELLAN_CLI");

    /// <summary>The folder of the sample app, built for a browser.</summary>
    public static string Sample => Named("CASTELLAN_SAMPLE");

    public static string Chromium => Named("CASTELLAN_CHROMIUM");

    /// <summary>The folder where the browser's tests leave pictures of what they saw.</summary>
    public static string Screenshots => Named("CASTELLAN_TEST_SCREENSHOTS");

    /// <summary>Connection string of the cluster of this run.</summary>
    public static string Postgres => Named("CASTELLAN_TEST_POSTGRES");

    private static string Named(string variable) =>
        Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set. Run `dotnet run build.cs -- e2e`.");
}
