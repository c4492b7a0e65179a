using System.Globalization;
using System.Text.Json;
using Castellan.Platform;

namespace Castellan.Kernel.Http;

/// <summary>Writes RFC 9457 problem details. <c>type</c> is the page of the code on this server.</summary>
internal sealed class ProblemWriter(PublicAddress address)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = Wire.Encoder };

    public async Task Write(HttpContext context, Problem problem, RequestId requestId)
    {
        var response = context.Response;
        response.StatusCode = problem.Type.Status;
        response.ContentType = "application/problem+json";
        response.Headers[HttpAdapter.RequestIdHeader] = requestId.Value;
        if (problem.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter =
                Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
        if (problem.Type.Status == 401) response.Headers.WWWAuthenticate = "Bearer";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await response.Body.WriteAsync(Serialize(problem, requestId), context.RequestAborted);
    }

    public byte[] Serialize(Problem problem, RequestId requestId)
    {
        using var stream = new MemoryStream(512);
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartObject();
            json.WriteString("type", address.ProblemPage(problem.Type));
            json.WriteString("title", problem.Type.Title);
            json.WriteNumber("status", problem.Type.Status);
            if (problem.Detail is not null) json.WriteString("detail", problem.Detail);
            json.WriteString("code", problem.Type.Code);
            json.WriteString("fix", problem.Fix ?? problem.Type.Fix);
            json.WriteBoolean("retryable", problem.Type.Retryable);
            json.WriteString("request_id", requestId.Value);
            if (problem.Decision is { } decision) json.WriteString("decision_id", decision.Value);
            if (problem.Budget is { } budget) WriteBudget(json, budget);
            if (problem.Errors.Count > 0) WriteErrors(json, problem.Errors);
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static void WriteBudget(Utf8JsonWriter json, PausedBudget budget)
    {
        json.WriteStartObject("budget");
        json.WriteString("id", budget.Id.Value);
        json.WriteString("unit", budget.Unit);
        if (budget.ResetsAt is { } time) json.WriteString("resets_at", Rfc3339.Format(time));
        else json.WriteNull("resets_at");
        json.WriteString("raised_by", budget.RaisedBy);
        if (budget.Numbers is { } numbers)
        {
            json.WriteString("name", numbers.Name);
            json.WriteNumber("cap", numbers.Cap);
            json.WriteNumber("left", numbers.Left);
        }
        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<FieldProblem> errors)
    {
        json.WriteStartArray("errors");
        foreach (var error in errors)
        {
            json.WriteStartObject();
            json.WriteString("pointer", error.Pointer);
            json.WriteString("code", error.Code);
            json.WriteString("detail", error.Detail);
            json.WriteString("fix", error.Fix);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}

/// <summary>Where the outside reaches this server: from configuration, never from a Host header.</summary>
internal sealed record PublicAddress(Uri Base)
{
    /// <summary>An absolute URL below the base: <c>At("sandbox/oauth/token")</c>.</summary>
    public string At(string path) => new Uri(Base, path).AbsoluteUri;

    public string ProblemPage(ProblemType type) => At($"errors#{type.Code}");
}
