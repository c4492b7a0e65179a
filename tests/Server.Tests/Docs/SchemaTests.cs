using Castellan.Tests.Migrations;

namespace Castellan.Tests.Docs;

/// <summary>
/// What a fresh database looks like after all migrations, for who wants to read it in one place and for reviews of a
/// migration: written by the engine that runs.
/// </summary>
public sealed class SchemaTests
{
    [Fact]
    public async Task The_schema_snapshot_of_this_engine_is_fresh()
    {
        await using var migrated = await Migrated.Create();
        var statements = TestDatabase.Engine == "postgres"
            ? await PostgresCatalogue.Statements(migrated.Database)
            : await SqliteCatalogue.Statements(migrated.Database);
        GeneratedDocsTests.Check($"src/Server/Migrations/schema.{TestDatabase.Engine}.sql",
            "-- What a fresh database looks like after all migrations. Generated from one.\n\n"
            + string.Join("\n", statements));
    }
}
