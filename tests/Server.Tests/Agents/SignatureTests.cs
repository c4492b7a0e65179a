using System.Net;
using System.Text.Json;
using AwesomeAssertions;
using Castellan.Agents.Signatures;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Agents;

/// <summary>An agent that signs is known by its key: its token in another's hands is good for nothing.</summary>
public sealed class SignatureTests
{
    private const string List = "/v1/records/inside?limit=1";
    private const string Create = "/v1/records/inside";

    [Fact]
    public async Task A_stolen_token_alone_is_worthless()
    {
        await using var world = await Signed(out var signer);
        var (agent, token) = (world.Hostile.Agent, world.Hostile.Agent.Bearer!);
        var lent = (await world.Lend(agent, "records.list", "records.create"))["id"]!.ToString();

        (await world.Code(token, "POST", "/v1/runs", new { })).Should().Be("signature_required");
        (await world.RefusedExchange(agent, lent, AgentWorld.DelegationType)).Should().Be("invalid_client");
        (await world.Signed(signer, token, "POST", "/v1/runs", new { })).Should().BeNull();
        var (status, taken) = await world.SignedExchange(signer, token, lent);
        status.Should().Be(HttpStatusCode.OK);
        var acting = taken["access_token"]!.ToString();
        (await world.ListRecords(acting)).Should().Be("signature_required");
        (await world.CreateRecord(acting)).Should().Be("signature_required");
        await Poll.Until(async () => (await Denied(world)).Contains("records.create signature_required"));
        (await world.Signed(signer, acting, "GET", List)).Should().BeNull();
        (await world.Signed(signer, acting, "POST", Create, new { slug = "a" })).Should().BeNull();
        var other = await world.Hostile.NewAgent();
        (await world.RefusedExchange(other, acting, AgentWorld.AccessToken, "records.list"))
            .Should().Be("invalid_request", "nobody hands on by a token that says nothing of who shows it");
    }

    [Fact]
    public async Task A_form_that_was_changed_takes_nothing()
    {
        await using var world = await Signed(out var signer);
        var agent = world.Hostile.Agent;
        var first = (await world.Lend(agent, "records.list"))["id"]!.ToString();
        var second = (await world.Lend(agent, "records.create"))["id"]!.ToString();

        var (status, answer) = await world.SignedExchange(
            signer, agent.Bearer!, first, form => form.Replace(first, second, StringComparison.Ordinal));

        status.Should().Be(HttpStatusCode.BadRequest);
        answer["error"]!.ToString().Should().Be("invalid_request");
        answer["error_description"]!.ToString().Should().Contain("not the one that was signed");
    }

    [Fact]
    public async Task Keys_are_rotated_with_an_overlap_and_removed_at_once()
    {
        await using var world = await Signed(out var first);
        using var second = new AgentSigner();
        var token = world.Hostile.Agent.Bearer!;
        Task<string?> By(AgentSigner signer) => world.Signed(signer, token, "POST", "/v1/runs", new { });

        var rotated = await AddKey(
            world, new { public_key = second.PublicKey, replaces = first.KeyId, overlap_minutes = 60 });
        (await By(first)).Should().BeNull();
        (await By(second)).Should().BeNull();
        world.Hostile.Server.Clock.Advance(TimeSpan.FromMinutes(60));
        (await By(first)).Should().Be("signature_invalid");
        (await By(second)).Should().BeNull();
        await world.Hostile.Call(
            "agents.remove_key", new { agent = world.Agent }, new { key_id = second.KeyId, reason = "stolen" });
        (await By(second)).Should().Be("signature_invalid");

        rotated["signing_keys"]!.AsArray().Select(key => key!["key_id"]!.ToString())
            .Should().Equal(first.KeyId, second.KeyId);
        var gone = await world.Hostile.Server.InProcess.Invoke(InProcess.Owner, "agents.remove_key",
            new { agent = world.Agent }, new { key_id = second.KeyId, reason = "again" });
        gone.Problem!.Type.Code.Should().Be("input_invalid");
    }

    [Fact]
    public async Task A_key_is_taken_in_each_of_its_forms_and_nothing_else_is()
    {
        await using var world = await AgentWorld.Start();
        using AgentSigner raw = new(), jwk = new(), pem = new(), padded = new(), last = new();
        Task<Answer> Add(object body) => world.Hostile.Server.InProcess.Invoke(
            InProcess.Owner, "agents.add_key", new { agent = world.Agent }, body);
        string Jwk(string more = "") =>
            $$$"""{"jwk":{"kty":"OKP","crv":"Ed25519","x":"{{{jwk.PublicKey}}}"{{{more}}}}}""";
        static object Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
        var middle = string.Concat(
            pem.PublicPem.Split('\n').Where(line => !line.StartsWith("--", StringComparison.Ordinal))).Trim();

        foreach (var wrong in new object[]
            {
                new { }, new { public_key = "AAAA" }, new { public_key = new string('é', 43) }, new { jwk = new { } },
                new { public_key = raw.PublicKey, replaces = "none" }, Json(Jwk(""","d":"AAAA" """)),
                Json("""{"jwk":{"kty":"OKP","crv":"X25519","x":"AAAA"}}"""), Json("""{"public_key":"a","jwk":{}}"""),
            })
        {
            (await Add(wrong)).Problem!.Type.Code.Should().Be("input_invalid", JsonSerializer.Serialize(wrong));
        }
        var standard = raw.PublicKey.Replace('-', '+').Replace('_', '/') + "=";
        (await Add(new { public_key = standard })).Problem.Should().BeNull();
        (await Add(Json(Jwk()))).Problem.Should().BeNull();
        (await Add(new { public_key = middle })).Problem.Should().BeNull();
        (await Add(new { public_key = middle })).Problem!.Type.Code.Should().Be("input_invalid", "it is there already");
        (await Add(new { public_key = padded.PublicKey })).Problem.Should().BeNull();
        using var fifth = new AgentSigner();
        (await Add(new { public_key = fifth.PublicKey })).Problem.Should().BeNull();
        (await Add(new { public_key = last.PublicKey })).Problem!.Type.Code.Should().Be("agent_keys_full");
        (await Add(new { public_key = last.PublicKey, replaces = fifth.KeyId, overlap_minutes = 0 }))
            .Problem.Should().BeNull();

        var agent = await world.Hostile.Call("agents.get", new { agent = world.Agent });
        agent["signing_keys"]!.AsArray().Select(key => key!["key_id"]!.ToString())
            .Should().Equal(raw.KeyId, jwk.KeyId, pem.KeyId, padded.KeyId, last.KeyId);
    }

