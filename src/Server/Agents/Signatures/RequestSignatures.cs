using System.Globalization;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Platform.StructuredFields;

namespace Castellan.Agents.Signatures;

/// <summary>
/// Verifies what agents sign (RFC 9421), the one signature of a request whose tag is ours: by a key of the agent's,
/// over everything that decides what the call does, once, and only for minutes. Others' signatures are not looked at.
/// </summary>
internal sealed class RequestSignatures(SignatureNonces nonces, InstallationOptions options, TimeProvider time)
{
    public const string Tag = "castellan";

    /// <summary>How long a signature is good at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>How far the agent's clock may go ahead of this one's. One that is behind shortens the life.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(5);

    private const string Algorithm = "ed25519";
    private const int NonceMin = 16;
    private const int NonceMax = 128;

    private static readonly string[] Known = ["created", "expires", "nonce", "alg", "keyid", "tag"];

    /// <summary>Fields beside ours that decide what a call does, and are covered where they are sent.</summary>
    private static readonly string[] Deciding = ["authorization", "idempotency-key", "if-match"];

    private readonly string origin = options.PublicBase.GetLeftPart(UriPartial.Authority);

    /// <summary>The caller, with the key that it has signed by; without one where it has not signed.</summary>
    public async ValueTask<Resolution> Verify(Caller caller, Agent agent, GateRequest request)
    {
        if (request.Message is not { } message) return caller;
        var scope = new EnvironmentScope(agent.Environment, caller.App);
        var (key, problem) = await Verify(scope, agent, message, request.IsLocal);
        return problem is null ? caller with { SignedBy = key } : new Resolution(null, problem);
    }

    private async ValueTask<(string? Key, Problem? Problem)> Verify(
        EnvironmentScope scope, Agent agent, HttpMessage message, bool isLocal)
    {
        if (message.Field("signature-input") is not { } input) return default;
        if (FieldDictionary.Parse(input) is not { } inputs) return (null, Malformed("Signature-Input"));
        var ours = inputs.Members
            .Where(member => member.Value.Find("tag") is { Kind: BareKind.String, Text: Tag }).ToList();
        if (ours.Count == 0) return default;
        if (ours.Count > 1 || ours[0].Value is not InnerList covered)
            return (null, AgentErrors.SignatureMalformed.With($"One signature has the tag \"{Tag}\", over a list."));
        if (message.Field("signature") is not { } signatures
            || FieldDictionary.Parse(signatures)?.Find(ours[0].Key)
                is not FieldItem { Value: { Kind: BareKind.Bytes, Bytes: { } bytes } })
        {
            return (null, Malformed("Signature"));
        }
        if (Unfit(covered) is { } unfit) return (null, unfit);
        var said = new Said(covered);
        var now = time.GetUtcNow();
        if (Untimely(said, now) is { } untimely) return (null, untimely);
        if (Missing(message, covered) is { } missing) return (null, missing);
        var key = agent.SigningKeys.FirstOrDefault(key => key.KeyId == said.KeyId && key.IsGood(now));
        if (key is null) return (null, AgentErrors.SignatureInvalid.With($"{agent.Name} has no such key."));
        var text = SignatureText.Of(message, isLocal ? message.Origin : origin, covered, out var wrong);
        if (text is null) return (null, AgentErrors.SignatureIncomplete.With(wrong));
        if (!key.Verifies(text, bytes))
        {
            return (null, AgentErrors.SignatureInvalid.With(
                $"It does not fit the request as it came to {(isLocal ? message.Origin : origin)}."));
        }
        // After it was verified, so that nobody else uses up an agent's nonces.
        if (!await nonces.Use(scope, agent.Id, said.Nonce, said.Expires))
            return (null, AgentErrors.SignatureReplayed.With());
        return Promise(message, covered) is { } unkept ? (null, unkept) : (key.KeyId, null);
    }

