using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Audit;

/// <summary>
/// One line of the audit log. <paramref name="Position"/> counts from 1 without gaps; digests are SHA-256 in lower-case
/// hex, over a salt of the entry and the object.
/// </summary>
internal sealed record AuditEntry(
    AuditId Id, long Position, DateTimeOffset At, string? Environment, string Action, AuditOutcome Outcome, Actor Actor,
    IReadOnlyList<Actor> ActChain, RunId? RunId, AuditTarget Target, AppId? AppId, TenantId? TenantId,
    WorkspaceId? WorkspaceId, RequestId RequestId, DecisionId DecisionId, string? BeforeDigest, string? AfterDigest,
    string? Reason);

/// <summary>What a tenant sees of an entry about it. <paramref name="Position"/> is the tenant's own counter.</summary>
internal sealed record ActivityEntry(
    AuditId Id, long Position, DateTimeOffset At, string Action, AuditOutcome Outcome, Actor Actor,
    IReadOnlyList<Actor> ActChain, RunId? RunId, AuditTarget Target, AppId? AppId, TenantId TenantId,
    WorkspaceId? WorkspaceId, RequestId RequestId, string? Reason);

/// <summary>
/// Who did it. <paramref name="Display"/> is a person's name or address as it is today, where the reader may know it;
/// of others the name that they had then. In a chain, whom the actor acted for comes last.
/// </summary>
internal sealed record Actor(CallerKind Kind, string Id, string? Display);

/// <summary>
/// What it was done to. <paramref name="Display"/> is how people know it today: a person's name or address, the address
/// that was invited, a workspace's name. Null for other things, for what is gone, and where the caller may not see it.
/// <paramref name="Role"/> is the one that a membership or invitation had then.
/// </summary>
internal sealed record AuditTarget(string Kind, string Id, string? Display, TenantRole? Role);

/// <summary>
/// Whom a reader of a tenant's activity may know beside what everybody there may: <paramref name="Members"/> are the
/// people who are members now, <paramref name="Others"/> those who were once, <paramref name="Invited"/> the addresses
/// of invitations.
/// </summary>
internal readonly record struct Sight(bool Members, bool Others, bool Invited);

[JsonConverter(typeof(NameConverter<AuditOutcome>))]
internal enum AuditOutcome
{
    Done,
    Denied,
}

internal sealed record AuditFilter(
    string? Actor, string? Action, string? Target, AppId? App, TenantId? Tenant, RunId? Run, DateTimeOffset? Since,
    DateTimeOffset? Until)
{
    /// <summary>What a cursor is bound to.</summary>
    public IReadOnlyList<string?> Parts =>
        [Actor, Action, Target, App?.Value, Tenant?.Value, Run?.Value, Since?.ToString("O"), Until?.ToString("O")];
}

internal sealed record ListAudit(Page Page, AuditFilter Filter)
{
    public static ListAudit Bind(Input input) => new(
        input.Page(),
        new AuditFilter(
            input.QueryText("actor", max: 100), input.QueryText("action", max: 100), input.QueryText("target"),
            input.QueryId<AppKind>("app"), input.QueryId<TenantKind>("tenant"), input.QueryId<RunKind>("run"),
            input.QueryTime("since"), input.QueryTime("until")));
}

internal sealed record ListActivity(TenantId Tenant, Page Page)
{
    public static ListActivity Bind(Input input) => new(input.Path<TenantKind>("tenant"), input.Page());
}

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(ListOf<AuditEntry>))]
[JsonSerializable(typeof(ListOf<ActivityEntry>))]
[JsonSerializable(typeof(EventPage))]
internal sealed partial class AuditJson : JsonSerializerContext
{
    public static AuditJson Wire { get; } = new(Kernel.Wire.Options);
}
