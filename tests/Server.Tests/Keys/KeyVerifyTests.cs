using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Keys;
using Castellan.Platform.Crypto;

namespace Castellan.Tests.Keys;

public sealed class KeyVerifyTests
{
    [Fact]
    public async Task The_first_reason_in_the_fixed_order_is_the_answer()
    {
        await using var world = await KeyWorld.Start();
        await world.Call("apps.transition", new { app = world.App.Value }, new { state = "pilot", reason = "a test" });
        var (own, other) = (await world.Tenant("Own"), await world.Tenant("Other"));
        var key = await world.Key(new
        {
            kind = "restricted", permissions = new[] { "records.list", "app.export" }, tenant_id = own,
            ip_ranges = new[] { "203.0.113.0/24" }, rate_per_minute = 1, expires_at = "2030-02-01T00:00:00Z",
        });
        var live = Caller.OfKey("live", world.App, KeyId.New(world.Server.Clock.GetUtcNow()), ["*"]);
        // Each use is wrong in all later ways too; the caller's environment is the key's from the second on.
        var uses = new List<(string Outcome, object Use, Caller? By)>
        {
            ("wrong_environment", Use("198.51.100.1", "https://x.example", other, "users.get"), live),
            ("ip_refused", Use("198.51.100.1", "https://x.example", other, "users.get"), null),
            ("ip_refused", Use(null, null, own, "records.list"), null),
            ("origin_refused", Use("203.0.113.7", "https://x.example", other, "users.get"), null),
            ("tenant_mismatch", Use("203.0.113.7", null, other, "users.get"), null),
            ("tenant_mismatch", Use("203.0.113.7", null, null, "users.get"), null),
            ("insufficient_permissions", Use("203.0.113.7", null, own, "records.get"), null),
            ("insufficient_permissions", Use("203.0.113.7", null, own, "app.import"), null),
            ("valid", Use("203.0.113.7", null, own, "records.list"), null),
            ("rate_limited", Use("203.0.113.7", null, own, "app.export"), null),
            ("insufficient_permissions", Use("203.0.113.7", null, own, "records.get"), null),
        };
        foreach (var (outcome, use, by) in uses)
            (await world.Outcome(key.Secret, use, by)).Should().Be(outcome, use.ToString());

        world.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        (await world.Outcome(key.Secret, Use("203.0.113.7", null, null, "app.export"))).Should().Be("valid");
        await world.Call("keys.disable", world.Path(key), new { reason = "a test" });
        (await world.Outcome(key.Secret, by: live)).Should().Be("disabled");
        world.Server.Clock.Advance(TimeSpan.FromDays(20));
        (await world.Outcome(key.Secret)).Should().Be("disabled", "it comes before the end");
        var expired = await world.Key(new { expires_at = world.Server.Clock.GetUtcNow().AddDays(1) });
        world.Server.Clock.Advance(TimeSpan.FromDays(2));
        (await world.Outcome(expired.Secret, by: live)).Should().Be("expired");
        await world.Call("keys.revoke", world.Path(key), new { reason = "a test" });
        (await world.Outcome(key.Secret)).Should().Be("revoked");
        (await world.Outcome(OpaqueToken.New("cas_rk_sandbox_"))).Should().Be("not_found");
        (await world.Outcome(key.Secret[..^1] + "!")).Should().Be("malformed");
        (await world.Outcome("cas_xx_sandbox_" + key.Secret[15..])).Should().Be("malformed");
    }

    private static object Use(string? address, string? origin, string? tenant, string? operation) =>
        new { address, origin, tenant, operation };

    [Fact]
    public void The_questions_are_asked_in_the_order_of_their_answers() =>
        KeyVerifier.Asked.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems()
            .And.Equal(Enum.GetValues<KeyOutcome>().Except(
                [KeyOutcome.Malformed, KeyOutcome.NotFound, KeyOutcome.RateLimited, KeyOutcome.Valid]));

    [Fact]
    public async Task A_key_of_another_app_is_not_there_and_a_bad_key_is_never_an_error()
    {
        await using var world = await KeyWorld.Start();
        var foreign = await world.KeyOf(world.OtherApp, "sandbox");
        var verified = await world.Verify(foreign.Secret);

        verified["outcome"]!.ToString().Should().Be("not_found");
        verified["valid"]!.GetValue<bool>().Should().BeFalse();
        verified["key"].Should().BeNull();
        (await world.Outcome(foreign.Secret, by: InProcess.Owner)).Should().Be("valid", "operators see all apps");
        (await world.Outcome("nonsense")).Should().Be("malformed");
        (await world.Invoke("keys.verify", body: new { key = "x", address = "nonsense" }))
            .Problem!.Errors.Single().Code.Should().Be("not_an_address");
    }

