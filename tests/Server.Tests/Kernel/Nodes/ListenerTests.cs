using AwesomeAssertions;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Memory;
using Castellan.Tests.Isolation;
using Castellan.Tests.Platform;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Castellan.Tests.Kernel.Nodes;

/// <summary>How sure a node is, and what it does when it is not.</summary>
[Trait("Engine", "postgres")]
public sealed class ListenerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_is_trusted_for_as_long_as_others_are_heard()
    {
        await using var world = await HostileWorld.Start(CountedDatabase.AddTo);
        var lists = new Asked(world.Operations.Single(o => o.Name == "tenants.list"), world.Key);
        await UntilSure(world.Server);
        (await world.Messenger.Send(lists)).IsDone.Should().BeTrue();
        var before = CountedDatabase.Of(world.Server).ReadsOf("from app_key");

        for (var i = 0; i < 3; i++)
        {
            world.Server.Clock.Advance(Second);
            await UntilSure(world.Server);
            (await world.Messenger.Send(lists)).IsDone.Should().BeTrue();
        }

        CountedDatabase.Of(world.Server).ReadsOf("from app_key").Should().Be(before);
    }

    [Fact]
    public async Task A_node_whose_line_was_cut_believes_nothing_from_before()
    {
        await using var world = await HostileWorld.Start();
        await using var other = await world.Server.StartNode();
        using var there = new Messenger(other);
        await UntilSure(other);
        world.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var lists = new Asked(world.Operations.Single(o => o.Name == "tenants.list"), world.Key);
        (await there.Send(lists)).IsDone.Should().BeTrue();

        // As though it was told while nobody listened: no notice is left of it.
        await world.Server.Database.Transact(write => write.Run($"""
            update app_key set revoked_at = {world.Server.Clock.GetUtcNow()} where id = {world.Key.Caller.Principal}
            """));
        (await there.Send(lists)).IsDone.Should().BeTrue("nobody has told");
        var heard = Hearing(other).Last;
        await world.Server.Database.Many(
            $"""
            select pg_terminate_backend(pid)::text from pg_stat_activity
            where datname = current_database() and query like '%node_notice%' and pid <> pg_backend_pid()
            """,
            row => row.Text(), Ct);
        await Poll.Until(() => Hearing(other).Last is { } now && now.Since > heard!.Since,
            () => world.Server.Clock.Advance(TimeSpan.FromMilliseconds(1)));
        world.Server.Clock.Advance(Second);
        await UntilSure(other);

        (await there.Send(lists)).Code.Should().Be("credential_invalid");
    }

    [Fact]
    public async Task A_node_that_is_silent_towards_the_database_refuses_what_it_remembers()
    {
        await using var world = await HostileWorld.Start();
        await using var proxy = new PostgresProxy(new NpgsqlConnectionStringBuilder(world.Server.Postgres)
        {
            CommandTimeout = 1, Timeout = 1,
        }.ConnectionString);
        await using var other = await world.Server.StartNode(null, "--Postgres", proxy.ConnectionString);
        using var there = new Messenger(other);
        await UntilSure(other);
        var lists = new Asked(world.Operations.Single(o => o.Name == "operators.me"), world.Operator);
        (await there.Send(lists)).IsDone.Should().BeTrue();

        proxy.FallSilent();
        world.Server.Clock.Advance(Second);

        var refused = await there.Send(lists);
        (refused.Status, refused.Code, refused.RetryAfter).Should().Be((503, "unavailable", "1"));
        proxy.SpeakAgain();
        await Poll.Until(async () => (await there.Send(lists)).IsDone);
    }

    [Fact]
    public async Task What_is_told_of_what_nobody_here_knows_makes_a_node_load_everything_anew()
    {
        await using var server = await TestServer.Start();
        await UntilSure(server);
        var heard = Hearing(server).Last!;
        server.Clock.Advance(TimeSpan.FromMilliseconds(1));

        await server.Database.Transact(write =>
            write.Run($"insert into node_notice (topic, key) values ({"of a newer version"}, {""})"));

        await Poll.Until(() => Hearing(server).Last!.Since > heard.Since);
    }

    [Fact]
    public async Task Notices_are_removed_when_every_node_has_heard_them()
    {
        await using var server = await TestServer.Start();
        await server.Database.Transact(write => write.Run($"""
            insert into node_notice (topic, key, at) values ({"operator"}, {"old"}, {1L}), ({"operator"}, {"new"},
                (extract(epoch from clock_timestamp()) * 1000)::bigint)
            """));

        await Poll.Until(
            async () => (await server.Database.Many(
                $"select key from node_notice where topic = {"operator"}", row => row.Text(), Ct)) is ["new"],
            () => server.Clock.Advance(TimeSpan.FromMinutes(1)));
    }

    private static Hearing Hearing(TestServer server) =>
        server.App.Services.GetRequiredService<Notices>().Hearing!;

    /// <summary>Until the node has asked the database at the present time.</summary>
    private static Task UntilSure(TestServer server) =>
        Poll.Until(() => Hearing(server).Last is { } heard && heard.AsOf >= server.Clock.GetTimestamp());
}
