using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Castellan.Client;

/// <summary>Sends calls, repeats what may be repeated, and reads answers and problems.</summary>
internal sealed class Transport(HttpClient http, CastellanClientOptions options)
{
    private static readonly ProductInfoHeaderValue UserAgent =
        new("castellan-dotnet", typeof(Transport).Assembly.GetName().Version!.ToString(3));

    private readonly Uri address = new(options.Address.AbsoluteUri.TrimEnd('/') + "/");

    public Task<Response<T>> Get<T>(string path, JsonTypeInfo<T> type, CancellationToken ct) =>
        Send(new Outgoing(HttpMethod.Get, path), type, ct);

    public Task<Response<T>> Write<TBody, T>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type,
        CancellationToken ct, bool repeat = true, string? ifMatch = null)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(body, bodyType);
        return Send(new Outgoing(method, path, json) { Repeat = repeat, IfMatch = ifMatch }, type, ct);
    }

    public Task<Response<T>> Delete<T>(string path, JsonTypeInfo<T> type, CancellationToken ct) =>
        Send(new Outgoing(HttpMethod.Delete, path), type, ct);

    /// <summary>A removal, which answers with nothing.</summary>
    public Task Delete(string path, CancellationToken ct) => Finish(new Outgoing(HttpMethod.Delete, path), ct);

    /// <summary>A write without an answer's value.</summary>
    public Task Write<TBody>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken ct) =>
        Finish(new Outgoing(method, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType)), ct);

    /// <summary>A write without a body.</summary>
    public Task<Response<T>> Post<T>(string path, JsonTypeInfo<T> type, CancellationToken ct) =>
        Send(new Outgoing(HttpMethod.Post, path), type, ct);

    /// <summary>A write without a body and without an answer's value.</summary>
    public Task Post(string path, CancellationToken ct) => Finish(new Outgoing(HttpMethod.Post, path), ct);

    private async Task Finish(Outgoing call, CancellationToken ct)
    {
        using var answer = await SendRepeatedly(call, ct);
        if (!answer.IsSuccessStatusCode) throw Refused(answer, await answer.Content.ReadAsByteArrayAsync(ct));
    }

    public async Task<Health> Probe(string path, CancellationToken ct)
    {
        using var answer = await SendRepeatedly(new Outgoing(HttpMethod.Get, path) { Repeat = false }, ct);
        var body = await answer.Content.ReadAsByteArrayAsync(ct);
        bool? ready = answer.StatusCode switch
        {
            HttpStatusCode.OK => true,
            HttpStatusCode.ServiceUnavailable => false,
            _ when ReadProblem(body) is not null => null,
            _ => throw Refused(answer, body),
        };
        return new Health(ready, Encoding.UTF8.GetString(body).Trim(), answer.Headers.Date);
    }

    private async Task<Response<T>> Send<T>(Outgoing call, JsonTypeInfo<T> type, CancellationToken ct)
    {
        using var answer = await SendRepeatedly(call, ct);
        var body = await answer.Content.ReadAsByteArrayAsync(ct);
        if (!answer.IsSuccessStatusCode) throw Refused(answer, body);
        try
        {
            // `null` is no answer of any operation; an object without its required members is a JsonException.
            var value = JsonSerializer.Deserialize(body, type) ?? throw new JsonException("The body is null.");
            return new Response<T>(value, body, Header(answer, "Castellan-Request-Id"), answer.Headers.Date);
        }
        catch (JsonException error)
        {
            throw new CastellanUnreachableException(
                address, "the answer is not what the operation answers with.", error);
        }
    }

    private async Task<HttpResponseMessage> SendRepeatedly(Outgoing call, CancellationToken ct)
    {
        var delay = options.FirstDelay;
        for (var left = call.Repeat ? options.Attempts - 1 : 0; ; left--)
        {
            TimeSpan? asked = null;
            try
            {
                var answer = await SendOnce(call, ct);
                if (left == 0 || !await MayRepeat(answer, ct)) return answer;
                asked = RetryAfter(answer);
                if (asked > options.RetryAfterMax) return answer;
                answer.Dispose();
            }
            catch (Exception error) when (IsNetwork(error, ct))
            {
                if (left == 0) throw new CastellanUnreachableException(address, Explain(error), error);
            }
            await Task.Delay(asked ?? Shortened(delay), options.Time, ct);
            delay *= 2;
        }
    }

    private async Task<HttpResponseMessage> SendOnce(Outgoing call, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(call.Method, new Uri(address, call.Path));
        request.Headers.UserAgent.Add(UserAgent);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (options.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (options.Environment is { } environment) request.Headers.Add("Castellan-Environment", environment);
        if (call.IdempotencyKey is { } key) request.Headers.Add("Idempotency-Key", key);
        if (call.IfMatch is { } version) request.Headers.IfMatch.Add(new EntityTagHeaderValue(version));
        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        using var timeout = new CancellationTokenSource(options.AttemptTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
    }

    private static async Task<bool> MayRepeat(HttpResponseMessage answer, CancellationToken ct) =>
        answer.StatusCode switch
        {
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout => true,
            HttpStatusCode.Conflict => ReadProblem(await answer.Content.ReadAsByteArrayAsync(ct)) is
            {
                Code: "idempotency_in_flight",
            },
            _ => false,
        };

    private Exception Refused(HttpResponseMessage answer, byte[] body) => ReadProblem(body) is { } problem
        ? new CastellanProblemException(problem, body)
        : new CastellanUnreachableException(
            address, $"it answered with status {(int)answer.StatusCode} and no problem details. Is the address right?");

    private static Problem? ReadProblem(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ClientJson.Default.Problem);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > options.Time.GetUtcNow() => date - options.Time.GetUtcNow(),
        { Date: not null } => TimeSpan.Zero,
        _ => null,
    };

    private static TimeSpan Shortened(TimeSpan delay) => delay * (RandomNumberGenerator.GetInt32(500, 1001) / 1000.0);

    // A cancelled call is the caller's own; a cancelled attempt was too slow.
    private static bool IsNetwork(Exception error, CancellationToken ct) =>
        error is HttpRequestException or IOException
        || (error is OperationCanceledException && !ct.IsCancellationRequested);

    private string Explain(Exception error) => error switch
    {
        OperationCanceledException => $"no answer in {options.AttemptTimeout.TotalSeconds:0.###} s.",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            $"the name {address.Host} is not known.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } secure =>
            $"TLS failed: {secure.InnerException?.Message ?? secure.Message}",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } connection => connection.Message,
        _ => error.Message,
    };

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.First() : null;

    /// <summary>One call with what stays the same over its attempts.</summary>
    private sealed record Outgoing(HttpMethod Method, string Path, byte[]? Body = null)
    {
        public bool Repeat { get; init; } = true;

        /// <summary>The entity tag that must still be current, in its quotes; null asks for none.</summary>
        public string? IfMatch { get; init; }

        /// <summary>128 random bits, for writes.</summary>
        public string? IdempotencyKey { get; } =
            Method == HttpMethod.Get ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    }
}
