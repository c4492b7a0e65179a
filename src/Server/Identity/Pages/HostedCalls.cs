using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Castellan.Kernel;
using Castellan.Kernel.Http;

namespace Castellan.Identity.Pages;

/// <summary>
/// How the hosted pages and the OAuth endpoints call operations: through the gate, as everybody does. A form's fields
/// become the body.
/// </summary>
internal sealed class HostedCalls(Gate gate, OperationTable operations, TimeProvider time)
{
    public async ValueTask<Outcome> Invoke(
        HttpContext context, Caller caller, string operation, Dictionary<string, string?>? fields = null,
        string? pathName = null, string? pathValue = null)
    {
        var request = new FormRequest(fields ?? [], pathName, pathValue)
        {
            Id = RequestId.New(time.GetUtcNow()),
            RemoteAddress = context.Connection.RemoteIpAddress,
            // A key is checked together with its origin; a page's own posts have been checked against ours.
            Origin = caller.Kind is CallerKind.App ? HttpGateRequest.One(context.Request.Headers.Origin) : null,
            UserAgent = HttpGateRequest.From(context, time).UserAgent,
        };
        var (answer, _) = await gate.Invoke(caller, operations.ByName[operation], request, context.RequestAborted);
        return new Outcome(answer, request.Id);
    }

    /// <summary>Ends the browser's session on our pages, and an app's where it asks for it.</summary>
    public async ValueTask SignOut(HttpContext context, Visitor visitor, SessionId? session)
    {
        if (visitor is not { User: not null, Token: { } token }) return;
        await Invoke(context, visitor.Caller, "users.sign_out_hosted", new()
        {
            ["token"] = token,
            ["session"] = session?.Value,
        });
    }

    /// <summary>Fields as JSON strings; absent ones are left out.</summary>
    private sealed class FormRequest(Dictionary<string, string?> fields, string? pathName, string? pathValue)
        : GateRequest
    {
        public override IEnumerable<string> QueryNames => [];

        public override IEnumerable<string> PathNames => pathName is null ? [] : [pathName];

        public override string? Path(string name) => name == pathName ? pathValue : null;

        public override string? Query(string name) => null;

        public override ValueTask<ReadOnlyMemory<byte>?> Body(int maxBytes, CancellationToken ct)
        {
            var buffer = new ArrayBufferWriter<byte>(256);
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                foreach (var (name, value) in fields)
                {
                    if (value is not null) json.WriteString(name, value);
                }
                json.WriteEndObject();
            }
            return new(buffer.WrittenCount > maxBytes ? null : (ReadOnlyMemory<byte>?)buffer.WrittenMemory);
        }
    }
}

/// <summary>What an operation answered.</summary>
internal sealed record Outcome(Answer Answer, RequestId Request)
{
    public Problem? Problem => Answer.Problem;

    public bool Done => Answer.Problem is null;

    public T Value<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Answer.Body.Span, type)!;
}
