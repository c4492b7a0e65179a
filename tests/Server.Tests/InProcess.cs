using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests;

/// <summary>
/// The gate's second adapter: the same operations, reached without HTTP. It shows that nothing which guards an
/// operation lives in the HTTP surface, and lets a test call as anybody.
/// </summary>
internal sealed class InProcess(IServiceProvider services)
{
    private readonly ConcurrentDictionary<OperatorId, Caller> introduced = new();

    /// <summary>The owner of the installation.</summary>
    public static Caller Owner { get; } = Caller.OfOperator(
        OperatorId.New(DateTimeOffset.UnixEpoch.AddYears(60)), OperatorRole.Owner, "sandbox", "owner@example.com");

    public async Task<JsonObject> Call(
        Caller caller, string operation, object? path = null, object? body = null, object? query = null,
        string? idempotencyKey = null, string? ifMatch = null)
    {
        var answer = await Invoke(caller, operation, path, body, query, idempotencyKey, ifMatch);
        if (answer.Problem is { } problem)
        {
            throw new InvalidOperationException(
                $"{operation}: {problem.Type.Code}: {problem.Detail} {string.Join("; ", problem.Errors)}");
        }
        return answer.Body.IsEmpty ? [] : JsonNode.Parse(answer.Body.Span)!.AsObject();
    }

    /// <summary>
    /// Where the operation names its tenant by header, "tenant" and "workspace" of the path are those.
    /// </summary>
    public async Task<Answer> Invoke(
        Caller caller, string operation, object? path = null, object? body = null, object? query = null,
        string? idempotencyKey = null, string? ifMatch = null)
    {
        var table = services.GetRequiredService<OperationTable>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var bytes = body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body);
        var named = Values(path);
        var inTenant = table.ByName[operation].HeaderNamesTenant;
        var request = new DirectRequest(named, Values(query), bytes)
        {
            Id = RequestId.New(now),
            Tenant = inTenant && named.Remove("tenant", out var tenant) ? tenant : null,
            Workspace = inTenant && named.Remove("workspace", out var workspace) ? workspace : null,
            RemoteAddress = IPAddress.Loopback,
            IdempotencyKey = idempotencyKey,
            IfMatch = ifMatch,
        };
        await Introduce(caller, now);
        var (answer, _) = await services.GetRequiredService<Gate>()
            .Invoke(caller, table.ByName[operation], request, CancellationToken.None);
        return answer;
    }

    /// <summary>An operator that a test made up gets a row, because one that is not there is refused.</summary>
    private async Task Introduce(Caller caller, DateTimeOffset now)
    {
        if (caller.Operator is not { } id || id == Owner.Operator || !introduced.TryAdd(id, caller)) return;
        await services.GetRequiredService<IDatabase>().Transact(write => write.Run($"""
            insert into operator (id, name, role, created_at, updated_at, version)
            values ({id}, {caller.Display}, {Wire.Name(caller.OperatorRole!.Value)}, {now}, {now}, {1L})
            on conflict (id) do nothing
            """));
    }

    private static Dictionary<string, string> Values(object? values) => values is null
        ? []
        : JsonSerializer.SerializeToNode(values)!.AsObject().Where(p => p.Value is not null)
            .ToDictionary(p => p.Key, p => p.Value!.ToString());

    private sealed class DirectRequest(Dictionary<string, string> path, Dictionary<string, string> query, byte[] body)
        : GateRequest
    {
        public override IEnumerable<string> QueryNames => query.Keys;

        public override IEnumerable<string> PathNames => path.Keys;

        public override string? Path(string name) => path.GetValueOrDefault(name);

        public override string? Query(string name) => query.GetValueOrDefault(name);

        public override ValueTask<ReadOnlyMemory<byte>?> Body(int maxBytes, CancellationToken ct) =>
            new(body.Length > maxBytes ? null : (ReadOnlyMemory<byte>?)body);
    }
}
