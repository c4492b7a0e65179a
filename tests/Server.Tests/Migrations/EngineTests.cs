using AwesomeAssertions;

namespace Castellan.Tests.Migrations;

/// <summary>Both engines hold the same: tables, columns, what may be null, keys, references, indexes.</summary>
[Trait("Engine", "postgres")]
public sealed class EngineTests
{
    private const string Rowid =
        "The position is the row's own number: there is one writer, and the feeds read a view of the same name.";

    private const string Sequenced =
        "Positions are given after the commit, into tables of their own, because ids are not commit order.";

    private const string Mark = "How far the sequencer has come; PostgreSQL has a queue instead.";

    private const string Nodes = "What nodes tell each other; SQLite has one process.";

    private const string Nonces = "What agents have signed with on whichever node; SQLite has one process.";

    /// <summary>What only SQLite has, each with its reason.</summary>
    private static readonly Dictionary<string, string> OnlySqlite = new()
    {
        ["audit_entry.position integer not null"] = Rowid,
        ["audit_entry primary key (position)"] = Rowid,
        ["outbox_event.position integer not null"] = Rowid,
        ["outbox_event primary key (position)"] = Rowid,
        ["sequence_mark.position integer not null"] = Mark,
    };

    /// <summary>What only PostgreSQL has, each with its reason.</summary>
    private static readonly Dictionary<string, string> OnlyPostgres = new()
    {
        ["audit_entry primary key (id)"] = Sequenced,
        ["audit_position.position integer not null"] = Sequenced,
        ["audit_position.entry_id text not null"] = Sequenced,
        ["audit_position primary key (position)"] = Sequenced,
        ["outbox_event primary key (id)"] = Sequenced,
        ["event_position.position integer not null"] = Sequenced,
        ["event_position.event_id text not null"] = Sequenced,
        ["event_position primary key (position)"] = Sequenced,
        ["sequence_queue.id integer not null"] = Sequenced,
        ["sequence_queue.kind text not null"] = Sequenced,
        ["sequence_queue.ref_id text not null"] = Sequenced,
        ["sequence_queue.tenant_id text"] = Sequenced,
        ["sequence_queue primary key (id)"] = Sequenced,
        ["agent_nonce.agent_id text not null"] = Nonces,
        ["agent_nonce.nonce text not null"] = Nonces,
        ["agent_nonce.expires_at integer not null"] = Nonces,
        ["agent_nonce primary key (agent_id, nonce)"] = Nonces,
        ["agent_nonce (agent_id) references agent (id)"] = Nonces,
        ["agent_nonce index agent_nonce_expires (expires_at)"] = Nonces,
        ["node_notice.xact integer not null"] = Nodes,
        ["node_notice.topic text not null"] = Nodes,
        ["node_notice.key text not null"] = Nodes,
        ["node_notice.at integer not null"] = Nodes,
        ["node_notice primary key (xact, topic, key)"] = Nodes,
    };

    [Fact]
    public async Task Both_engines_hold_the_same_but_for_the_differences_that_are_listed()
    {
        await using var migrated = await Migrated.Create();
        var sqlite = await SqliteCatalogue.Facts(migrated.Sqlite);
        var postgres = await PostgresCatalogue.Facts(migrated.Database);

        sqlite.Should().OnlyHaveUniqueItems().And.HaveCountGreaterThan(200);
        postgres.Should().OnlyHaveUniqueItems();
        sqlite.Except(postgres).Should().BeEquivalentTo(OnlySqlite.Keys);
        postgres.Except(sqlite).Should().BeEquivalentTo(OnlyPostgres.Keys);
    }

    [Fact]
    public async Task Keys_and_indexes_sort_by_bytes_on_both_engines()
    {
        await using var migrated = await Migrated.Create();
        (await PostgresCatalogue.SortedByLanguage(migrated.Database)).Should().BeEmpty();
    }
}
