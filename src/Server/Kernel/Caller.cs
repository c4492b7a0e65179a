using System.Text.Json.Serialization;
using Castellan.Kernel.RateLimits;

namespace Castellan.Kernel;

/// <summary>
/// Who a request comes from, resolved once from its credential, and the only source of environment, app and owner.
/// Immutable; the standing step adds what the named tenant says of the caller (<see cref="TenantRole"/>).
/// </summary>
internal sealed record Caller
{
    private Caller()
    {
    }

    public required CallerKind Kind { get; init; }

    /// <summary>
    /// The environment that the credential belongs to. Null for nobody and for installation-wide callers.
    /// </summary>
    public string? Environment { get; init; }

    public AppId? App { get; init; }

    public UserId? User { get; init; }

    public SessionId? Session { get; init; }

    public KeyId? Key { get; init; }

    /// <summary>The first of the keys of which each has replaced the one before: whom grants to a key name.</summary>
    public KeyId? KeyLine { get; init; }

    /// <summary>Whether a tenant's grant let it in, where its own role or permissions did not.</summary>
    public bool ByGrant { get; init; }

    public OperatorId? Operator { get; init; }

    public OperatorRole? OperatorRole { get; init; }

    /// <summary>
    /// Set where <see cref="Operator"/> looks as <see cref="User"/> does: such a caller is the user to rules and roles,
    /// the operator to the log and to limits, and changes nothing.
    /// </summary>
    public ImpersonationId? Impersonation { get; init; }

    /// <summary>The agent that calls: for itself, or for the user who has lent it something.</summary>
    public AgentId? Agent { get; init; }

    /// <summary>The key by which an agent has signed the request; null where it has not.</summary>
    public string? SignedBy { get; init; }

    /// <summary>What an agent acts by when it acts for a user.</summary>
    public Lent? Lent { get; init; }

    /// <summary>The publishable key by which an agent, for itself, comes through an app.</summary>
    public KeyId? Through { get; init; }

    /// <summary>The run of the agent's in which it acts, as every write of it says.</summary>
    public RunId? Run { get; init; }

    /// <summary>
    /// Operations that a secret key holds, <c>*</c> being all that keys may hold; that were lent to an agent; or that
    /// an agent, for itself in a tenant, may be granted at all.
    /// </summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>The one tenant that a key is for; null where it is for all that its app sees.</summary>
    public TenantId? BoundTenant { get; init; }

    /// <summary>A key's own limit, beside those of the installation.</summary>
    public RateLimit? OwnRate { get; init; }

    /// <summary>The worker or capability, and what caused it, for callers that are no person and no key.</summary>
    public string? Cause { get; init; }

    /// <summary>
    /// The row that the credential is, where sign-out or single use needs it: a session, a one-time link.
    /// </summary>
    public string? Credential { get; init; }

    /// <summary>The role in the tenant that this request names, once the standing step has found it.</summary>
    public TenantRole? TenantRole { get; init; }

    /// <summary>The name that audit entries show, such as an address. Personal data: never logged.</summary>
    public string? Display { get; init; }

    /// <summary>Whether <see cref="Permissions"/> name this.</summary>
    public bool Holds(string operation)
    {
        for (var i = 0; i < Permissions.Count; i++)
        {
            if (Permissions[i] == "*" || Permissions[i] == operation) return true;
        }
        return false;
    }

    /// <summary>
    /// What limits and idempotency keys belong to: the id of whom the credential names. An agent that acts for two
    /// users is two.
    /// </summary>
    public string Principal => Lent is null ? Actor : $"{Agent}/{User}";

    /// <summary>Who acts: also where it is for somebody else.</summary>
    public string Actor => Kind switch
    {
        CallerKind.App => App!.Value.Value,
        _ when Impersonation is not null => Operator!.Value.Value,
        _ => Agent?.Value ?? User?.Value ?? Key?.Value ?? Operator?.Value ?? Cause ?? "nobody",
    };

    /// <summary>True when the credential names somebody, so that a denial is worth an audit entry.</summary>
    public bool IsAuthenticated => Kind is not (CallerKind.Nobody or CallerKind.App);

