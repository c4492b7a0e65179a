using System.Net;

namespace Castellan.Kernel;

/// <summary>Values that stand beside the body: of the path and of the query.</summary>
internal interface IRequestValues
{
    /// <summary>Names in the query, each once.</summary>
    IEnumerable<string> QueryNames { get; }

    IEnumerable<string> PathNames { get; }

    string? Path(string name);

    /// <summary>The value of a query parameter; the first where it was repeated.</summary>
    string? Query(string name);
}

/// <summary>
/// A request as the gate sees it, whichever surface brought it. Adapters derive from it: HTTP, tests, and later MCP,
/// jobs and approval replay.
/// </summary>
internal abstract class GateRequest : IRequestValues
{
    public required RequestId Id { get; init; }

    public IPAddress? RemoteAddress { get; init; }

    /// <summary>The Origin header: set by browsers, and only by them.</summary>
    public string? Origin { get; init; }

    /// <summary>
    /// True when a program on this machine sent the request itself, to a loopback name: not forwarded by a proxy, and
    /// not sent by a page that a browser loaded from elsewhere.
    /// </summary>
    public virtual bool IsLocal => false;

    public string? UserAgent { get; init; }

    public string? IfMatch { get; init; }

    /// <summary>True once If-Match was compared with the version of what the call changes.</summary>
    public bool IsMatched { get; set; }

    public string? IdempotencyKey { get; init; }

    /// <summary>The environment that an operator's call names.</summary>
    public string? Environment { get; init; }

    /// <summary>The tenant that a call about data names, and the workspace of it.</summary>
    public string? Tenant { get; init; }

    public string? Workspace { get; init; }

    /// <summary>The run that an agent, for itself, says that it acts in.</summary>
    public string? Run { get; init; }

    /// <summary>The request as its sender wrote it; null where it did not come over HTTP.</summary>
    public virtual Http.HttpMessage? Message => null;

    public abstract IEnumerable<string> QueryNames { get; }

    public abstract IEnumerable<string> PathNames { get; }

    public abstract string? Path(string name);

    public abstract string? Query(string name);

    /// <summary>The body within a bound, or null where it is larger. Empty where there is none.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>?> Body(int maxBytes, CancellationToken ct);

    /// <summary>False where a body came with a content type that is not JSON.</summary>
    public virtual bool IsJson => true;
}

/// <summary>What a worker's own change stands on: no values and no body.</summary>
internal sealed class WorkerRequest : GateRequest
{
    public override IEnumerable<string> QueryNames => [];

    public override IEnumerable<string> PathNames => [];

    public override string? Path(string name) => null;

    public override string? Query(string name) => null;

    public override ValueTask<ReadOnlyMemory<byte>?> Body(int maxBytes, CancellationToken ct) =>
        new((ReadOnlyMemory<byte>?)ReadOnlyMemory<byte>.Empty);
}

/// <summary>What a request shows to prove who it comes from. Resolvers turn it into a <see cref="Caller"/>.</summary>
internal sealed record Presented(string? Bearer, string? PublishableKey, string? OperatorCookie, GateRequest Request);
