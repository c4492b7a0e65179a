using System.Diagnostics;

namespace Castellan.Tests.Platform;

/// <summary>A file system of few megabytes where the machine lets us mount one; otherwise an ordinary folder.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder, bool isReal) => (Folder, IsReal) = (folder, isReal);

    public string Folder { get; }

    /// <summary>False where mounting is not allowed: then the test bounds the database's pages instead.</summary>
    public bool IsReal { get; }

    public string Kind => IsReal ? "a tmpfs that ran full" : "a bound on pages, because mounting is not allowed here";

    public static SmallDisk Mount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("castellan-disk-").FullName;
        return new SmallDisk(folder, Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder));
    }

    public void Dispose()
    {
        if (IsReal) Run("umount", "-l", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private static bool Run(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args) { UseShellExecute = false, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