    [Fact]
    public async Task An_agent_that_need_not_sign_is_held_to_what_it_signs()
    {
        await using var world = await Signed(out var signer, "optional");
        using var other = new AgentSigner();
        var token = world.Hostile.Agent.Bearer!;

        (await world.Code(token, "POST", "/v1/runs", new { })).Should().BeNull();
        (await world.Signed(signer, token, "POST", "/v1/runs", new { })).Should().BeNull();
        (await world.Signed(other, token, "POST", "/v1/runs", new { })).Should().Be("signature_invalid");
        (await world.Signed(other, world.Hostile.Ada.Bearer!, "GET", "/v1/me"))
            .Should().BeNull("people's requests may be signed for others");
    }

    [Fact]
    public async Task What_may_have_been_used_before_the_start_is_not_taken_where_memory_forgets_it()
    {
        await using var world = await Signed(out var signer);
        using var fresh = new AgentSigner();
        await AddKey(world, new { public_key = fresh.PublicKey });
        var started = new SignatureNonces(
            world.Hostile.Server.Database, new Upkeep(world.Hostile.Server.Database), world.Hostile.Server.Clock);

        var known = started.KnownFrom;

        if (TestServer.Engine == "sqlite") known.Should().Be(world.Hostile.Server.Clock.GetUtcNow().AddSeconds(5));
        else known.Should().Be(default, "the database remembers");
    }

    [Fact]
    [Trait("Engine", "sqlite")]
    public async Task Memory_of_nonces_is_bounded_and_empties_itself()
    {
        await using var world = await AgentWorld.Start();
        var nonces = world.Hostile.Server.App.Services.GetRequiredService<SignatureNonces>();
        var (agent, clock) = (world.Hostile.Agent.Caller.Agent!.Value, world.Hostile.Server.Clock);
        var scope = new EnvironmentScope("sandbox", App: null);
        ValueTask<bool> Use(string nonce) => nonces.Use(scope, agent, nonce, clock.GetUtcNow().AddMinutes(5));

        for (var i = 0; i < 20_000; i++) (await Use($"{i}")).Should().BeTrue();
        (await FluentActions.Awaiting(async () => await Use("more")).Should().ThrowAsync<Refusal>())
            .Which.Problem.Type.Should().Be(GateProblems.Unavailable);
        clock.Advance(TimeSpan.FromMinutes(5));
        (await Use("more")).Should().BeTrue();
        (await Use("more")).Should().BeFalse();
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task A_nonce_is_used_once_on_whichever_node()
    {
        await using var world = await Signed(out var signer);
        await using var node = await world.Hostile.Server.StartNode();
        var token = world.Hostile.Agent.Bearer!;
        // Signed for no address of one node alone: who comes from this machine is known by the one that it names.
        var how = world.How() with { Covered = ["@method", "@target-uri", "authorization", "content-digest"] };

        var here = await world.Signed(signer, token, "POST", "/v1/runs", new { }, how);
        var there = await world.Signed(signer, token, "POST", "/v1/runs", new { }, how, node: node);
        var other = await world.Signed(signer, token, "POST", "/v1/runs", new { }, node: node);

        here.Should().BeNull();
        there.Should().Be("signature_replayed");
        other.Should().BeNull();
    }

    /// <summary>A world whose agent has a key to sign with.</summary>
    internal static Task<AgentWorld> Signed(out AgentSigner signer, string signatures = "required")
    {
        var made = signer = new AgentSigner();
        return Start();

        async Task<AgentWorld> Start()
        {
            var world = await AgentWorld.Start();
            await AddKey(world, new { public_key = made.PublicKey });
            await world.Hostile.Call("agents.update", new { agent = world.Agent }, new { signatures });
            world.Hostile.Server.Clock.Advance(TimeSpan.FromSeconds(10));
            return world;
        }
    }

    private static async Task<IReadOnlyList<string>> Denied(AgentWorld world) =>
    [
        .. (await world.Hostile.Call("audit.list", query: new { actor = world.Agent }))["items"]!.AsArray()
            .Where(entry => entry!["outcome"]!.ToString() == "denied")
            .Select(entry => $"{entry!["action"]} {entry["reason"]}"),
    ];

    private static Task<System.Text.Json.Nodes.JsonObject> AddKey(AgentWorld world, object body) =>
        world.Hostile.Call("agents.add_key", new { agent = world.Agent }, body);
}
