using AwesomeAssertions;
using Castellan.Platform.Crypto;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Keys;

public sealed class KeyLeakTests
{
    private static readonly string[] Mailing =
        ["--Mail:Host", "127.0.0.1", "--Mail:Port", "9", "--Mail:Security", "None", "--Mail:From", "c@example.com"];

    private static Task<HttpAnswer> Report(KeyWorld world, string key) => HttpAnswer.Send(
        world.Server.Http, "POST", "/v1/keys/report-leak", new { key, found_at = "https://example.com/paste/7" });

    [Fact]
    public async Task A_live_key_that_is_reported_is_revoked_and_its_owner_and_the_owners_are_told()
    {
        await using var world = await KeyWorld.Start(Mailing);
        var admin = (await world.Call("operators.create",
            body: new { name = "Ann", email = "ann@example.org", role = "admin" }))["operator"]!["id"]!.ToString();
        var key = await world.Key(new
        {
            kind = "restricted", permissions = new[] { "users.list" }, owner_id = admin,
        });
        (await world.Use(key)).Should().Be("done");

        var answer = await Report(world, key.Secret);

        answer.Status.Should().Be(202);
        await Poll.Until(async () => (await world.Listed(key.Id))["revoked_at"] is not null);
        (await world.Use(key)).Should().Be("credential_invalid");
        (await world.Texts($"select reason from audit_entry where action = {"keys.report_leak"}"))
            .Should().Equal("Reported as leaked, found at https://example.com/paste/7");
        (await world.Texts($"select type from outbox_event where subject_id = {key.Id} order by id"))
            .Should().BeEquivalentTo("key.created", "key.leaked", "key.revoked");
        (await world.Texts($"select to_address from mail where purpose = {"operator_notice"} order by to_address"))
            .Should().Equal("ann@example.org", "owner@example.com");
    }

    [Fact]
    public async Task The_answer_is_the_same_whatever_is_reported_and_nothing_else_changes()
    {
        await using var world = await KeyWorld.Start();
        var publishable = await world.Key(new { kind = "publishable" });
        var revoked = await world.Key();
        await world.Call("keys.revoke", world.Path(revoked), new { reason = "a test" });
        var audits = await world.Texts($"select id from audit_entry");
        string[] reported =
        [
            "", "nonsense", OpaqueToken.New("cas_sk_sandbox_"), OpaqueToken.New("cas_op_"), publishable.Secret,
            revoked.Secret, (await world.Key()).Secret,
        ];
        var answers = new List<string>();
        foreach (var key in reported.Skip(1))
        {
            var answer = await Report(world, key);
            answers.Add($"{answer.Status} {answer.Text}");
        }
        (await Report(world, reported[0])).Code.Should().Be("input_invalid");

        answers.Distinct().Should().ContainSingle().Which.Should().Be("""202 {"received":true}""");
        await Poll.Until(async () => (await world.Texts($"select found_at from key_leak")).Count == 0);
        (await world.Listed(publishable.Id))["revoked_at"].Should().BeNull();
        (await world.Texts($"select id from audit_entry")).Should().HaveCount(audits.Count + 2,
            "one key was made, and one revoked");
    }

    [Fact]
    public async Task A_report_outlives_a_stop_of_the_server_and_a_frozen_app()
    {
        await using var world = await KeyWorld.Start();
        var key = await world.Key();
        await world.Call("apps.transition", new { app = world.App.Value }, new { state = "frozen", reason = "a test" });
        // As if the server had stopped before it looked.
        await world.Server.Database.Transact(write => write.Run($"""
            insert into key_leak (hash, found_at, reported_at) values ({OpaqueToken.Hash(key.Secret)}, {"there"}, {1L})
            """));
        await Poll.Until(async () => (await world.Listed(key.Id))["revoked_at"] is not null,
            () => world.Server.Clock.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Reports_of_one_address_are_limited()
    {
        await using var world = await KeyWorld.Start("--RateLimits:Credential:Burst", "2",
            "--RateLimits:Credential:PerSecond", "0.5");
        (await Report(world, "x")).Status.Should().Be(202);
        (await Report(world, "x")).Status.Should().Be(202);
        (await Report(world, "x")).Status.Should().Be(429);
    }
}
