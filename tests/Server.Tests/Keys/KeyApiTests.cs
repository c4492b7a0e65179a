using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Keys;

/// <summary>Keys are made with bounds, stopped and started again.</summary>
public sealed class KeyApiTests
{
    [Fact]
    public async Task A_key_is_made_with_its_bounds_and_says_them()
    {
        await using var world = await KeyWorld.Start();
        var tenant = await world.Tenant();

        var made = await world.Key(new
        {
            kind = "restricted", description = "Exports at night.",
            permissions = new[] { "records.list", "app.export" }, tenant_id = tenant,
            ip_ranges = new[] { "203.0.113.7", "2001:DB8::/32" }, rate_per_minute = 60,
            expires_at = "2031-01-01T00:00:00Z",
        });

        made.Secret.Should().StartWith("cas_rk_sandbox_");
        var listed = await world.Listed(made.Id);
        listed["kind"]!.ToString().Should().Be("restricted");
        listed["description"]!.ToString().Should().Be("Exports at night.");
        listed["permissions"]!.ToJsonString().Should().Be("""["records.list","app.export"]""");
        listed["tenant_id"]!.ToString().Should().Be(tenant);
        listed["ip_ranges"]!.ToJsonString().Should().Be("""["203.0.113.7/32","2001:db8::/32"]""");
        listed["rate_per_minute"]!.GetValue<int>().Should().Be(60);
        listed["owner_id"]!.ToString().Should().Be(InProcess.Owner.Operator!.Value.Value);
        listed["lineage_id"]!.ToString().Should().Be(made.Id);
        listed.ToJsonString().Should().NotContain(made.Secret);
    }

    [Fact]
    public async Task What_a_kind_takes_no_part_in_is_refused_by_name()
    {
        await using var world = await KeyWorld.Start();
        var tenant = await world.Tenant();

        (await world.Problems(new { kind = "restricted" })).Should().Equal("/permissions required");
        (await world.Problems(new { kind = "restricted", permissions = new[] { "*" } }))
            .Should().Equal("/permissions required");
        (await world.Problems(new { kind = "publishable", permissions = new[] { "users.list" }, tenant_id = tenant }))
            .Should().Equal("/permissions not_for_kind", "/tenant_id not_for_kind");
        (await world.Problems(new { origins = new[] { "https://app.example.com" } }))
            .Should().Equal("/origins not_for_kind");
        (await world.Problems(new { kind = "publishable", origins = new[] { "https://app.example.com/" } }))
            .Should().Equal("/origins not_an_origin");
        (await world.Problems(new { ip_ranges = new[] { "10.0.0.1/8" }, rate_per_minute = 0 }))
            .Should().Equal("/ip_ranges not_a_range", "/rate_per_minute out_of_range");
        (await world.Problems(new { expires_at = "2029-01-01T00:00:00Z" })).Should().Equal("/expires_at in_the_past");
    }

    [Fact]
    public async Task Operations_are_ones_that_keys_may_hold()
    {
        await using var world = await KeyWorld.Start();
        var tenant = await world.Tenant();

        (await world.Problems(new { kind = "restricted", permissions = new[] { "app.x", "user.list", "me.get" } }))
            .Should().Equal("/permissions/1 not_an_operation", "/permissions/2 not_an_operation");
        (await world.Problems(new { permissions = new[] { "users.list", "tenants.get" }, tenant_id = tenant }))
            .Should().Equal("/permissions/0 beyond_tenant");
        var answer = await world.Invoke(
            "keys.create", world.Place, new { name = "x", permissions = new[] { "users.lst" } });
        answer.Problem!.Errors.Single().Fix.Should().Be("Did you mean 'users.list'?");
    }

    [Fact]
    public async Task A_tenant_and_an_owner_that_are_not_there_are_refused_alike()
    {
        await using var world = await KeyWorld.Start();
        var tenant = await world.Tenant();
        var foreign = await world.Call("tenants.create", body: new { name = "Elsewhere" });
        var now = world.Server.Clock.GetUtcNow();

        (await world.Problems(new { tenant_id = foreign["id"]!.ToString() })).Should().Equal("/tenant_id not_there");
        (await world.Problems(new { tenant_id = TenantId.New(now).Value })).Should().Equal("/tenant_id not_there");
        (await world.Problems(new { owner_id = OperatorId.New(now).Value })).Should().Equal("/owner_id not_there");
        (await world.Problems(new { tenant_id = tenant })).Should().BeEmpty();
    }

    [Fact]
    public async Task Nobody_gives_a_key_what_they_do_not_hold()
    {
        await using var world = await KeyWorld.Start();
        var now = world.Server.Clock.GetUtcNow();
        var admin = Caller.OfOperator(OperatorId.New(now), OperatorRole.Admin, "sandbox", "admin@example.com");
        var support = Caller.OfOperator(OperatorId.New(now), OperatorRole.Support, "sandbox", "s@example.com");

        (await world.Problems(new { permissions = new[] { "*" } }, admin)).Should().BeEmpty();
        (await world.Invoke("keys.create", world.Place, new { name = "x" }, support))
            .Problem!.Type.Code.Should().Be("permission_denied");
    }

