using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Records.Schemas;

/// <summary>
/// How the engine carries out what a product has asked: each statement about its records by an index, none by looking
/// at every row of a table.
/// </summary>
internal static partial class Plans
{
    /// <summary>In the text of every statement about records of the only contract.</summary>
    public static string RecordTables => TestServer.Engine == "postgres" ? "\"c1\".\"" : "\"c1_";

    /// <summary>
    /// Explains all that was asked; <paramref name="collection"/> serves to show that a scan would be seen.
    /// </summary>
    public static async Task RequireNoScan(SchemaWorld world, string collection, ITestOutputHelper output)
    {
        var log = (LoggedDatabase)world.Tenants.Server.Database;
        (await Scans(log, $"select id from {world[collection]} where version = {0L}")).Should().ContainSingle();
        var statements = log.Statements.Where(IsPlanned).ToList();
        var scans = new List<string>();
        foreach (var statement in statements) scans.AddRange(await Scans(log, statement));
        output.WriteLine($"{statements.Count} statements planned");
        statements.Should().HaveCountGreaterThan(50);
        scans.Should().BeEmpty();
    }

    private static async Task<List<string>> Scans(LoggedDatabase log, Sql statement)
    {
        var plan = log.EngineName == "postgres"
            ? await OnPostgres(log.Unlogged, statement)
            : await OnSqlite(log.Unlogged, statement);
        // A record that is not stored yet is asked about as a row of one's own.
        var bringsItsRow = statement.ToString().Contains("from (select $1 as \"id\"", StringComparison.Ordinal);
        return
        [
            .. plan.Where(line => Scan().IsMatch(line) && !(bringsItsRow && line == "SCAN r"))
                .Select(line => $"{line.Trim()}\n  of {statement}"),
        ];
    }

    private static bool IsPlanned(Sql statement) => Planned().IsMatch(statement.ToString());

    /// <summary>
    /// A table that is small, or half of which is asked for, is scanned by choice: may it be had otherwise?
    /// </summary>
    private static async Task<List<string>> OnPostgres(IDatabase database, Sql statement) =>
        await database.Transact(new WriteLane("plans"), async transaction =>
        {
            await transaction.Run($"set local enable_seqscan = off");
            return await transaction.Many(ChangedSql.Of(statement, text => "explain " + text), row => row.Text());
        });

    private static async Task<List<string>> OnSqlite(IDatabase database, Sql statement) => await database.Many(
        ChangedSql.Of(statement, text => "explain query plan " + text),
        row =>
        {
            _ = (row.Int64(), row.Int64(), row.Int64());
            return row.Text();
        });

    [GeneratedRegex(@"^\s*(select|insert|update|delete|with)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Planned();

    // Rows that the statement itself brings, and those of a list inside of a value, are no table.
    [GeneratedRegex(
        @"Seq Scan on|^SCAN (?!CONSTANT ROW|\d+ CONSTANT ROW|json_each|seen\b|\(subquery)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Scan();
}