    /// <summary>Whether its parameters are those that a signature needs, each of its type.</summary>
    private static Problem? Unfit(InnerList covered)
    {
        if (covered.Parameters.FirstOrDefault(p => !Known.Contains(p.Key)) is { Key: { } unknown })
            return AgentErrors.SignatureMalformed.With($"'{unknown}' is no parameter of a signature.");
        foreach (var name in Known)
        {
            var kind = name is "created" or "expires" ? BareKind.Integer : BareKind.String;
            if (covered.Find(name)?.Kind != kind)
            {
                return AgentErrors.SignatureMalformed.With(
                    $"The parameter '{name}' is needed, as {(kind is BareKind.Integer ? "an integer" : "a string")}.");
            }
        }
        if (covered.Find("alg")!.Text != Algorithm)
            return AgentErrors.SignatureInvalid.With($"The algorithm is \"{Algorithm}\" and no other.");
        return covered.Find("nonce")!.Text.Length is >= NonceMin and <= NonceMax
            ? null
            : AgentErrors.SignatureMalformed.With($"The nonce has {NonceMin} to {NonceMax} characters.");
    }

    private Problem? Untimely(Said said, DateTimeOffset now)
    {
        // Refused with words about clocks: what is wrong is almost always one of the two.
        var here = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        if (said.Created > now + Ahead)
            return AgentErrors.SignatureExpired.With($"It was made in the future: it is {here} here.");
        if (said.Expires <= now) return AgentErrors.SignatureExpired.With($"It is over: it is {here} here.");
        if (said.Expires - said.Created > Longest)
            return AgentErrors.SignatureExpired.With($"It may be good for {Longest.TotalSeconds} seconds at most.");
        return said.Created > nonces.KnownFrom
            ? null
            : GateProblems.Unavailable.With("The server has just started. Sign the request again in a moment.") with
            {
                RetryAfter = Ahead + TimeSpan.FromSeconds(1),
            };
    }

    /// <summary>What must be covered: where the call goes, what it carries, and by whose right.</summary>
    private static Problem? Missing(HttpMessage message, InnerList covered)
    {
        var names = covered.Items.Select(item => item.Value.Text).ToHashSet(StringComparer.Ordinal);
        var needed = new List<string> { "@method" };
        if (!names.Contains("@target-uri")) needed.AddRange("@authority", "@path", "@query");
        if (message.HasBody) needed.Add("content-digest");
        needed.AddRange(message.FieldNames.Select(name => name.ToLowerInvariant()).Where(Decides));
        var missing = needed.Where(name => !names.Contains(name)).Select(name => $"\"{name}\"").ToList();
        return missing.Count == 0
            ? null
            : AgentErrors.SignatureIncomplete.With($"It does not cover {string.Join(", ", missing)}.");
    }

    private static bool Decides(string field) =>
        field.StartsWith("castellan-", StringComparison.Ordinal) || Deciding.Contains(field);

    private static Problem? Promise(HttpMessage message, InnerList covered)
    {
        if (covered.Items.All(item => item.Value.Text != "content-digest")) return null;
        if (ContentDigest.Parse(message.Field("content-digest")!) is not { } digest) return Malformed("Content-Digest");
        message.Promise(digest);
        return null;
    }

    private static Problem Malformed(string field) => AgentErrors.SignatureMalformed.With(
        $"{field} cannot be read: it is a dictionary of structured fields (RFC 9651), each key of it once.");

    /// <summary>What the parameters say, once they have been found to be there.</summary>
    private readonly struct Said(InnerList covered)
    {
        public string KeyId => covered.Find("keyid")!.Text;

        public string Nonce => covered.Find("nonce")!.Text;

        public DateTimeOffset Created => Moment(covered.Find("created")!.Number);

        public DateTimeOffset Expires => Moment(covered.Find("expires")!.Number);

        /// <summary>Within the calendar: what is outside is as untimely as its end.</summary>
        private static DateTimeOffset Moment(long seconds) => DateTimeOffset.FromUnixTimeSeconds(
            Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
    }
}