    [Fact]
    public async Task A_disabled_key_is_refused_until_it_is_enabled()
    {
        await using var world = await KeyWorld.Start();
        var key = await world.Restricted("users.list");
        (await world.Use(key)).Should().Be("done");

        var disabled = await world.Call("keys.disable", world.Path(key), new { reason = "The vendor is away." });
        (await world.Use(key)).Should().Be("credential_invalid");
        var again = await world.Call("keys.disable", world.Path(key), new { reason = "Still away." });
        var enabled = await world.Call("keys.enable", world.Path(key));
        (await world.Use(key)).Should().Be("done");

        disabled["disabled_at"].Should().NotBeNull();
        again["disabled_at"]!.ToString().Should().Be(disabled["disabled_at"]!.ToString());
        enabled["disabled_at"].Should().BeNull();
        (await world.Texts($"select reason from audit_entry where action = {"keys.disable"} order by id"))
            .Should().Equal("The vendor is away.", "Still away.");
        (await world.Texts($"select type from outbox_event where type in ('key.disabled', 'key.enabled') order by id"))
            .Should().Equal("key.disabled", "key.disabled", "key.enabled");
    }

    [Fact]
    public async Task What_has_ended_is_not_changed_any_more()
    {
        await using var world = await KeyWorld.Start();
        var (revoked, expired) = (await world.Key(), await world.Key(new { expires_at = "2030-01-16T00:00:00Z" }));
        await world.Call("keys.revoke", world.Path(revoked), new { reason = "a test" });
        world.Server.Clock.Advance(TimeSpan.FromDays(1));

        var problem = (await world.Invoke("keys.enable", world.Path(revoked), new { })).Problem!;
        problem.Detail.Should().StartWith("It was revoked at 2030-01-15T");
        problem.Fix.Should().Contain("keys.create");
        foreach (var key in new[] { revoked, expired })
        {
            foreach (var (operation, body) in new (string, object)[]
            {
                ("keys.disable", new { reason = "a test" }), ("keys.enable", new { }), ("keys.rotate", new { }),
            })
            {
                (await world.Invoke(operation, world.Path(key), body))
                    .Problem!.Type.Code.Should().Be("key_ended", operation);
            }
        }
        var revokedAfterwards = await world.Call("keys.revoke", world.Path(expired), new { reason = "a test" });
        revokedAfterwards["revoked_at"].Should().NotBeNull();
    }

    [Fact]
    public async Task A_stale_version_is_refused_and_nothing_changes()
    {
        await using var world = await KeyWorld.Start();
        var key = await world.Key();
        foreach (var (operation, body) in new (string, object)[]
        {
            ("keys.disable", new { reason = "a test" }), ("keys.enable", new { }), ("keys.rotate", new { }),
        })
        {
            (await world.Invoke(operation, world.Path(key), body, ifMatch: "\"7\""))
                .Problem!.Type.Code.Should().Be("version_conflict", operation);
        }
        (await world.Listed(key.Id))["version"]!.GetValue<int>().Should().Be(1);
    }

    [Fact]
    public async Task Last_use_is_noted_once_a_minute_with_its_address()
    {
        await using var world = await KeyWorld.Start();
        var key = await world.Key();
        await world.Use(key);
        await Poll.Until(async () => (await world.Listed(key.Id))["last_used_at"] is not null);
        var first = await world.Listed(key.Id);

        first["last_used_ip"]!.ToString().Should().Be("127.0.0.1");
        first["version"]!.GetValue<int>().Should().Be(1);
        world.Server.Clock.Advance(TimeSpan.FromSeconds(59));
        await world.Use(key);
        (await world.Listed(key.Id))["last_used_at"]!.ToString().Should().Be(first["last_used_at"]!.ToString());
        world.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await world.Use(key);
        await Poll.Until(async () =>
            (await world.Listed(key.Id))["last_used_at"]!.ToString() != first["last_used_at"]!.ToString());
        (await world.Texts($"select id from audit_entry where target_id = {key.Id}")).Should().ContainSingle();
    }

    [Fact]
    public async Task The_apps_publishable_key_is_the_first_that_is_good_and_unbound()
    {
        await using var world = await KeyWorld.Start();
        async Task<string?> Shown() =>
            (await world.Call("apps.settings.get", world.Place))["publishable_key"]?.ToString();
        var born = await Shown();
        var id = (await world.Call("keys.list", world.Place))["items"]!.AsArray()
            .Single(k => k!["kind"]!.ToString() == "publishable")!["id"]!.ToString();
        await world.Key(new { kind = "publishable", origins = new[] { "https://partner.example.com" } });
        var second = await world.Key(new { kind = "publishable" });

        (await Shown()).Should().Be(born);
        await world.Call("keys.disable", new { app = world.App.Value, environment = "sandbox", key = id },
            new { reason = "a test" });
        (await Shown()).Should().Be(second.Secret);
        var rotated = await world.Call("keys.rotate", world.Path(second));
        (await Shown()).Should().Be(rotated["secret"]!.ToString());
    }
}
