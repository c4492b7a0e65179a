using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Castellan.Build;

/// <summary>
/// A PostgreSQL of our own, for as long as the tests run: data in a temporary folder, loopback only, a password made
/// for this run, and fsync as in production, because durability is among what the tests show.
/// </summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private const string User = "castellan";

    private readonly string folder = Directory.CreateTempSubdirectory("castellan-postgres-").FullName;
    private readonly string password = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly int port = FreePort();
    private bool started;

    private PostgresCluster()
    {
    }

    private string Data => Path.Combine(folder, "data");

    public string ConnectionString =>
        $"Host=127.0.0.1;Port={port};Username={User};Password={password};Database=postgres";

    public static async Task<PostgresCluster> Start()
    {
        var cluster = new PostgresCluster();
        try
        {
            await cluster.Create();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (started) await AsOwner("pg_ctl", "stop", "-D", Data, "-m", "immediate", "-w");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task Create()
    {
        var passwordFile = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(passwordFile, password);
        if (Environment.IsPrivilegedProcess) await Shell.Quietly("chown", "-R", "postgres:postgres", folder);

        await AsOwner(
            "initdb", "-D", Data, "-U", User, "--pwfile", passwordFile, "--auth", "scram-sha-256",
            "--locale=C.UTF-8", "-E", "UTF8");
        // Test classes run side by side, each with pools of its own; the default of 100 connections is soon reached.
        await File.AppendAllTextAsync(
            Path.Combine(Data, "postgresql.conf"),
            $"""

            listen_addresses = '127.0.0.1'
            port = {port}
            unix_socket_directories = ''
            max_connections = 300

            """);
        started = true;
        await AsOwner("pg_ctl", "start", "-D", Data, "-w", "-l", Path.Combine(folder, "log"));
    }

    /// <summary>Runs one of PostgreSQL's programs. They refuse to run as root; root runs them as `postgres`.</summary>
    private static Task AsOwner(string program, params string[] args)
    {
        var file = $"{Machine.PostgresPrograms}/{program}";
        return Environment.IsPrivilegedProcess
            ? Shell.Quietly(
                "setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", "--", file, .. args])
            : Shell.Quietly(file, args);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
