using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Kernel;

/// <summary>What is written without an audit entry is on a short list.</summary>
public sealed class UpkeepTests
{
    [Fact]
    public async Task Upkeep_writes_what_is_on_its_list()
    {
        await using var server = await TestServer.Start();
        var upkeep = new Upkeep(server.Database);

        (await upkeep.Run($"update session set last_used_at = 1 where id = {"none"}")).Should().Be(0);
        (await upkeep.Run($"delete from idempotency where expires_at <= {0L}")).Should().Be(0);
        (await upkeep.Run(transaction => transaction.Many(
            $"select id from tenant where id = {"none"} {transaction.ForUpdate}", row => row.Text())))
            .Should().BeEmpty();
    }

    [Theory]
    [InlineData("delete from session")]
    [InlineData("update tenant set name = 'x'")]
    [InlineData("insert into membership (id) values ('x')")]
    [InlineData("with gone as (delete from app_key returning id) select id from gone")]
    [InlineData("update\n    audit_entry set reason = null")]
    public async Task Upkeep_refuses_everything_else(string statement)
    {
        await using var server = await TestServer.Start();
        var before = await Rows.Count(server);
        var upkeep = new Upkeep(server.Database);

        var run = async () => await upkeep.Run($"{new Raw(statement)}");
        var queue = async () => await upkeep.Run(async transaction =>
        {
            await transaction.Queue($"{new Raw(statement)}");
            return true;
        });

        await run.Should().ThrowAsync<InvalidOperationException>().WithMessage("Upkeep may not*");
        await queue.Should().ThrowAsync<InvalidOperationException>().WithMessage("Upkeep may not*");
        (await Rows.Count(server)).Should().BeEquivalentTo(before);
    }
}
