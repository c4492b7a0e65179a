using AwesomeAssertions;

namespace Castellan.Tests.Keys;

public sealed class KeyRotationTests
{
    [Fact]
    public async Task The_old_secret_stays_good_for_the_overlap_and_the_new_one_has_its_bounds()
    {
        await using var world = await KeyWorld.Start();
        var old = await world.Key(new
        {
            kind = "restricted", permissions = new[] { "users.list" }, ip_ranges = new[] { "127.0.0.0/8" },
            rate_per_minute = 90, description = "Lists people.",
        });

        var answer = await world.Call("keys.rotate", world.Path(old), new { overlap_minutes = 60 });
        var made = new Made(answer["key"]!["id"]!.ToString(), answer["secret"]!.ToString(), answer["key"]!);

        made.Id.Should().NotBe(old.Id);
        made.Secret.Should().StartWith("cas_rk_sandbox_").And.NotBe(old.Secret);
        foreach (var same in new[]
        {
            "lineage_id", "permissions", "ip_ranges", "rate_per_minute", "description", "name", "owner_id",
        })
        {
            made.Key[same]!.ToJsonString().Should().Be(old.Key[same]!.ToJsonString(), same);
        }
        answer["replaced"]!["replaced_by"]!.ToString().Should().Be(made.Id);
        (await world.Use(old)).Should().Be("done");
        (await world.Use(made)).Should().Be("done");
        world.Server.Clock.Advance(TimeSpan.FromMinutes(60));
        (await world.Use(old)).Should().Be("credential_invalid");
        (await world.Use(made)).Should().Be("done");
        (await world.Texts($"select type from outbox_event where subject_id in ({old.Id}, {made.Id}) order by id"))
            .Should().BeEquivalentTo("key.created", "key.created", "key.rotated");
    }

    [Fact]
    public async Task An_overlap_of_nothing_ends_the_old_secret_at_once()
    {
        await using var world = await KeyWorld.Start();
        var old = await world.Key();
        await world.Call("keys.rotate", world.Path(old), new { overlap_minutes = 0 });
        (await world.Use(old)).Should().Be("credential_invalid");
        (await world.Outcome(old.Secret)).Should().Be("expired");
    }

    [Fact]
    public async Task The_overlap_is_a_day_unless_said_and_never_outlives_the_old_keys_own_end()
    {
        await using var world = await KeyWorld.Start();
        var now = world.Server.Clock.GetUtcNow();
        var (endless, ending) = (await world.Key(), await world.Key(new { expires_at = now.AddHours(3) }));

        var first = await world.Call("keys.rotate", world.Path(endless));
        var second = await world.Call("keys.rotate", world.Path(ending));

        first["replaced"]!["expires_at"]!.GetValue<DateTimeOffset>().Should()
            .BeCloseTo(now.AddDays(1), TimeSpan.FromSeconds(1));
        first["key"]!["expires_at"].Should().BeNull();
        second["replaced"]!["expires_at"]!.GetValue<DateTimeOffset>().Should().Be(now.AddHours(3));
        second["key"]!["expires_at"]!.GetValue<DateTimeOffset>().Should()
            .BeCloseTo(now.AddHours(3), TimeSpan.FromSeconds(1), "it lives as long as the old one was to");
    }

    [Fact]
    public async Task A_key_is_rotated_once_and_not_while_it_is_disabled()
    {
        await using var world = await KeyWorld.Start();
        var (rotated, disabled) = (await world.Key(), await world.Key());
        var successor = (await world.Call("keys.rotate", world.Path(rotated)))["key"]!["id"]!.ToString();
        await world.Call("keys.disable", world.Path(disabled), new { reason = "a test" });

        var again = (await world.Invoke("keys.rotate", world.Path(rotated), new { })).Problem!;
        again.Type.Code.Should().Be("key_ended");
        again.Detail.Should().Contain(successor);
        (await world.Invoke("keys.rotate", world.Path(disabled), new { }))
            .Problem!.Fix.Should().Contain("keys.enable");
        (await world.Invoke("keys.rotate", world.Path(rotated), new { overlap_minutes = 10_081 }))
            .Problem!.Type.Code.Should().Be("input_invalid");
        (await world.Invoke("keys.rotate", world.Path(rotated), new { expires_at = "2029-01-01T00:00:00Z" }))
            .Problem!.Type.Code.Should().Be("input_invalid");
    }

    [Fact]
    public async Task Of_many_rotations_at_once_one_is_done()
    {
        await using var world = await KeyWorld.Start();
        var key = await world.Key();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => world.Invoke("keys.rotate", world.Path(key), new { })));
        answers.Count(a => a.Problem is null).Should().Be(1);
        answers.Where(a => a.Problem is not null).Should().OnlyContain(a => a.Problem!.Type.Code == "key_ended");
        (await world.Texts($"select id from app_key where lineage_id = {key.Id}")).Should().HaveCount(2);
    }
}
