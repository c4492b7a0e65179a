using Castellan.Platform;

namespace Castellan.Installation;

/// <summary>
/// One process owns the SQLite file of a data folder: what its memory knows would be wrong beside a second writer. Held
/// by the operating system, so that a killed process leaves no lock behind.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream file;

    private DataFolderLock(FileStream file) => this.file = file;

    /// <summary>Null where another process has it.</summary>
    public static DataFolderLock? TryTake(InstallationOptions options)
    {
        StartupChecks.PrepareFolder(options.DataFolder);
        try
        {
            var path = Path.Combine(options.DataFolder, "castellan.lock");
            return new DataFolderLock(new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Null on PostgreSQL, which many processes share.</summary>
    public static DataFolderLock? Take(InstallationOptions options) => options.UsesPostgres
        ? null
        : TryTake(options) ?? throw new UnsafeStartException(
            $"Another castellan-server runs on the data folder {Path.GetFullPath(options.DataFolder)}.",
            "Stop that one first, or name another folder with --DataFolder. Several nodes need PostgreSQL.");

    public void Dispose() => file.Dispose();
}
