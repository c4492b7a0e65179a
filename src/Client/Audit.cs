using System.Runtime.CompilerServices;

namespace Castellan.Client;

/// <summary>One line of the audit log.</summary>
/// <param name="Id"><c>aud_...</c></param>
/// <param name="Position">Its place in the log, without gaps.</param>
/// <param name="At">When it happened.</param>
/// <param name="Action">The operation, such as <c>apps.transition</c>.</param>
/// <param name="Outcome">What came of it, such as <c>done</c> or <c>denied</c>.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Target">What it was done to; null where a denial names nothing.</param>
/// <param name="Environment">sandbox or live; null on the installation.</param>
/// <param name="AppId">Through which app.</param>
/// <param name="TenantId">In which tenant.</param>
/// <param name="WorkspaceId">In which workspace.</param>
/// <param name="RequestId">The request that did it.</param>
/// <param name="DecisionId">The decision that allowed or denied it.</param>
/// <param name="BeforeDigest">Salted digest of the target before.</param>
/// <param name="AfterDigest">Salted digest of the target after.</param>
/// <param name="Reason">What the actor gave as the reason.</param>
public sealed record AuditEntry(
    string Id, long Position, DateTimeOffset At, string Action, string Outcome, AuditActor Actor,
    AuditTarget? Target = null, string? Environment = null, string? AppId = null, string? TenantId = null,
    string? WorkspaceId = null, string? RequestId = null, string? DecisionId = null, string? BeforeDigest = null,
    string? AfterDigest = null, string? Reason = null)
{
    /// <summary>
    /// For whom an agent did it: the agents that handed it on, the last one first, then the user. Empty where the actor
    /// acted for itself.
    /// </summary>
    public IReadOnlyList<AuditActor> ActChain { get; init; } = [];

    /// <summary>The run of an agent in which it was done.</summary>
    public string? RunId { get; init; }
}

/// <param name="Kind">user, key, agent, operator, system or capability.</param>
/// <param name="Id">The id of its kind.</param>
/// <param name="Display">The name that it had at that time; personal data.</param>
public sealed record AuditActor(string Kind, string? Id = null, string? Display = null);

/// <param name="Kind">The noun, such as <c>app</c>.</param>
/// <param name="Id">Its id.</param>
/// <param name="Display">How people know it today; personal data.</param>
/// <param name="Role">The role that a membership or invitation had then.</param>
public sealed record AuditTarget(string Kind, string Id, string? Display = null, string? Role = null);

/// <summary>Which entries to read: all that match every filter that is set.</summary>
public sealed record AuditFilter
{
    /// <summary>The actor's id, such as <c>opr_...</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>The operation's name.</summary>
    public string? Action { get; init; }

    /// <summary>The target's id.</summary>
    public string? Target { get; init; }

    /// <summary>The id of the app through which it was done.</summary>
    public string? App { get; init; }

    /// <summary>The tenant's id.</summary>
    public string? Tenant { get; init; }

    /// <summary>The id of an agent's run.</summary>
    public string? Run { get; init; }

    /// <summary>The earliest time, included.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The latest time, excluded.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The operations <c>audit.*</c>. They need an operator's token and read the options' environment.</summary>
public sealed class AuditOperations
{
    private readonly Transport transport;

    internal AuditOperations(Transport transport) => this.transport = transport;

    /// <summary><c>audit.list</c>: a page of the log, newest first.</summary>
    public Task<Response<PageOf<AuditEntry>>> List(
        AuditFilter? filter = null, PageRequest? page = null, CancellationToken ct = default)
    {
        filter ??= new AuditFilter();
        var query = Query.Of("v1/audit").Add("actor", filter.Actor).Add("action", filter.Action)
            .Add("target", filter.Target).Add("app", filter.App).Add("tenant", filter.Tenant).Add("run", filter.Run)
            .Add("since", filter.Since).Add("until", filter.Until).Add(page);
        return transport.Get(query.ToString(), ClientJson.Default.PageOfAuditEntry, ct);
    }

    /// <summary>
    /// <c>audit.list</c> over all pages, newest first. Entries written meanwhile are not among them. Pages are read as
    /// they are needed, 200 entries at a time.
    /// </summary>
    public async IAsyncEnumerable<AuditEntry> ListAll(
        AuditFilter? filter = null, [EnumeratorCancellation] CancellationToken ct = default)
    {
        const int PageMax = 200;
        string? cursor = null;
        do
        {
            var page = (await List(filter, new PageRequest(PageMax, cursor), ct)).Value;
            foreach (var entry in page.Items) yield return entry;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