    public static Caller Nobody { get; } = new() { Kind = CallerKind.Nobody };

    /// <summary>A browser or native app that shows only its publishable key.</summary>
    public static Caller OfApp(string environment, AppId app, KeyId key) =>
        new() { Kind = CallerKind.App, Environment = environment, App = app, Key = key };

    public static Caller OfUser(
        string environment, AppId app, UserId user, SessionId session, string? display = null) => new()
        {
            Kind = CallerKind.User,
            Environment = environment,
            App = app,
            User = user,
            Session = session,
            Display = display,
        };

    /// <summary>An operator in a user's stead, through one app. Display is the operator's.</summary>
    public static Caller OfImpersonation(
        string environment, AppId app, UserId user, ImpersonationId id, (OperatorId Id, OperatorRole Role) by,
        string? display) => OfOperator(by.Id, by.Role, environment, display) with
        {
            Kind = CallerKind.User,
            App = app,
            User = user,
            Impersonation = id,
        };

    /// <summary>
    /// An agent for itself. It may say what it does and take what was lent to it; and through an app, in a run, what a
    /// tenant has granted to it of <see cref="Permissions"/>.
    /// </summary>
    public static Caller OfAgent(string environment, AgentId agent, string? display) => new()
    {
        Kind = CallerKind.Agent,
        Environment = environment,
        Agent = agent,
        Display = display,
    };

    /// <summary>An agent for a user: the user's call, as far as <paramref name="operations"/> go.</summary>
    public static Caller OfAgentFor(
        string environment, AppId app, UserId user, SessionId session, AgentId agent, string? display, Lent lent,
        RunId run, IReadOnlyList<string> operations) =>
        OfUser(environment, app, user, session, display) with
        {
            Agent = agent,
            Lent = lent,
            Run = run,
            Permissions = operations,
        };

    public static Caller OfKey(string environment, AppId app, KeyId key, IReadOnlyList<string> permissions) => new()
    {
        Kind = CallerKind.Key,
        Environment = environment,
        App = app,
        Key = key,
        Permissions = permissions,
    };

    public static Caller OfOperator(OperatorId id, OperatorRole role, string? environment, string? display) => new()
    {
        Kind = CallerKind.Operator,
        Operator = id,
        OperatorRole = role,
        Environment = environment,
        Display = display,
    };

    /// <summary>A user on Castellan's own pages, where no app stands between.</summary>
    public static Caller OfAccountPage(string environment, UserId user, string? display) => new()
    {
        Kind = CallerKind.User,
        Environment = environment,
        User = user,
        Display = display,
    };

    public static Caller System(string worker, string? environment = null) =>
        new() { Kind = CallerKind.System, Environment = environment, Cause = worker };

    /// <summary>
    /// The bearer of a one-time link, or of a form that Castellan's own page showed: it can do the one thing that this
    /// is for. <paramref name="app"/> is the app on whose way the page stands.
    /// </summary>
    public static Caller Capability(string purpose, string? environment, AppId? app = null) =>
        new() { Kind = CallerKind.Capability, Environment = environment, Cause = purpose, App = app };
}

[JsonConverter(typeof(NameConverter<CallerKind>))]
internal enum CallerKind
{
    Nobody,
    App,
    User,
    Key,
    Agent,
    Operator,
    System,
    Capability,
}

/// <summary>
/// How an agent came to act for a user: by which delegation, and through which agents that handed it on, the last one
/// first.
/// </summary>
internal sealed record Lent(DelegationId Delegation, IReadOnlyList<AgentId> HandedOnBy);

/// <summary>A user's role in a tenant or workspace; each includes the ones before it.</summary>
[JsonConverter(typeof(NameConverter<TenantRole>))]
internal enum TenantRole
{
    Viewer,
    Member,
    Admin,
    Owner,
}

/// <summary>What staff may do through console and CLI. Owner includes all.</summary>
[JsonConverter(typeof(NameConverter<OperatorRole>))]
internal enum OperatorRole
{
    Owner,
    Admin,
    Auditor,
    Support,
    Billing,
}
