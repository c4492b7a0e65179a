namespace Castellan.Build;

/// <summary>Compiles and publishes, and knows where the result lies. All of it is one configuration, Release.</summary>
internal static class Output
{
    private const string Solution = "Castellan.slnx";
    private static readonly string[] Quiet = ["-c:Release", "-v:q", "--nologo", "-clp:NoSummary"];

    /// <summary>The server and the command line, as <see cref="Publish"/> leaves them.</summary>
    public static string Server => Shell.At("artifacts", "release", "castellan-server");

    public static string CommandLine => Shell.At("artifacts", "release", "castellan");

    /// <summary>The sample app, which runs on an origin of its own, as apps do.</summary>
    public static string Sample => Shell.At("samples", "customer-portal");

    /// <summary>The executable of a project that is named like its project.</summary>
    public static string Of(string project) => Shell.At("artifacts", "bin", project, "release_linux-x64", project);

    /// <summary>Builds the solution. A lock file that does not fit is an error on CI, mended elsewhere.</summary>
    public static async Task Build()
    {
        string[] locked = Shell.OnCi ? ["--locked-mode"] : [];
        await Shell.Must("dotnet", ["restore", Solution, "-v:q", .. locked]);
        await Shell.Must("dotnet", ["build", Solution, "--no-restore", .. Quiet]);
    }

    /// <summary>Publishes what <see cref="Build"/> compiled, with native code beside the IL (ReadyToRun).</summary>
    public static async Task Publish()
    {
        foreach (var project in (string[])["src/Server", "src/Cli"])
        {
            string[] target = ["-o", Shell.At("artifacts", "release")];
            await Shell.Must("dotnet", ["publish", project, "--no-build", .. Quiet, .. target]);
        }
    }

    /// <summary>Builds the sample app and, before it, the TypeScript client that it is linked to.</summary>
    public static async Task BuildSample()
    {
        foreach (var folder in (string[])[Shell.At("clients", "typescript"), Sample])
        {
            await Machine.InstallNpm(folder);
            // Without the steps that npm would run before it: they install the client once more.
            await Shell.Must("npm", ["run", "build", "--silent", "--ignore-scripts"], folder);
        }
    }
}
