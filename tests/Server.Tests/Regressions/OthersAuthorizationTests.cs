using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Identity;
using Castellan.Tests.Identity;
using Castellan.Tests.Isolation;
using Castellan.Tests.Records;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Regressions;

/// <summary>
/// Defects that other systems had, in their words and by their numbers, each shown not to be here. Sources: the
/// changelog of OpenFGA, threads of better-auth and of products built on it, the public clients of ScaleMule.
/// </summary>
public sealed class OthersAuthorizationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>OpenFGA CVE-2026-55170: a collation without case merged two identities.</summary>
    [Fact]
    public async Task Texts_that_differ_in_case_alone_are_two()
    {
        await using var world = await RecordWorld.Start();

        await world.Create(world.Ada, "projects", new { name = "one", slug = "acme" });
        await world.Create(world.Ada, "projects", new { name = "two", slug = "ACME" });
        await world.Create(world.Ada, "projects", new { name = "three", slug = "a\u0301cme" });

        (await world.Values(world.Ada, "projects", "name", new { filter = """{"slug":{"eq":"ACME"}}""" }))
            .Should().Equal("two");
        var id = await world.Id(world.Ada, "projects", new { name = "four" });
        foreach (var other in new[] { id.ToUpperInvariant(), "PRJ" + id[3..], id + " " })
        {
            (await world.Code(world.Ada, "records.get", "projects", other))
                .Should().Be("not_found", other);
        }
        var elsewhere = world.At("projects", tenant: world.Tenant.ToUpperInvariant());
        (await world.Tenants.Code(world.Ada, "records.list", elsewhere)).Should().Be("not_found");
    }

    /// <summary>OpenFGA CVE-2026-55689: without a configured audience, a token's audience was not looked at.</summary>
    [Fact]
    public async Task Token_without_an_audience_or_with_several_is_refused()
    {
        await using var world = await IdentityWorld.Start();
        var parts = (await world.SignUp()).Access.Split('.');
        var key = await world.Server.App.Services.GetRequiredService<SigningKeys>().Current("sandbox");
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        var audience = claims["aud"]!.ToString();

        foreach (var bad in new JsonNode?[] { null, "", "*", audience + ":x", new JsonArray(audience) })
            (await world.Get("/v1/me", Signed(bad))).Code.Should().Be("credential_invalid", $"{bad}");
        (await world.Get("/v1/me", Signed(audience))).Status.Should().Be(HttpStatusCode.OK);

        string Signed(JsonNode? aud)
        {
            claims.Remove("aud");
            if (aud is not null) claims["aud"] = aud.DeepClone();
            var said = $"{parts[0]}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
            return $"{said}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(said)))}";
        }
    }

    /// <summary>OpenFGA: looking a pre-shared key up by its text told by time how much of it was right.</summary>
    [Fact]
    public async Task Secret_is_nowhere_to_be_compared_with()
    {
        await using var world = await HostileWorld.Start();
        var (key, agent) = (await world.NewKey(world.App), await world.NewAgent());
        await world.CallAs(key, "tenants.list");

        var rows = (await Tables.Read(world.Server)).Rows;

        foreach (var secret in new[] { key.Bearer!, agent.Bearer! })
        {
            var random = secret.Split('_')[^1];
            rows.Should().NotContain(row => row.Contains(random) || row.Contains(random.Substring(0, 12)));
        }
    }

    /// <summary>OpenFGA: the discovery document was built from the request's Host header.</summary>
    [Theory]
    [InlineData("/sandbox/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server/sandbox")]
    public async Task Discovery_names_the_configured_address_whatever_the_request_says(string path)
    {
        await using var world = await IdentityWorld.Start();
        using var asked = new HttpRequestMessage(HttpMethod.Get, path);
        asked.Headers.Host = "evil.example";
        foreach (var name in new[] { "X-Forwarded-Host", "X-Original-Host", "X-Host" })
            asked.Headers.Add(name, "evil.example");
        asked.Headers.Add("Forwarded", "host=evil.example;proto=https");

        using var answer = await world.Server.Http.SendAsync(asked, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);

        text.Should().NotContain("evil.example");
        JsonNode.Parse(text)!["issuer"]!.ToString().Should().Be("http://127.0.0.1:7300/sandbox");
    }

    /// <summary>OpenFGA: keys of a cache were joined texts, and two of them came out the same.</summary>
    [Fact]
    public async Task Parts_of_a_key_do_not_run_together()
    {
        await using var world = await HostileWorld.Start();
        var tenant = await world.NewTenant();
        var keys = new[] { "k", "k:1", "k|1", tenant, $"{tenant}:k", $"{world.Ada.Caller.User}:k", "K" };

        var ids = new List<string>();
        foreach (var by in new[] { world.Ada, world.Key })
        {
            for (var i = 0; i < keys.Length; i++) ids.Add(await Made(by, i));
        }

        ids.Should().OnlyHaveUniqueItems("none of them was the repetition of another");
        (await Made(world.Ada, 2)).Should().Be(ids[2], "one that repeats is answered with what was made");

        async Task<string> Made(Actor by, int number)
        {
            var key = keys[number];
            var answer = await world.Server.InProcess.Invoke(
                by.Caller, "groups.create", new { tenant }, new { name = $"{by.Name} {number}" }, idempotencyKey: key);
            answer.Problem.Should().BeNull($"{key} of {by.Name} is a key of its own");
            return JsonNode.Parse(answer.Body.Span)!["id"]!.ToString();
        }
    }

    /// <summary>OpenFGA: a branch that was cancelled was remembered as a denial.</summary>
    [Fact]
    public async Task Call_that_was_broken_off_is_not_remembered_as_a_denial()
    {
        await using var world = await HostileWorld.Start();
        var tenant = await world.NewTenant();
        for (var i = 0; i < 20; i++)
        {
            // Somebody of whom memory knows nothing yet, so that a load is under way.
            var (user, _) = await world.NewMember(tenant);
            using var http = world.Server.With(user.Bearer);
            using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var first = http.GetAsync(new Uri($"/v1/tenants/{tenant}", UriKind.Relative), impatient.Token);
            if (i % 2 == 0) await Task.Yield();
            await impatient.CancelAsync();
            await first.ContinueWith(_ => { }, Ct, TaskContinuationOptions.None, TaskScheduler.Default);

            using var again = await http.GetAsync(new Uri($"/v1/tenants/{tenant}", UriKind.Relative), Ct);

            again.StatusCode.Should().Be(HttpStatusCode.OK);
        }
    }

    /// <summary>OpenFGA: an answer depended on the order in which facts were given, and some denied wrongly.</summary>
    [Fact]
    public async Task Order_of_a_question_does_not_change_its_answers()
    {
        await using var world = await HostileWorld.Start();
        var tenant = await world.NewTenant();
        var user = world.Vera.Caller.User!.Value.Value;
        foreach (var permission in new[] { "workspaces.create", "invitations.list", "groups.create" })
            await world.CallAs(world.Ada, "grants.create", new { tenant }, new { user_id = user, permission });
        string[] asked =
        [
            "workspaces.create", "members.remove", "groups.create", "roles.create", "invitations.list", "members.list",
        ];

        var forward = await Ask(asked);
        var backward = await Ask([.. asked.Reverse()]);

        backward.Should().BeEquivalentTo(forward);
        forward.Where(answer => answer.Value).Select(answer => answer.Key).Should().BeEquivalentTo(
            "workspaces.create", "groups.create", "invitations.list", "members.list");

        async Task<Dictionary<string, bool>> Ask(string[] permissions)
        {
            var answered = await world.CallAs(
                world.Ada, "access.evaluate", new { tenant }, new { user_id = user, permissions });
            return answered["results"]!.AsArray().ToDictionary(
                item => item!["permission"]!.ToString(), item => item!["allowed"]!.GetValue<bool>());
        }
    }

    /// <summary>OpenFGA: a cache that was emptied while a write went on answered with what was before it.</summary>
    [Fact]
    public async Task Right_that_was_taken_away_is_gone_for_who_asks_afterwards()
    {
        await using var world = await HostileWorld.Start(adjust: null, Unlimited.Settings);
        var tenant = await world.NewTenant();
        for (var i = 0; i < 10; i++)
        {
            var readers = 0;
            var (user, membership) = await world.NewMember(tenant);
            using var over = new CancellationTokenSource();
            // They load and ask while the membership ends, and go on after it.
            var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    await world.Server.InProcess.Invoke(user.Caller, "tenants.get", new { tenant });
                    Interlocked.Increment(ref readers);
                }
            })).ToList();
            await Poll.Until(() => Volatile.Read(ref readers) > 0);

            await world.CallAs(world.Ada, "members.remove", new { tenant, member = membership });
            for (var n = 0; n < 50; n++)
            {
                var answer = await world.Server.InProcess.Invoke(user.Caller, "tenants.get", new { tenant });
                answer.Problem?.Type.Code.Should().Be("not_found");
            }
            await over.CancelAsync();
            await Task.WhenAll(reading);
        }
    }

    /// <summary>OpenFGA: after a rotation, tokens with a new key's id were refused.</summary>
    [Fact]
    [Trait("Engine", "postgres")]
    public async Task Token_by_a_key_that_another_node_made_is_good()
    {
        await using var world = await IdentityWorld.Start();
        await using var other = await world.Server.StartNode();
        var known = other.App.Services.GetRequiredService<SigningKeys>();
        (await known.Published("sandbox")).Should().BeEmpty("it remembers that there is none");

        var token = (await world.SignUp()).Access;
        world.Server.Clock.Advance(TimeSpan.FromSeconds(1));

        using var http = other.With(token);
        using var answer = await http.GetAsync(new Uri("/v1/me", UriKind.Relative), Ct);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    /// <summary>
    /// better-auth 9075, decocms/studio 3250, superset-sh 6957: the organisation lay in the session, so that one tab's
    /// choice was another's, and a new organisation became the choice of every tab.
    /// </summary>
    [Fact]
    public async Task Tenant_is_of_the_request_and_never_of_the_session()
    {
        await using var world = await HostileWorld.Start();
        var tenants = new[] { await world.NewTenant(), await world.NewTenant() };
        foreach (var tenant in tenants) await world.NewRecord(tenant, "inside");
        using var tab = world.Server.With(world.Ada.Bearer);

        var asked = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            if (i == 20) await world.NewTenant();
            return (Tenant: tenants[i % 2], Seen: await Seen(tenants[i % 2]));
        }));

        foreach (var (tenant, seen) in asked) seen.Should().Equal(tenant);
        (await Code(null)).Should().Be("tenant_required", "there is no choice to fall back on");

        async Task<List<string>> Seen(string tenant)
        {
            using var answer = await Send(tenant);
            var page = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
            return [.. page["items"]!.AsArray().Select(item => item!["tenant_id"]!.ToString())];
        }

        async Task<string> Code(string? tenant)
        {
            using var answer = await Send(tenant);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!["code"]!.ToString();
        }

        Task<HttpResponseMessage> Send(string? tenant)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/v1/records/inside");
            if (tenant is not null) request.Headers.Add("Castellan-Tenant", tenant);
            return tab.SendAsync(request, Ct);
        }
    }
}
