using System.Net;
using System.Security.Cryptography;
using Castellan.Platform;

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
        // More than one address would be listened on, and only one was looked at.
        if (options.Listen.Contains(';', StringComparison.Ordinal) || listen.PathAndQuery != "/"
            || listen.Fragment.Length > 0 || listen.UserInfo.Length > 0)
        {
            throw new UnsafeStartException($"Listen '{options.Listen}' is not one scheme, host and port.",
                "Set Listen to one address, such as http://127.0.0.1:7300.");
        }
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
        if (!IsLoopback(listen) && listen.Scheme == Uri.UriSchemeHttp
            && string.IsNullOrWhiteSpace(options.TrustedProxies))
        {
            throw new UnsafeStartException(
                $"The server would listen on {listen}, beyond this machine and in the clear.",
                "Set Listen to http://127.0.0.1:7300 or https, or TrustedProxies to the proxy that ends TLS.");
        }
    }

    /// <summary>Refuses addresses that the framework would listen on beside ours.</summary>
    public static void RequireOneListener(IConfiguration configuration)
    {
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            throw new UnsafeStartException("Kestrel:Endpoints names addresses to listen on, which Listen does alone.",
                "Remove Kestrel:Endpoints, and set Listen.");
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
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!, OwnerOnly);
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

    /// <summary>A file that holds a secret is its owner's alone, and that is who runs the server, or root.</summary>
    public static void RequireOwnerOnly(string path)
    {
        if ((File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
            throw new UnsafeStartException($"Others may read the key file {path}.", $"Run: chmod 600 {path}");
        RequireOwner(path, FileOwner.Of(path), FileOwner.OfProcess);
    }

    /// <summary>Accounts by number.</summary>
    public static void RequireOwner(string path, uint owner, uint process)
    {
        if (owner == process || owner == FileOwner.Root) return;
        throw new UnsafeStartException(
            $"The key file {path} belongs to account {owner}, which may read and replace it, and not to {process}.",
            $"Run the server as account {owner}, or: chown {process} {path}");
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
