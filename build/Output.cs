namespace Castellan.Build;

/// <summary>Compiles and publishes, and knows where the result lies. Tests and releases share one configuration.</summary>
internal static class Output
{
    private const string Solution = "Castellan.slnx";

    /// <summary>The server and the command line, as <see cref="Publish"/> leaves them.</summary>
    public static string Server => Shell.At("artifacts", "release", "castellan-server");

    public static string CommandLine => Shell.At("artifacts", "release", "castellan");

    /// <summary>The executable of a project that is named like its project.</summary>
    public static string Of(string project) => Shell.At("artifacts", "bin", project, "release_linux-x64", project);

    /// <summary>Builds the solution. On CI a lock file that does not fit is an error; elsewhere it is brought up to date.</summary>
    public static async Task Build()
    {
        await Shell.Must("dotnet", ["restore", Solution, "-v:q", .. Shell.OnCi ? new[] { "--locked-mode" } : []]);
        await Shell.Must("dotnet", ["build", Solution, "--no-restore", "-c:Release", "-v:q", "--nologo", "-clp:NoSummary"]);
    }

    /// <summary>Publishes what <see cref="Build"/> compiled, with native code made ahead of time (ReadyToRun).</summary>
    public static async Task Publish()
    {
        foreach (var project in (string[])["src/Server", "src/Cli"])
        {
            await Shell.Must(
                "dotnet",
                ["publish", project, "--no-build", "-c:Release", "-v:q", "--nologo", "-o", Shell.At("artifacts", "release")]);
        }
    }
}
