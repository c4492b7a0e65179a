using System.Globalization;

namespace Castellan.Kernel.Http;

/// <summary>
/// The HTTP surface of the gate: maps each declared operation to its route, finds the credential, writes the answer. It
/// decides nothing.
/// </summary>
internal sealed class HttpAdapter(Gate gate, ProblemWriter problems, KnownOrigins origins, TimeProvider time)
{
    public const string RequestIdHeader = "Castellan-Request-Id";
    public const string EchoedIdHeader = "X-Request-ID";
    public const string ImpersonationHeader = "Castellan-Impersonation";

    /// <summary>Ids of policies in the mode report that would have refused the call.</summary>
    public const string PolicyReportHeader = "Castellan-Policy-Report";
    public const string OperatorCookie = "castellan_operator";

    public void Map(IEndpointRouteBuilder routes, IEnumerable<Operation> operations)
    {
        foreach (var operation in operations.Where(o => !o.Hosted))
        {
            routes.MapMethods(operation.Route, [operation.Method], context => Handle(context, operation))
                .WithMetadata(operation);
        }
    }

    /// <summary>
    /// Answers preflights for registered origins, gives bare refusals of routing their problem body, and keeps browsers
    /// from taking an answer for what its type does not say.
    /// </summary>
    public async Task Surround(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        var origin = HttpGateRequest.One(context.Request.Headers.Origin);
        if (origin is not null) await AllowOrigin(context, origin);
        if (origin is not null && HttpMethods.IsOptions(context.Request.Method)
            && context.Request.Headers.ContainsKey("Access-Control-Request-Method"))
        {
            context.Response.StatusCode = 204;
            return;
        }
        await next(context);
        if (context.Response.HasStarted || context.Response.ContentLength > 0) return;
        if (context.Response.StatusCode == 404 && context.GetEndpoint() is null)
        {
            await Refuse(context, GateProblems.NotFound.With(
                "No operation has this path.", "See /openapi.json for those that there are."));
        }
        else if (context.Response.StatusCode == 405)
        {
            await Refuse(context, GateProblems.MethodRefused.With());
        }
    }

    private Task Refuse(HttpContext context, Problem problem) =>
        problems.Write(context, problem, RequestId.New(time.GetUtcNow()));

    private async Task Handle(HttpContext context, Operation operation)
    {
        var request = HttpGateRequest.From(context, time);
        var headers = context.Response.Headers;
        headers[RequestIdHeader] = request.Id.Value;
        headers.CacheControl = "no-store";
        if (operation.OfStandard && Echoed(context.Request.Headers[EchoedIdHeader]) is { } given)
            headers[EchoedIdHeader] = given;
        var presented = new Presented(
            Bearer(context.Request.Headers.Authorization),
            HttpGateRequest.One(context.Request.Headers["Castellan-Key"]),
            OperatorCookie: null,
            request);
        var (answer, invocation) = await gate.Invoke(presented, operation, context.RequestAborted);
        WriteLimits(headers, invocation);
        WriteReported(headers, invocation);
        if (invocation.Caller.Impersonation is { } acting) headers[ImpersonationHeader] = acting.Value;
        if (answer.Problem is { } problem) await problems.Write(context, problem, request.Id);
        else await Write(context, operation, answer);
    }

    /// <summary>The caller's own id of the request, as far as a header can carry it back.</summary>
    private static string? Echoed(Microsoft.Extensions.Primitives.StringValues header) =>
        HttpGateRequest.One(header) is { } id && id.All(c => c is >= ' ' and <= '~') ? id : null;

    private static async Task Write(HttpContext context, Operation operation, Answer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        if (answer.ETag is not null) response.Headers.ETag = answer.ETag;
        if (answer.Replayed) response.Headers["Idempotent-Replayed"] = "true";
        if (operation.Status == 204) return;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = answer.Body.Length;
        await response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted);
    }

    /// <summary>
    /// draft-ietf-httpapi-ratelimit-headers-10: a policy's quota and window, what remains and until when.
    /// </summary>
    private static void WriteLimits(IHeaderDictionary headers, Invocation invocation)
    {
        const int LengthMax = 96;
        if (invocation.Rates.Count == 0) return;
        Span<char> policies = stackalloc char[LengthMax * invocation.Rates.Count];
        Span<char> states = stackalloc char[LengthMax * invocation.Rates.Count];
        var (policiesEnd, statesEnd) = (0, 0);
        foreach (var rate in invocation.Rates)
        {
            var comma = policiesEnd > 0 ? ", " : "";
            var window = Math.Max(1, (int)Math.Ceiling(rate.Limit.Burst / rate.Limit.PerSecond));
            policies[policiesEnd..].TryWrite(CultureInfo.InvariantCulture,
                $"{comma}\"{rate.Policy}\";q={rate.Limit.Burst};w={window}", out var written);
            policiesEnd += written;
            states[statesEnd..].TryWrite(CultureInfo.InvariantCulture,
                $"{comma}\"{rate.Policy}\";r={rate.Remaining};t={(int)Math.Ceiling(rate.Wait.TotalSeconds)}",
                out written);
            statesEnd += written;
        }
        headers["RateLimit-Policy"] = policies[..policiesEnd].ToString();
        headers["RateLimit"] = states[..statesEnd].ToString();
    }

    /// <summary>Policies in trial that would have refused the call.</summary>
    private static void WriteReported(IHeaderDictionary headers, Invocation invocation)
    {
        if (invocation.Decision is { Reported: { Count: > 0 } reported })
            headers[PolicyReportHeader] = string.Join(", ", reported);
    }

    // A preflight carries no key, so any app's registered origin is answered; the request itself checks key and origin
    // together.
    private async ValueTask AllowOrigin(HttpContext context, string origin)
    {
        var headers = context.Response.Headers;
        headers.Vary = "Origin";
        if (!await origins.IsRegistered(origin, context.RequestAborted)) return;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders =
            "ETag, Retry-After, RateLimit, RateLimit-Policy, Idempotent-Replayed, " + ImpersonationHeader + ", "
            + PolicyReportHeader + ", "
            + RequestIdHeader + ", " + EchoedIdHeader;
        if (!HttpMethods.IsOptions(context.Request.Method)) return;
        headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE";
        headers.AccessControlAllowHeaders =
            "Authorization, Castellan-Key, Castellan-Tenant, Castellan-Workspace, Content-Type, Idempotency-Key, "
            + "If-Match, traceparent, " + EchoedIdHeader;
        headers.AccessControlMaxAge = "600";
    }

    private static string? Bearer(Microsoft.Extensions.Primitives.StringValues header)
    {
        const string Scheme = "Bearer ";
        return HttpGateRequest.One(header) is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value[Scheme.Length..].Trim()
            : header.Count > 0 ? "" : null;
    }
}

/// <summary>Whether any app lists an origin. Contributed by the slice that registers apps.</summary>
internal sealed record KnownOrigins(Func<string, CancellationToken, ValueTask<bool>> IsRegistered);
