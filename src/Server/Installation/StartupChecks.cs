using System.Net;
using System.Security.Cryptography;

namespace Castellan.Installation;

/// <summary>The server refuses to start when it would be unsafe, and says how to mend it.</summary>
internal static class StartupChecks
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static void RequireSafeAddresses(InstallationOptions options)
    {
        var listen = Address(options.Listen, "Listen");
        var published = Address(options.PublicUrl ?? options.Listen, "PublicUrl");
        if (!IsLoopback(published) && published.Scheme != Uri.UriSchemeHttps)
            throw new UnsafeStartException(
                $"PublicUrl {published} is not https: passwords and tokens would travel in the clear.",
                "Set PublicUrl to an https address, served here or by a proxy named in TrustedProxies.");
        if (published.Scheme == Uri.UriSchemeHttps && listen.Scheme == Uri.UriSchemeHttp
            && string.IsNullOrWhiteSpace(options.TrustedProxies))
        {
            throw new UnsafeStartException(
                "PublicUrl is https, but the server listens on http and no proxy that ends TLS is declared.",
                "Set TrustedProxies to the proxy's address, or listen on https.");
        }
        if (!IsLoopback(listen) && options.PublicUrl is null)
            throw new UnsafeStartException(
                $"The server would listen on {listen}, beyond this machine, without a public address.",
                "Set PublicUrl to the https address that people use, or listen on http://127.0.0.1:7300.");
    }

    /// <summary>Makes the data folder where it is missing; refuses one that others may write.</summary>
    public static void PrepareFolder(string folder)
    {
        if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, OwnerOnly);
        if ((File.GetUnixFileMode(folder) & Others) != UnixFileMode.None)
            throw new UnsafeStartException(
                $"Others may read or write the folder {folder}.", $"Run: chmod 700 {folder}");
    }

    /// <summary>The master key, made at the first start. A file that others may read is refused.</summary>
    public static byte[] ReadMasterKey(string path, bool mayCreate)
    {
        if (!File.Exists(path))
        {
            if (!mayCreate)
                throw new UnsafeStartException($"The key file {path} is missing, and the database was made with one.",
                    "Copy the key file of the other nodes, or of the backup, to this path.");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly);
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            var text = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n";
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }
        RequireOwnerOnly(path);
        var key = new byte[32];
        if (!Convert.TryFromBase64String(File.ReadAllText(path).Trim(), key, out var length) || length != 32)
            throw new UnsafeStartException($"The key file {path} does not hold 32 bytes in base64.",
                "Restore it from a backup; without it nothing that it encrypted can be read.");
        return key;
    }

    /// <summary>A file that holds a secret is its owner's alone.</summary>
    public static void RequireOwnerOnly(string path)
    {
        if ((File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
            throw new UnsafeStartException($"Others may read the key file {path}.", $"Run: chmod 600 {path}");
    }

    private static Uri Address(string text, string setting) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri!
            : throw new UnsafeStartException($"{setting} '{text}' is not an http or https address.",
                $"Set {setting} to an address such as https://castellan.example.com.");

    private static bool IsLoopback(Uri uri) =>
        uri.IsLoopback
        || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Why the server does not start, and what to do.</summary>
internal sealed class UnsafeStartException(string why, string fix) : Exception($"{why}\nFix: {fix}")
{
    public string Why { get; } = why;

    public string Fix { get; } = fix;
}
