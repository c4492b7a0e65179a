using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Castellan.Tests.Identity;

public sealed class AccessTokenTests
{
    private const string Issuer = "http://127.0.0.1:7300/sandbox";

    [Fact]
    public async Task An_independent_verifier_accepts_a_token_by_the_key_set()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        var keys = world.Server.App.Services.GetRequiredService<SigningKeys>();
        var set = new JsonWebKeySet(Encoding.UTF8.GetString(await keys.Document("sandbox")));

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(tokens.Access, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = $"castellan:sandbox:{world.App.Id}",
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = ["ES256"],
            IssuerSigningKeys = set.GetSigningKeys(),
            LifetimeValidator = (_, expires, _, _) => expires > world.Server.Clock.GetUtcNow().UtcDateTime,
        });

        result.Exception.Should().BeNull();
        result.Claims["sub"].Should().Be(tokens.UserId);
        result.Claims["client_id"].Should().Be(world.App.Sandbox);
        result.Claims.Should().ContainKeys("iat", "exp", "jti", "sid");
        set.Keys.Should().OnlyContain(key => key.D == null);
        Base64Url.EncodeToString(set.Keys[0].ComputeJwkThumbprint()).Should().Be(set.Keys[0].Kid);
    }

    [Fact]
    public async Task What_was_changed_or_made_elsewhere_is_refused()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        var parts = tokens.Access.Split('.');
        var keys = world.Server.App.Services.GetRequiredService<SigningKeys>();
        var key = await keys.Current("sandbox");
        var payload = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();

        var fakes = new Dictionary<string, string>
        {
            ["payload"] = $"{parts[0]}.{Encode(payload, ("sub", $"usr_{new string('0', 26)}"))}.{parts[2]}",
            ["signature"] = $"{parts[0]}.{parts[1]}.{new string('A', 86)}",
            ["none"] = $"{Header("none", "at+jwt", key.Id)}.{parts[1]}.",
            ["hs256"] = Hmac(Header("HS256", "at+jwt", key.Id), parts[1], await keys.Document("sandbox")),
            ["type"] = Signed(key, Header("ES256", "JWT", key.Id), parts[1]),
            ["kid"] = Signed(key, Header("ES256", "at+jwt", "another"), parts[1]),
            ["issuer"] = Signed(key, parts[0], Encode(payload, ("iss", Issuer.Replace("sandbox", "live")))),
            ["environment"] = Signed(key, parts[0], Encode(payload, ("aud", $"castellan:live:{world.App.Id}"))),
            ["audience"] = Signed(key, parts[0], Encode(payload, ("aud", world.App.Id))),
            ["session"] = Signed(key, parts[0], Encode(payload, ("sid", "ses_none"))),
            ["no expiry"] = Signed(key, parts[0], Encode(payload, ("exp", null))),
            ["two parts"] = $"{parts[0]}.{parts[1]}",
            ["trailing"] = tokens.Access + "=",
        };
        foreach (var (name, fake) in fakes)
            (await world.Get("/v1/me", fake)).Code.Should().Be("credential_invalid", name);
        (await world.Get("/v1/me", Signed(key, parts[0], parts[1]))).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_expires_also_where_it_was_verified_before()
    {
        await using var world = await IdentityWorld.Start();
        var tokens = await world.SignUp();
        (await world.Get("/v1/me", tokens.Access)).Status.Should().Be(HttpStatusCode.OK);
        world.Server.Clock.Advance(AccessTokens.Lifetime - TimeSpan.FromSeconds(1));
        (await world.Get("/v1/me", tokens.Access)).Status.Should().Be(HttpStatusCode.OK);
        world.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await world.Get("/v1/me", tokens.Access)).Code.Should().Be("credential_invalid");
    }

    [Fact]
    public async Task A_key_beside_the_token_must_be_of_its_app_and_environment()
    {
        await using var world = await IdentityWorld.Start();
        var other = await IdentityWorld.Register(world.Server, "Other");
        var tokens = await world.SignUp();

        (await world.Get("/v1/me", tokens.Access, world.App.Sandbox)).Status.Should().Be(HttpStatusCode.OK);
        foreach (var key in new[] { other.Sandbox, world.App.Live, "cas_pk_sandbox_nonsense" })
            (await world.Get("/v1/me", tokens.Access, key)).Code.Should().Be("credential_invalid");
    }

    [Fact]
    public async Task Keys_are_replaced_after_their_time_with_an_overlap()
    {
        await using var world = await IdentityWorld.Start();
        var keys = world.Server.App.Services.GetRequiredService<SigningKeys>();
        var first = await keys.Current("sandbox");
        world.Server.Clock.Advance(SigningKeys.Signs);

        (await keys.Current("sandbox")).Id.Should().Be(first.Id);
        (await keys.Published("sandbox")).Should().HaveCount(2);
        world.Server.Clock.Advance(SigningKeys.Ahead);
        var second = await keys.Current("sandbox");
        second.Id.Should().NotBe(first.Id);
        (await keys.Published("sandbox")).Should().HaveCount(2);
        world.Server.Clock.Advance(AccessTokens.Lifetime * 2);
        (await keys.Published("sandbox")).Select(key => key.Id).Should().Equal(second.Id);
        (await world.Audits("signing_keys.create")).Should().HaveCount(2);
    }

    [Fact]
    public async Task Many_at_once_make_one_first_key_and_it_is_stored_encrypted()
    {
        await using var world = await IdentityWorld.Start();
        var keys = world.Server.App.Services.GetRequiredService<SigningKeys>();

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => keys.Current("live").AsTask()));

        made.Select(key => key.Id).Distinct().Should().ContainSingle();
        using var algorithm = made[0].CreateAlgorithm();
        var stored = await world.Server.Database.Many(
            $"select private_key from signing_key", row => row.Bytes(), TestContext.Current.CancellationToken);
        var secret = Convert.ToHexString(algorithm.ExportParameters(includePrivateParameters: true).D!);
        Convert.ToHexString(stored.Should().ContainSingle().Subject).Should().NotContain(secret);
    }

    private static string Header(string algorithm, string type, string id) => Base64Url.EncodeToString(
        Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"{{type}}","kid":"{{id}}"}"""));

    private static string Encode(JsonObject payload, (string Name, string? Value) changed)
    {
        var copy = payload.DeepClone().AsObject();
        if (changed.Value is null) copy.Remove(changed.Name);
        else copy[changed.Name] = changed.Value;
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(copy.ToJsonString()));
    }

    private static string Signed(SigningKey key, string header, string payload) =>
        $"{header}.{payload}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes($"{header}.{payload}")))}";

    private static string Hmac(string header, string payload, byte[] secret) => $"{header}.{payload}."
        + Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{header}.{payload}")));
}
