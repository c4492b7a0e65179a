using System.Net;
using System.Net.Http.Headers;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Access;

/// <summary>What a tenant grants to an app's key: there, and beside what the key holds everywhere.</summary>
public sealed class GrantOfKeyTests
{
    [Fact]
    public async Task A_key_may_do_what_it_was_granted_in_the_tenant_that_granted_it()
    {
        await using var world = await AccessWorld.Start();
        var (id, secret) = await Key(world, "tenants.get");
        var other = await world.Tenants.Tenant(world.Ben);
        (await List(world, secret, world.Tenant)).Should().Be(HttpStatusCode.Forbidden);

        var grant = await world.Grant(new { key_id = id, permission = "members.list" });

        (await List(world, secret, world.Tenant)).Should().Be(HttpStatusCode.OK);
        (await List(world, secret, other)).Should().Be(HttpStatusCode.Forbidden);
        (await world.Call(world.Admin, "grants.list", query: new { key = id }))["items"]![0]!["id"]!.ToString()
            .Should().Be(grant);
        await world.Call(world.Admin, "grants.revoke", new { grant });
        (await List(world, secret, world.Tenant)).Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_replaces_a_key_has_its_grants()
    {
        await using var world = await AccessWorld.Start();
        var (id, old) = await Key(world, "tenants.get");
        await world.Grant(new { key_id = id, permission = "members.list" });
        var (key, secret) = Made(await world.Tenants.Call(InProcess.Owner, "keys.rotate", At(world, id)));

        (await List(world, secret, world.Tenant)).Should().Be(HttpStatusCode.OK);
        (await List(world, old, world.Tenant)).Should().Be(HttpStatusCode.OK, "it overlaps");

        var again = await world.Call(world.Admin, "grants.create", body: new
        {
            key_id = key, permission = "invitations.list",
        });
        again["key_id"]!.ToString().Should().Be(id, "a line of keys is named by its first");
        var third = Made(await world.Tenants.Call(InProcess.Owner, "keys.rotate", At(world, key))).Id;
        foreach (var named in new[] { id, key, third })
        {
            (await world.Call(world.Admin, "grants.list", query: new { key = named }))["items"]!.AsArray()
                .Should().HaveCount(2, "each names the line");
        }
        var (other, _) = await Key(world, "tenants.get");
        (await world.Call(world.Admin, "grants.list", query: new { key = other }))["items"]!.AsArray()
            .Should().BeEmpty();
    }

    [Fact]
    public async Task A_key_hands_on_what_it_was_granted_and_no_more()
    {
        await using var world = await AccessWorld.Start();
        var (id, _) = await Key(world, "grants.create");
        var key = Caller.OfKey("sandbox", world.Tenants.App, new KeyId(id), ["grants.create"]);
        var body = new { user_id = world.Vera.User!.Value.Value, permission = "members.list" };
        (await world.Code(key, "grants.create", body: body)).Should().Be("grant_too_high");

        await world.Grant(new { key_id = id, permission = "members.list", app_id = world.Tenants.App.Value });

        (await world.Code(key, "grants.create", body: body)).Should().BeNull("it gives in its app alone");
        (await world.Code(key, "grants.create", body: new { body.user_id, permission = "members.update" }))
            .Should().Be("grant_too_high");
    }

    [Fact]
    public async Task A_key_that_ends_gives_nothing_for_longer()
    {
        await using var world = await AccessWorld.Start();
        var end = world.Tenants.Server.Clock.GetUtcNow().AddDays(1);
        var made = await world.Tenants.Call(
            InProcess.Owner, "keys.create", new { app = world.Tenants.App.Value, environment = "sandbox" },
            new { name = "ending", permissions = new[] { "grants.create", "members.list" }, expires_at = end });
        async Task<string> Give(DateTimeOffset? until)
        {
            using var client = world.Tenants.Server.With(Made(made).Secret);
            using var response = await client.PostAsync($"/v1/tenants/{world.Tenant}/grants", new StringContent(
                System.Text.Json.JsonSerializer.Serialize(new
                {
                    user_id = world.Vera.User!.Value.Value, permission = "members.list", expires_at = until,
                }),
                new MediaTypeHeaderValue("application/json")));
            return await response.Content.ReadAsStringAsync();
        }

        (await Give(null)).Should().Contain("grant_too_high").And.Contain("for longer than your key is good");
        (await Give(end.AddHours(1))).Should().Contain("grant_too_high");
        (await Give(end.AddHours(-1))).Should().Contain("\"id\"");
    }

    [Fact]
    public async Task Only_a_secret_key_that_the_tenant_sees_is_granted_something()
    {
        await using var world = await AccessWorld.Start();
        async Task<string?> Give(object body) => await world.Code(world.Admin, "grants.create", body: body);
        var (id, _) = await Key(world, "tenants.get");
        var elsewhere = Made(await world.Tenants.Call(
            InProcess.Owner, "keys.create", new { app = world.Tenants.OtherApp.Value, environment = "sandbox" },
            new { name = "elsewhere", permissions = new[] { "tenants.get" } })).Id;
        var live = Made(await world.Tenants.Call(
            InProcess.Owner, "keys.create", new { app = world.Tenants.App.Value, environment = "live" },
            new { name = "live", permissions = new[] { "tenants.get" } })).Id;

        foreach (var absent in new[] { elsewhere, live, "key_00000000000000000000000000" })
            (await Give(new { key_id = absent, permission = "members.list" })).Should().Be("not_found");
        (await Give(new { key_id = id, user_id = world.Vera.User!.Value.Value, permission = "members.list" }))
            .Should().Be("input_invalid");
        await world.Tenants.Call(InProcess.Owner, "keys.revoke", At(world, id), new { reason = "a test" });
        (await Give(new { key_id = id, permission = "members.list" })).Should().Be("not_found");
    }

    private static async Task<(string Id, string Secret)> Key(AccessWorld world, params string[] permissions) => Made(
        await world.Tenants.Call(
            InProcess.Owner, "keys.create", new { app = world.Tenants.App.Value, environment = "sandbox" },
            new { name = "narrow", kind = "restricted", permissions }));

    private static (string Id, string Secret) Made(System.Text.Json.Nodes.JsonObject answer) =>
        (answer["key"]!["id"]!.ToString(), answer["secret"]!.ToString());

    private static object At(AccessWorld world, string key) =>
        new { app = world.Tenants.App.Value, environment = "sandbox", key };

    private static async Task<HttpStatusCode> List(AccessWorld world, string secret, string tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/tenants/{tenant}/members");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        using var response = await world.Tenants.Server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
