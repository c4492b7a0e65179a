using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Records.Bulk;

/// <summary>
/// Lets PostgreSQL look at a table that has grown by much. By itself it does so up to a minute later, and plans as for
/// an empty table until then: a reference is followed by reading all of a tenant for each row. SQLite plans without.
/// </summary>
internal sealed class PlannerStatistics(IDatabase database)
{
    /// <summary>Records of one call from which on a table may have grown by much.</summary>
    private const int WrittenMin = 100;

    /// <summary>
    /// A table that is known to have so many times the rows has not: statistics go on to hold, and looking costs more
    /// the larger it is.
    /// </summary>
    private const int GrowthMax = 5;

    private readonly bool isPostgres = database.EngineName == "postgres";

    /// <summary>In the Change that wrote so many records, as its last statement.</summary>
    public async ValueTask Refresh(Change change, TableName table, int written)
    {
        if (!isPostgres || written < WrittenMin || await IsKnown(change, table, (long)written * GrowthMax)) return;
        await change.Run($"analyze {table}");
    }

    /// <summary>Whether the planner takes it for a table of at least so many rows; it says -1 of a new one.</summary>
    private static async ValueTask<bool> IsKnown(Change change, TableName table, long rows) =>
        await change.One(
            $"""
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = {table.Schema!.Value.Name} and c.relname = {table.Name.Name} and c.reltuples >= {rows}
            """,
            row => row.Text()) is not null;
}
