using System.Runtime.InteropServices;

namespace Castellan.Platform;

/// <summary>Accounts by number, from Linux itself: the runtime knows a file's mode and not its owner.</summary>
internal static partial class FileOwner
{
    public const uint Root = 0;

    // statx(2): the structure is the same on every architecture.
    private const int CurrentFolder = -100;
    private const uint WantsOwner = 0x8;
    private const int StructureBytes = 256;
    private const int OwnerAt = 20;

    /// <summary>The account that this process acts as.</summary>
    public static uint OfProcess => GetEffectiveUser();

    /// <exception cref="IOException">The file cannot be looked at.</exception>
    public static uint Of(string path)
    {
        var found = new byte[StructureBytes];
        if (Look(CurrentFolder, path, flags: 0, WantsOwner, found) != 0)
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        return BitConverter.ToUInt32(found, OwnerAt);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Look(int folder, string path, int flags, uint mask, [Out] byte[] found);
}
