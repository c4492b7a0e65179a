using System.Security.Cryptography;
using System.Text;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Tables;

/// <summary>
/// Where an app's records lie: in PostgreSQL a schema per app and environment (<c>c17.tasks</c>), in SQLite a prefix
/// (<c>c17_tasks</c>). The number is the contract's, so that no name that a person chose reaches across apps.
/// </summary>
internal sealed class TableNames(IDatabase database)
{
    private readonly bool hasSchemas = database.EngineName == "postgres";

    public SqlDialect Dialect => hasSchemas ? SqlDialect.Postgres : SqlDialect.Sqlite;

    public Identifier? Schema(long number) => hasSchemas ? new Identifier($"c{number}") : null;

    public TableName Records(long number, string collection) => Of(number, collection);

    /// <summary>Earlier versions of records.</summary>
    public TableName History(long number, string collection) => Of(number, $"{collection}__history");

    /// <summary>The table that a rewrite fills.</summary>
    public TableName Shadow(long number, string collection) => Of(number, $"{collection}__shadow");

    /// <summary>What is dropped waits under this name for the end of its grace.</summary>
    public TableName Kept(long number, string name) => Of(number, name);

    /// <summary>
    /// Unique within a schema on PostgreSQL and within the file on SQLite. The generation tells the index of a table
    /// that was written anew from that of the one before.
    /// </summary>
    public static Identifier IndexName(long number, string collection, string key, long generation)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{collection}\n{key}\n{generation}"));
        return new Identifier($"c{number}_{Convert.ToHexStringLower(digest.AsSpan(0, 12))}");
    }

    /// <summary>As a part of the same schema, which PostgreSQL wants to hear where an index is dropped.</summary>
    public TableName QualifiedIndex(long number, Identifier index) => new(Schema(number), index);

    private TableName Of(long number, string name) => hasSchemas
        ? new TableName(Schema(number), new Identifier(name))
        : new TableName(null, new Identifier($"c{number}_{name}"));
}
