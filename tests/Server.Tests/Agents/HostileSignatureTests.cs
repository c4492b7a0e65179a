using System.Text;
using AwesomeAssertions;

namespace Castellan.Tests.Agents;

/// <summary>What is not as it was signed, or not signed as it must be, is refused and says why.</summary>
public sealed class HostileSignatureTests
{
    private const string List = "/v1/records/inside?limit=1";
    private const string Create = "/v1/records/inside";

    private static readonly string[] Usual = ["@method", "@target-uri", "authorization", "castellan-tenant"];

    [Fact]
    public async Task A_request_that_was_changed_is_refused()
    {
        await using var stage = await Stage.Set();
        var tenant = stage.World.Tenant;

        (string Case, string? Expected, Func<Task<string?>> Call)[] cases =
        [
            ("as usual", null, () => stage.Get()),
            ("query", "signature_invalid", () => stage.Get(tamper: To("/v1/records/inside?limit=2"))),
            ("path", "signature_invalid", () => stage.Get(tamper: To("/v1/records/outside?limit=1"))),
            ("path spelt otherwise", "signature_invalid", () => stage.Get(tamper: To("/v1/records/inside/?limit=1"))),
            ("tenant", "signature_invalid",
                () => stage.Get(tamper: Set("Castellan-Tenant", stage.World.OtherTenant))),
            ("tenant twice", "signature_invalid",
                () => stage.Get(tamper: Set("Castellan-Tenant", tenant, stage.World.OtherTenant))),
            ("workspace added", "signature_incomplete", () => stage.Get(tamper: Set("Castellan-Workspace", "wsp_1"))),
            ("idempotency key added", "signature_incomplete", () => stage.Post(tamper: Set("Idempotency-Key", "k"))),
            ("token", "signature_invalid", () => stage.Get(tamper: Set("Authorization", $"bearer {stage.Token}"))),
            ("body", "content_digest_refused", () => stage.Post(tamper: OtherBody)),
            ("body and digest", "signature_invalid", () => stage.Post(tamper: request =>
            {
                OtherBody(request);
                Set("Content-Digest", "sha-256=:" + new string('A', 43) + "=:")(request);
            })),
            ("digest of a kind that proves nothing", "signature_invalid",
                () => stage.Post(tamper: Set("Content-Digest", "md5=:AAAAAAAAAAAAAAAAAAAAAA==:"))),
            ("order", "signature_invalid", () => stage.Showing(now => Input(stage, now, [.. Usual.Reverse()]))),
            ("life", "signature_invalid",
                () => stage.Showing(now => Input(stage, now with { Expires = now.Expires + 1 }, Usual))),
        ];

        await stage.Judge(cases);
    }

    [Fact]
    public async Task What_decides_what_the_call_does_must_be_covered_and_plainly()
    {
        await using var stage = await Stage.Set();
        Task<string?> Covering(params string[] names) => stage.Get(stage.How with { Covered = names });
        string[] Without(string name) => [.. Usual.Where(covered => covered != name)];

        (string Case, string? Expected, Func<Task<string?>> Call)[] cases =
        [
            ("authority, path and query", null,
                () => Covering([.. Without("@target-uri"), "@authority", "@path", "@query"])),
            ("everything", null, () => Covering([.. Usual, "@scheme", "@request-target", "@authority"])),
            ("no method", "signature_incomplete", () => Covering(Without("@method"))),
            ("no target", "signature_incomplete", () => Covering(Without("@target-uri"))),
            ("no query", "signature_incomplete", () => Covering([.. Without("@target-uri"), "@authority", "@path"])),
            ("no token", "signature_incomplete", () => Covering(Without("authorization"))),
            ("no tenant", "signature_incomplete", () => Covering(Without("castellan-tenant"))),
            ("no digest", "signature_incomplete", () => stage.Post(stage.How with { Covered = Usual })),
            ("nothing", "signature_incomplete", () => Covering()),
            ("twice", "signature_incomplete", () => Covering([.. Usual, "@method"])),
            ("absent", "signature_incomplete", () => Covering([.. Usual, "castellan-run"])),
            ("a part", "signature_incomplete", () => Covering([.. Usual, "\"@query-param\";name=\"limit\""])),
            ("upper case", "signature_incomplete", () => Covering([.. Usual, "Castellan-Tenant"])),
            ("unknown", "signature_incomplete", () => Covering([.. Usual, "@status"])),
        ];

        await stage.Judge(cases);
    }

