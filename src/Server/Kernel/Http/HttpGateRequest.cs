using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Castellan.Platform;

namespace Castellan.Kernel.Http;

/// <summary>A request that came over HTTP.</summary>
internal sealed class HttpGateRequest(HttpContext context) : GateRequest
{
    private const int UserAgentMax = 300;

    private readonly HttpMessage message = new(context);

    /// <summary>Beginnings of the headers by which proxies and tunnels show themselves.</summary>
    private static readonly string[] ProxyHeaders =
        ["X-Forwarded-", "X-Original-", "X-Real-", "Forwarded", "Via", "CF-", "True-Client-IP"];

    public override HttpMessage Message => message;

    public override IEnumerable<string> QueryNames => context.Request.Query.Keys;

    public override IEnumerable<string> PathNames => context.Request.RouteValues.Keys;

    public override bool IsJson =>
        MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
        && type.MediaType is { } media
        && (media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    // The Host check stops a page whose name was made to resolve to loopback (DNS rebinding).
    public override bool IsLocal
    {
        get
        {
            var headers = context.Request.Headers;
            var host = context.Request.Host.Host;
            return RemoteAddress is { } remote && IPAddress.IsLoopback(remote)
                && headers.Origin.Count == 0
                && !headers.Keys.Any(IsOfProxy)
                && (host == "localhost"
                    || (IPAddress.TryParse(host.Trim('[', ']'), out var named) && IPAddress.IsLoopback(named)));
        }
    }

    public static HttpGateRequest From(HttpContext context, TimeProvider time)
    {
        var headers = context.Request.Headers;
        return new HttpGateRequest(context)
        {
            Id = RequestId.New(time.GetUtcNow()),
            RemoteAddress = context.Connection.RemoteIpAddress,
            Origin = All(headers.Origin),
            UserAgent = Cut(One(headers.UserAgent)),
            IfMatch = All(headers.IfMatch),
            IdempotencyKey = All(headers["Idempotency-Key"]),
            Environment = One(headers["Castellan-Environment"]),
            Tenant = All(headers["Castellan-Tenant"]),
            Workspace = All(headers["Castellan-Workspace"]),
            Run = All(headers["Castellan-Run"]),
        };
    }

    public override string? Path(string name) => context.Request.RouteValues[name] as string;

    public override string? Query(string name) =>
        context.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    public override async ValueTask<ReadOnlyMemory<byte>?> Body(int maxBytes, CancellationToken ct)
    {
        if (context.Request.ContentLength > maxBytes) return null;
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await ReadSome(reader, ct);
            if (result.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                return null;
            }
            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return message.Keeps(bytes) ? bytes : throw new Refusal(GateProblems.DigestRefused);
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static async ValueTask<ReadResult> ReadSome(PipeReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAsync(ct);
        }
        catch (BadHttpRequestException broken)
        {
            // Its framing is wrong, or it comes too slowly: the message says which, in words of HTTP.
            throw new Refusal(GateProblems.BodyMalformed, broken.Message);
        }
    }

    private static bool IsOfProxy(string header) =>
        ProxyHeaders.Any(start => header.StartsWith(start, StringComparison.OrdinalIgnoreCase));

    /// <summary>Never inside a pair of surrogates: half a character cannot be stored.</summary>
    private static string? Cut(string? text) => text is not { Length: > UserAgentMax }
        ? text
        : text[..(char.IsHighSurrogate(text[UserAgentMax - 1]) ? UserAgentMax - 1 : UserAgentMax)];

    /// <summary>A header whose presence restricts: repeated, empty or too long, it must not count as absent.</summary>
    private static string? All(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count == 0 ? null : values.ToString();

    /// <summary>A header's value; a repeated one counts as absent, so that nobody can smuggle a second.</summary>
    public static string? One(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count == 1 && values[0] is { Length: > 0 and <= Limits.CredentialLength } value ? value : null;
}
