using AwesomeAssertions;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Keys;

/// <summary>What bounds a key holds for the calls that come with it, over HTTP.</summary>
public sealed class KeyBoundsTests
{
    [Fact]
    public async Task A_restricted_key_does_what_it_names_and_nothing_else()
    {
        await using var world = await KeyWorld.Start();
        await world.Call("contracts.apply", new { app = world.App.Value },
            new { contract = System.Text.Json.Nodes.JsonNode.Parse(Isolation.HostileWorld.Contract) });
        var tenant = await world.Tenant();
        var key = await world.Restricted("users.list");

        (await world.Use(key)).Should().Be("done");
        (await world.Use(key, "/v1/tenants")).Should().Be("permission_denied");
        // What the app itself may do with its publishable key, a restricted key may not either.
        (await world.Use(key, "/v1/records/open", headers: ("Castellan-Tenant", tenant)))
            .Should().Be("permission_denied");
        (await world.Use(key, "/v1/auth/sign-in", "POST", new { email = "a@example.com", password = "x" }))
            .Should().Be("permission_denied");
        (await world.Use(key, "/v1/keys/report-leak", "POST", new { key = "x" })).Should().Be("done");
        (await world.Use(key, "/v1/users", headers: ("Origin", "https://evil.example"))).Should().Be("origin_refused");
        (await world.Use(key, "/v1/users", headers: ("Castellan-Environment", "live")))
            .Should().Be("environment_mismatch");
    }

    [Fact]
    public async Task A_key_for_one_tenant_need_not_name_it_and_reaches_no_other()
    {
        await using var world = await KeyWorld.Start();
        await world.Call("contracts.apply", new { app = world.App.Value },
            new { contract = System.Text.Json.Nodes.JsonNode.Parse(Isolation.HostileWorld.Contract) });
        var (own, other) = (await world.Tenant("Own"), await world.Tenant("Other"));
        string[] permissions = ["records.create", "records.list", "tenants.get"];
        var bound = await world.Key(new { kind = "restricted", permissions, tenant_id = own });
        var wide = await world.Key(new { tenant_id = own });
        var free = await world.Restricted(permissions);
        const string Records = "/v1/records/inside";

        (await world.Use(bound, Records, "POST", new { slug = "a" })).Should().Be("done");
        (await world.Use(bound, Records, headers: ("Castellan-Tenant", own))).Should().Be("done");
        (await world.Use(bound, $"/v1/tenants/{own}")).Should().Be("done");
        (await world.Use(bound, Records, headers: ("Castellan-Tenant", other))).Should().Be("not_found");
        (await world.Use(bound, Records, headers: ("Castellan-Tenant", ""))).Should().Be("not_found");
        (await world.Use(bound, $"/v1/tenants/{other}")).Should().Be("not_found");
        (await world.Use(free, Records)).Should().Be("tenant_required");
        foreach (var path in new[] { "/v1/tenants", "/v1/users", "/v1/events", $"/v1/apps/{world.App.Value}/contract" })
            (await world.Use(wide, path)).Should().Be("permission_denied", path);
        (await world.Use(wide, "/v1/tenants", "POST", new { name = "New" })).Should().Be("permission_denied");
        (await world.Use(wide, Records)).Should().Be("done");
        var made = (await world.Send(bound, Records)).Json["items"]!.AsArray().Single()!;
        made["tenant_id"]!.ToString().Should().Be(own);
    }

    [Fact]
    public async Task A_foreign_tenant_is_told_from_an_absent_one_by_nothing()
    {
        await using var world = await KeyWorld.Start();
        var (own, other) = (await world.Tenant("Own"), await world.Tenant("Other"));
        var bound = await world.Key(new { tenant_id = own });
        var absent = TenantId.New(world.Server.Clock.GetUtcNow()).Value;
        async Task<string> Told(string tenant)
        {
            var problem = (await world.Send(bound, $"/v1/tenants/{tenant}")).Json;
            problem.Remove("request_id");
            problem.Remove("instance");
            return problem.ToJsonString();
        }
        (await Told(other)).Should().Be(await Told(absent));
    }

