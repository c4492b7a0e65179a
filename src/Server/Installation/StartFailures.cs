using System.Net.Sockets;
using System.Security.Cryptography;
using Castellan.Platform;
using Castellan.Platform.Storage;
using Microsoft.AspNetCore.Connections;
using Npgsql;

namespace Castellan.Installation;

/// <summary>What keeps the server from starting, as one message with its fix. Codes are those of sysexits.h.</summary>
internal static class StartFailures
{
    public const int Configuration = 78;
    public const int Unavailable = 69;
    public const int InputOutput = 74;

    /// <summary>Null for errors that nobody foresaw: those show where they come from.</summary>
    public static (string Message, int Code)? Explain(Exception error, InstallationOptions options) => error switch
    {
        UnsafeStartException => (error.Message, Configuration),
        MigrationException => (error.Message, Configuration),
        IOException { InnerException: AddressInUseException } => (
            $"Another program listens on {options.Listen}.\nFix: Stop it, or set Listen to another port.", Unavailable),
        IOException { InnerException: SocketException } or SocketException => (
            $"The server cannot listen on {options.Listen}: {error.Message}\n"
            + "Fix: Set Listen to an address of this machine.",
            Configuration),
        StorageException { InnerException: NpgsqlException inner } => Postgres(inner),
        NpgsqlException postgres => Postgres(postgres),
        StorageException => (
            $"The database cannot be used: {error.Message}\nFix: Run castellan-server doctor.", InputOutput),
        CryptographicException => (
            $"A key or certificate cannot be used: {error.Message}\nFix: Check KeyFile and the certificate.",
            Configuration),
        UnauthorizedAccessException or IOException => (
            $"{error.Message}\nFix: Give the account that runs the server the data folder and its files.", InputOutput),
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => (
            $"A setting cannot be read: {error.Message}\nFix: Correct its value; docs/configuration.md lists them.",
            Configuration),
        _ => null,
    };

    private static (string, int) Postgres(NpgsqlException error) => error switch
    {
        PostgresException
        {
            SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification,
        }
            => ($"PostgreSQL refuses the sign-in: {error.Message}\nFix: Check user and password in Postgres.",
                Configuration),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            ($"{error.Message}\nFix: Create the database, or correct its name in Postgres.", Configuration),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } =>
            ($"{error.Message}\nFix: Let the database's user create tables in its schema.", Configuration),
        _ => ($"PostgreSQL cannot be reached: {error.InnerException?.Message ?? error.Message}\n"
            + "Fix: Start it, and check host and port in Postgres.", Unavailable),
    };
}