    [Fact]
    public async Task A_signature_is_good_once_and_soon_and_by_one_algorithm_and_key()
    {
        await using var stage = await Stage.Set();
        using var other = new AgentSigner();
        var now = stage.How.Created;
        Signing From(long created, long expires) => stage.How with { Created = created, Expires = expires };
        var once = stage.How with { Nonce = "used-once-and-never-again" };

        (string Case, string? Expected, Func<Task<string?>> Call)[] cases =
        [
            ("as long as may be", null, () => stage.Get(From(now + 5, now + 305))),
            ("over", "signature_expired", () => stage.Get(From(now - 61, now))),
            ("from the future", "signature_expired", () => stage.Get(From(now + 6, now + 60))),
            ("too long", "signature_expired", () => stage.Get(From(now, now + 301))),
            ("for ever", "signature_expired", () => stage.Get(From(now, 999_999_999_999_999))),
            ("never", "signature_expired", () => stage.Get(From(now, -999_999_999_999_999))),
            ("a nonce", null, () => stage.Get(once)),
            ("it again", "signature_replayed", () => stage.Get(once)),
            ("it again by another life", "signature_replayed", () => stage.Get(once with { Expires = now + 90 })),
            ("short nonce", "signature_malformed", () => stage.Get(stage.How with { Nonce = "short" })),
            ("other's key", "signature_invalid", () => stage.Get(by: other)),
            ("other's key by our id", "signature_invalid",
                () => stage.Get(stage.How with { KeyId = stage.Signer.KeyId }, by: other)),
            ("hmac", "signature_invalid", () => stage.Get(stage.How with { Algorithm = "hmac-sha256" })),
            ("upper case", "signature_invalid", () => stage.Get(stage.How with { Algorithm = "Ed25519" })),
            ("another tag", "signature_required", () => stage.Get(stage.How with { Tag = "web-bot-auth" })),
        ];

        await stage.Judge(cases);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_as_such()
    {
        await using var stage = await Stage.Set();
        const string Ours = ";tag=\"castellan\"";

        (string Case, string? Expected, Func<Task<string?>> Call)[] cases =
        [
            ("no parameters", "signature_malformed", () => stage.Get(stage.How with { Parameters = Ours })),
            ("unknown parameter", "signature_malformed",
                () => stage.Showing(now => Input(stage, now, Usual) + ";more=1")),
            ("parameter twice", "signature_malformed", () => stage.Showing(now => Input(stage, now, Usual) + Ours)),
            ("no list", "signature_malformed", () => stage.Showing(_ => "1" + Ours)),
            ("field twice", "signature_malformed", () => stage.Get(tamper: request => request.Headers.Add(
                "Signature-Input", request.Headers.GetValues("Signature-Input").Single()))),
            ("two of ours", "signature_malformed", () => stage.Get(tamper: request => request.Headers.Add(
                "Signature-Input", "sig2=" + Input(stage, stage.How, Usual)))),
            ("cut off", "signature_malformed", () => stage.Get(tamper: Set("Signature-Input", "sig1=(\"@method"))),
            ("too long", "signature_malformed",
                () => stage.Get(tamper: Set("Signature-Input", new string('a', 9_000)))),
            ("no signature", "signature_malformed",
                () => stage.Get(tamper: request => request.Headers.Remove("Signature"))),
            ("another label", "signature_malformed", () => stage.Get(tamper: Set("Signature", "sig2=:AAAA:"))),
            ("no bytes", "signature_malformed", () => stage.Get(tamper: Set("Signature", "sig1=AAAA"))),
            ("short signature", "signature_invalid", () => stage.Get(tamper: Set("Signature", "sig1=:AAAA:"))),
            ("nothing", "signature_required",
                () => stage.Get(tamper: request => request.Headers.Remove("Signature-Input"))),
        ];

        await stage.Judge(cases);
    }

    private static Action<HttpRequestMessage> To(string path) =>
        request => request.RequestUri = new Uri(path, UriKind.Relative);

    private static Action<HttpRequestMessage> Set(string name, params string[] values) => request =>
    {
        request.Headers.Remove(name);
        request.Headers.Add(name, values);
    };

    private static void OtherBody(HttpRequestMessage request) =>
        request.Content = new StringContent("""{"slug":"x"}""", Encoding.UTF8, "application/json");

    private static string Input(Stage stage, Signing how, string[] covered) =>
        $"({string.Join(' ', covered.Select(name => $"\"{name}\""))});created={how.Created};expires={how.Expires};"
        + $"nonce=\"{how.Nonce}\";alg=\"ed25519\";keyid=\"{stage.Signer.KeyId}\";tag=\"castellan\"";

    /// <summary>An agent that must sign, and acts for Ada.</summary>
    private sealed class Stage(AgentWorld world, AgentSigner signer, string token) : IAsyncDisposable
    {
        public AgentWorld World => world;

        public AgentSigner Signer => signer;

        public string Token => token;

        public Signing How => world.How();

        public static async Task<Stage> Set()
        {
            var world = await SignatureTests.Signed(out var signer);
            var lent = (await world.Lend(world.Hostile.Agent, "records.list", "records.create"))["id"]!.ToString();
            var (_, answer) = await world.SignedExchange(signer, world.Hostile.Agent.Bearer!, lent);
            return new Stage(world, signer, answer["access_token"]!.ToString());
        }

        public Task<string?> Get(
            Signing? how = null, Action<HttpRequestMessage>? tamper = null, AgentSigner? by = null) =>
            world.Signed(by ?? signer, token, "GET", List, how: how, tamper: tamper);

        public Task<string?> Post(Signing? how = null, Action<HttpRequestMessage>? tamper = null) =>
            world.Signed(signer, token, "POST", Create, new { slug = world.Hostile.Next("s") }, how, tamper);

        /// <summary>Signed as usual, with another Signature-Input than was signed.</summary>
        public Task<string?> Showing(Func<Signing, string> input)
        {
            var how = How;
            return Get(how with { Shown = input(how) });
        }

        public async Task Judge((string Case, string? Expected, Func<Task<string?>> Call)[] cases)
        {
            foreach (var one in cases) (await one.Call()).Should().Be(one.Expected, one.Case);
        }

        public async ValueTask DisposeAsync()
        {
            signer.Dispose();
            await world.DisposeAsync();
        }
    }
}
