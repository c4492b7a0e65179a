using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>The gate's adapter for pages: the values that a page takes from its address and its form.</summary>
internal sealed class PageRequest(
    IReadOnlyDictionary<string, string> path, IReadOnlyDictionary<string, string> query, JsonObject? body) : GateRequest
{
    private static readonly Dictionary<string, string> None = [];

    public static PageRequest Empty(RequestId id) => new(None, None, null) { Id = id };

    public override IEnumerable<string> QueryNames => query.Keys;

    public override IEnumerable<string> PathNames => path.Keys;

    public override string? Path(string name) => path.GetValueOrDefault(name);

    public override string? Query(string name) => query.GetValueOrDefault(name);

    public override ValueTask<ReadOnlyMemory<byte>?> Body(int maxBytes, CancellationToken ct)
    {
        if (body is null) return new(ReadOnlyMemory<byte>.Empty);
        var bytes = System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());
        return new(bytes.Length > maxBytes ? null : (ReadOnlyMemory<byte>?)bytes);
    }
}