    [Fact]
    public async Task A_valid_key_is_described_and_its_use_noted()
    {
        await using var world = await KeyWorld.Start();
        var key = await world.Restricted("app.export");
        var verified = await world.Verify(key.Secret, new { operation = "app.export", address = "203.0.113.9" });

        verified["valid"]!.GetValue<bool>().Should().BeTrue();
        verified["key"]!["id"]!.ToString().Should().Be(key.Id);
        verified.ToJsonString().Should().NotContain(key.Secret);
        await Poll.Until(async () => (await world.Listed(key.Id))["last_used_ip"]?.ToString() == "203.0.113.9");
    }

    [Fact]
    public async Task A_limit_that_is_used_up_says_how_long_to_wait()
    {
        await using var world = await KeyWorld.Start();
        var key = await world.Key(new { rate_per_minute = 2 });
        (await world.Use(key)).Should().Be("done");
        (await world.Outcome(key.Secret)).Should().Be("valid", "calls and verifications share the limit");
        var verified = await world.Verify(key.Secret);
        verified["outcome"]!.ToString().Should().Be("rate_limited");
        verified["retry_after_s"]!.GetValue<int>().Should().Be(30);
    }

    [Fact]
    public async Task A_key_that_is_for_one_tenant_verifies_no_others()
    {
        await using var world = await KeyWorld.Start();
        var tenant = await world.Tenant();
        (await world.Problems(new { permissions = new[] { "keys.verify" }, tenant_id = tenant }))
            .Should().Equal("/permissions/0 beyond_tenant");
        var key = await world.Key(new { tenant_id = tenant });
        (await world.Use(key, "/v1/keys/verify", "POST", new { key = key.Secret })).Should().Be("permission_denied");
    }

    [Fact]
    public async Task Nothing_is_accepted_that_began_after_a_stop_was_answered()
    {
        await using var world = await KeyWorld.Start();
        var verifier = world.Service<KeyVerifier>();
        var use = new KeyUse("sandbox", null, null, null, null, null);
        var attempts = 0L;
        for (var round = 0; round < 20; round++)
        {
            var key = await world.Key();
            var (stopped, late, done) = (0L, 0, false);
            var asking = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (!Volatile.Read(ref done))
                {
                    var began = System.Diagnostics.Stopwatch.GetTimestamp();
                    var (outcome, _, _) = await verifier.Verify(key.Secret, world.App, use);
                    Interlocked.Increment(ref attempts);
                    var end = Volatile.Read(ref stopped);
                    if (outcome is KeyOutcome.Valid && end != 0 && began > end) Interlocked.Increment(ref late);
                }
            })).ToList();
            await Task.Delay(5, TestContext.Current.CancellationToken);
            if (round % 2 == 0) await world.Call("keys.disable", world.Path(key), new { reason = "a test" });
            else await world.Call("keys.revoke", world.Path(key), new { reason = "a test" });
            // On PostgreSQL this node forgets too before it answers; a second is what the others have.
            Volatile.Write(ref stopped, System.Diagnostics.Stopwatch.GetTimestamp());
            await Task.Delay(10, TestContext.Current.CancellationToken);
            Volatile.Write(ref done, true);
            await Task.WhenAll(asking);
            late.Should().Be(0, $"round {round}");
        }
        attempts.Should().BeGreaterThan(1_000);
    }

    [Fact]
    public async Task What_the_verifier_says_is_what_the_gate_does()
    {
        await using var world = await KeyWorld.Start();
        var tenant = await world.Tenant();
        var operations = world.Service<OperationTable>().All.Where(o => o is { Hosted: false, Method: "GET" }
            && !o.Route.Contains('{', StringComparison.Ordinal) && o.Grants.Any(g => g.Kind is CallerKind.Key));
        Made[] keys =
        [
            await world.Key(), await world.Restricted("users.list"), await world.Key(new { tenant_id = tenant }),
            await world.Key(new { ip_ranges = new[] { "203.0.113.0/24" } }),
        ];
        foreach (var operation in operations)
        {
            foreach (var key in keys)
            {
                var use = new { operation = operation.Name, address = "127.0.0.1" };
                var outcome = await world.Outcome(key.Secret, use);
                var code = await world.Use(key, operation.Route);
                var isLetIn = code is "done" or "input_invalid";
                isLetIn.Should().Be(outcome == "valid", $"{operation.Name}, {key.Key["name"]}: {outcome}, {code}");
            }
        }
    }
}