    [Fact]
    public async Task Addresses_outside_of_the_ranges_are_refused_and_the_denial_is_kept()
    {
        await using var world = await KeyWorld.Start();
        var elsewhere = await world.Key(new { ip_ranges = new[] { "203.0.113.0/24", "2001:db8::/32" } });
        var here = await world.Key(new { ip_ranges = new[] { "203.0.113.0/24", "127.0.0.1" } });

        (await world.Use(here)).Should().Be("done");
        (await world.Use(elsewhere)).Should().Be("key_address_refused");
        // Nobody but a proxy that is trusted is believed about addresses.
        (await world.Use(elsewhere, headers: ("X-Forwarded-For", "203.0.113.7"))).Should().Be("key_address_refused");
        await Poll.Until(async () => (await world.Texts($"""
            select reason from audit_entry where outcome = {"denied"} and actor_id = {elsewhere.Id}
            """)).Count == 2);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_callers_own_address_counts()
    {
        await using var world = await KeyWorld.Start("--TrustedProxies", "127.0.0.1");
        var key = await world.Key(new { ip_ranges = new[] { "203.0.113.0/24" } });

        (await world.Use(key, headers: ("X-Forwarded-For", "203.0.113.7"))).Should().Be("done");
        (await world.Use(key, headers: ("X-Forwarded-For", "203.0.114.7"))).Should().Be("key_address_refused");
        // The proxy appends what it saw; what stood before is the caller's word.
        (await world.Use(key, headers: ("X-Forwarded-For", "203.0.113.7, 198.51.100.1")))
            .Should().Be("key_address_refused");
        (await world.Use(key)).Should().Be("key_address_refused");
    }

    [Fact]
    public async Task A_publishable_key_may_be_for_some_sites_only()
    {
        await using var world = await KeyWorld.Start();
        await world.Call("apps.settings.update", world.Place, new
        {
            origins = new[] { "https://a.example.com", "https://b.example.com" }, password_forms = true, native = true,
        });
        var key = await world.Key(new { kind = "publishable", origins = new[] { "https://a.example.com" } });
        var sign = new { email = "ada@example.com", password = "seven odd violet anvils" };
        Task<string> From(params (string, string)[] headers) =>
            world.Use(key, "/v1/auth/sign-up", "POST", sign, headers);

        key.Secret.Should().StartWith("cas_pk_sandbox_");
        (await From(("Origin", "https://b.example.com"))).Should().Be("origin_refused");
        (await From()).Should().Be("origin_refused");
        (await From(("Origin", "https://a.example.com"))).Should().Be("done");
    }

    [Fact]
    public async Task A_publishable_key_beside_a_users_token_keeps_its_bounds()
    {
        await using var world = await KeyWorld.Start();
        await world.Call("apps.settings.update", world.Place, new
        {
            origins = new[] { "https://a.example.com" }, password_forms = true, native = true,
        });
        var (open, elsewhere) = (await world.Key(new { kind = "publishable" }),
            await world.Key(new { kind = "publishable", ip_ranges = new[] { "203.0.113.0/24" } }));
        var body = new { email = "ada@example.com", password = "seven odd violet anvils" };
        var token = (await world.Send(open, "/v1/auth/sign-up", "POST", body)).Json["access_token"]!.ToString();
        async Task<int> Me(Made key)
        {
            using var client = world.Server.With(token, key.Secret);
            return (await HttpAnswer.Send(client, "GET", "/v1/me")).Status;
        }

        (await Me(open)).Should().Be(200);
        (await Me(elsewhere)).Should().Be(401);
        await world.Call("keys.disable", world.Path(open), new { reason = "a test" });
        (await Me(open)).Should().Be(401);
    }

    [Fact]
    public async Task Tokens_are_introspected_by_keys_that_are_for_the_whole_app_alone()
    {
        await using var world = await KeyWorld.Start();
        await world.Call("apps.settings.update", world.Place, new { password_forms = true, native = true });
        var browser = await world.Key(new { kind = "publishable" });
        var body = new { email = "ada@example.com", password = "seven odd violet anvils" };
        var token = (await world.Send(browser, "/v1/auth/sign-up", "POST", body)).Json["access_token"]!.ToString();
        var tenant = await world.Tenant();
        async Task<int> Ask(Made key)
        {
            using var client = world.Server.With(key.Secret);
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", token)]);
            return (await HttpAnswer.Send(client, "POST", "/sandbox/oauth/introspect", form)).Status;
        }

        (await Ask(await world.Key())).Should().Be(200);
        (await Ask(await world.Key(new { ip_ranges = new[] { "127.0.0.1" } }))).Should().Be(200);
        (await Ask(await world.Key(new { ip_ranges = new[] { "203.0.113.0/24" } }))).Should().Be(401);
        (await Ask(await world.Key(new { tenant_id = tenant }))).Should().Be(401);
        (await Ask(await world.Restricted("users.list"))).Should().Be(401);
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task What_one_node_disables_or_rotates_away_another_refuses_within_a_second()
    {
        await using var world = await KeyWorld.Start();
        await using var other = await world.Server.StartNode();
        var (disabled, rotated) = (await world.Key(), await world.Key());
        async Task<int> There(Made key)
        {
            using var client = other.With(key.Secret);
            return (await HttpAnswer.Send(client, "GET", "/v1/users")).Status;
        }
        (await There(disabled)).Should().Be(200);
        (await There(rotated)).Should().Be(200);

        await world.Call("keys.disable", world.Path(disabled), new { reason = "a test" });
        await world.Call("keys.rotate", world.Path(rotated), new { overlap_minutes = 0 });
        world.Server.Clock.Advance(TimeSpan.FromSeconds(1));

        (await There(disabled)).Should().Be(401);
        (await There(rotated)).Should().Be(401);
    }

    [Fact]
    public async Task A_keys_own_limit_is_said_in_the_headers_and_holds()
    {
        await using var world = await KeyWorld.Start();
        var key = await world.Key(new { rate_per_minute = 3 });

        for (var i = 0; i < 3; i++) (await world.Use(key)).Should().Be("done");
        var refused = await world.Send(key, "/v1/users");
        refused.Code.Should().Be("rate_limited");
        refused.Header("RateLimit-Policy").Should().Contain("\"own\";q=3;w=60");
        refused.Header("Retry-After").Should().Be("20");
        world.Server.Clock.Advance(TimeSpan.FromSeconds(20));
        (await world.Use(key)).Should().Be("done");
        (await world.Use(key)).Should().Be("rate_limited");
    }
}
