using System.Text.Json.Serialization.Metadata;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// A named unit of everything that anyone can do: permitted, limited, audited and described under one name. Declared
/// once, beside its handler; every surface reaches it through <see cref="Gate"/>.
/// </summary>
internal abstract class Operation
{
    private readonly bool pathNamesTenant;

    protected Operation(string name, string method, string route)
    {
        (Name, Method, Route) = (name, method, route);
        pathNamesTenant = route.Contains("{tenant}", StringComparison.Ordinal);
    }

    /// <summary>The one name: OpenAPI operationId, permission, audit action, CLI verb. <c>tenants.create</c>.</summary>
    public string Name { get; }

    public string Method { get; }

    /// <summary>Path template: <c>/v1/tenants/{tenant}</c>.</summary>
    public string Route { get; }

    /// <summary>
    /// True when the path names the tenant, or a header does, so that membership and installation are checked first.
    /// </summary>
    public bool NamesTenant => pathNamesTenant || HeaderNamesTenant;

    /// <summary>
    /// True where the header <c>Castellan-Tenant</c> names the tenant, and <c>Castellan-Workspace</c> a workspace of
    /// it.
    /// </summary>
    public bool HeaderNamesTenant => InTenantOfHeader || OfMembersByHeader;

    /// <summary>
    /// True where a standard has the path, so that a header names the tenant. As elsewhere, only its members come.
    /// </summary>
    public bool OfMembersByHeader { get; init; }

    /// <summary>
    /// True on the routes of a standard that has rules of its own for the wire: what is wrong with the input is a 400,
    /// members of a body that nobody knows are ignored, and <c>X-Request-ID</c> comes back.
    /// </summary>
    public bool OfStandard { get; init; }

    /// <summary>
    /// True for calls about an app's data: the header <c>Castellan-Tenant</c> names the tenant, and
    /// <c>Castellan-Workspace</c> a workspace of it. Also who is no member may come this far, and gets what a rule
    /// calls public.
    /// </summary>
    public bool InTenantOfHeader { get; init; }

    /// <summary>One sentence for people who read the API.</summary>
    public required string Summary { get; init; }

    /// <summary>Who may: any one of these. Empty means nobody.</summary>
    public required IReadOnlyList<Grant> Grants { get; init; }

    /// <summary>Status of a success. 204 has no body.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The limit that a call is charged to, beside the caller's own.</summary>
    public RateClass Rate { get; init; } = RateClass.Standard;

    /// <summary>True when the answer shows a secret: then it is not stored for repeats, and never cached.</summary>
    public bool ShowsSecret { get; init; }

    /// <summary>
    /// True where the installation's own rows are meant, so that operators need to name no environment.
    /// </summary>
    public bool OnInstallation { get; init; }

    /// <summary>
    /// True where a frozen app or environment still answers although state changes: signing out, refreshing, leaving,
    /// and what operators do to help.
    /// </summary>
    public bool AllowedWhenFrozen { get; init; }

    /// <summary>
    /// True for what concerns a person's own account and its sessions: nobody does it in another's stead.
    /// </summary>
    public bool OfOwnAccount { get; init; }

    /// <summary>
    /// True where a success ends what the call stands on: the session, the membership, the object that the path names.
    /// A repeat is refused like every other call after it, whatever its idempotency key.
    /// </summary>
    public bool EndsStanding { get; init; }

    /// <summary>
    /// True for what takes standing away: to freeze or kill an app, to revoke, to suspend, to remove. Its Change goes
    /// before those that wait, also its own app's.
    /// </summary>
    public bool Urgent { get; init; }

    /// <summary>
    /// True for what no grant can give, although it is about one tenant: it rests on the caller's built-in role itself.
    /// </summary>
    public bool NeverGranted { get; init; }

    /// <summary>
    /// True for what no policy of a tenant can forbid, so that nobody shuts a tenant out of its own policies.
    /// </summary>
    public bool NeverForbidden { get; init; }

    /// <summary>
    /// Operations of which this one does what they do, in another way: whoever forbids one of them forbids this too.
    /// </summary>
    public IReadOnlyList<string> AlsoDoes { get; init; } = [];

    /// <summary>Heavy where one call changes many rows: its Change then shares its commit with nobody.</summary>
    public WriteCost Cost { get; init; }

    /// <summary>How many calls one call counts for in a limit: a heavy one does the work of several.</summary>
    public int Weight => Cost is WriteCost.Heavy ? Platform.Limits.HeavyWeight : 1;

    /// <summary>
    /// True for a write by which an agent keeps to what it was given, such as reserving from a budget.
    /// </summary>
    public bool OfAllowance { get; init; }

    /// <summary>
    /// True for what no budget of calls counts: looking at budgets and raising caps, for whoever is out of calls.
    /// </summary>
    public bool Uncounted { get; init; }

    /// <summary>True for what writes records of apps, which budgets of records and bytes count.</summary>
    public bool ChargesWrites { get; init; }

    /// <summary>
    /// True for what a user may lend to an agent: reading in a tenant, and what is done to an app's data there. What
    /// changes who may do what is for people.
    /// </summary>
    public bool MayBeLent => !Hosted && NamesTenant && (InTenantOfHeader || OfAllowance || !Writes)
        && Grants.Any(grant => grant.Kind is CallerKind.User);

    /// <summary>
    /// True for what only Castellan's own pages and OAuth endpoints offer: it passes the gate like all others, but is
    /// no route of the API. Its route is that of the page.
    /// </summary>
    public bool Hosted { get; init; }

    /// <summary>Bytes of body at most.</summary>
    public int BodyBytes { get; init; } = Platform.Limits.BodyBytes;

    /// <summary>Problems, beyond the gate's own, that the operation answers with.</summary>
    public IReadOnlyList<ProblemType> Problems { get; init; } = [];

    public abstract bool Writes { get; }

    public abstract JsonTypeInfo Output { get; }

    /// <summary>
    /// True where an Idempotency-Key counts: answers are kept for whom a credential names. Who shows a publishable key,
    /// or nothing, is nobody to whom a stored answer could be given again.
    /// </summary>
    public bool KeepsAnswers => Writes
        && Grants.Any(grant => grant is { OnlyPages: false, Kind: not (CallerKind.Nobody or CallerKind.App) });

    /// <summary>True where an app's key alone may come.</summary>
    public bool TakesApps => Grants.Any(grant => grant.Kind is CallerKind.App);

    /// <summary>True where an operator's call must say whose data it means.</summary>
    public bool NeedsEnvironment => !OnInstallation && Grants.Any(grant => grant.Kind is CallerKind.Operator);

    public bool HasBody => Method is "POST" or "PUT" or "PATCH";

    /// <summary>The input's fields.</summary>
    public abstract IReadOnlyList<FieldDescription> DescribeInput();

    /// <summary>Steps 4 to 7 of the gate, typed.</summary>
    internal abstract ValueTask<Answer> Run(Invocation invocation, Gate gate);
}

/// <summary>An operation that changes nothing.</summary>
internal sealed class Read<TIn, TOut>(
    string name, string method, string route, Func<Input, TIn> bind, Func<Call<TIn>, ValueTask<TOut>> handler,
    JsonTypeInfo<TOut> output)
    : Operation(name, method, route)
{
    public override bool Writes => false;

    public override JsonTypeInfo Output => output;

    public override IReadOnlyList<FieldDescription> DescribeInput() => Input.Describe(bind);

    internal override async ValueTask<Answer> Run(Invocation invocation, Gate gate)
    {
        var (input, problem) = await gate.Bind(invocation, bind);
        if (problem is not null) return Answer.Of(problem);
        var result = await handler(new Call<TIn>(invocation, input));
        return Answer.Of(this, result, output);
    }
}

/// <summary>
/// An operation that changes state, through one <see cref="Change"/>, or several that stand each by itself.
/// </summary>
internal sealed class Write<TIn, TOut>(
    string name, string method, string route, Func<Input, TIn> bind,
    Func<WriteCall<TIn, TOut>, ValueTask<TOut>> handler, JsonTypeInfo<TOut> output)
    : Operation(name, method, route)
{
    public override bool Writes => true;

    public override JsonTypeInfo Output => output;

    public override IReadOnlyList<FieldDescription> DescribeInput() => Input.Describe(bind);

    internal override async ValueTask<Answer> Run(Invocation invocation, Gate gate)
    {
        var (input, problem) = await gate.Bind(invocation, bind);
        if (problem is not null) return Answer.Of(problem);
        return await gate.Idempotent(invocation, async () =>
        {
            var call = new WriteCall<TIn, TOut>(invocation, input, gate, this, output);
            var result = await handler(call);
            return call.Answer ?? Answer.Of(this, result, output);
        });
    }
}

/// <summary>The action of a worker: it has a name in the audit log and no route.</summary>
internal sealed class WorkerOperation : Operation
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public WorkerOperation(string name)
        : base(name, "", "")
    {
        (Summary, Grants) = ("", []);
    }

    public override bool Writes => true;

    public override JsonTypeInfo Output => throw new NotSupportedException();

    public override IReadOnlyList<FieldDescription> DescribeInput() => [];

    internal override ValueTask<Answer> Run(Invocation invocation, Gate gate) => throw new NotSupportedException();
}

/// <summary>The type of operations that answer nothing, with 204.</summary>
internal sealed record Nothing
{
    public static readonly Nothing Value = new();
}

/// <summary>One way of being allowed. Built-in roles are the sets of operations that name them.</summary>
internal sealed record Grant
{
    private Grant(CallerKind kind) => Kind = kind;

    public CallerKind Kind { get; }

    /// <summary>The least role in the named tenant; null where being the caller suffices.</summary>
    public TenantRole? Role { get; private init; }

    public IReadOnlyList<OperatorRole> Operators { get; private init; } = [];

    /// <summary>
    /// True where the request must come from this machine, and the server be known by a loopback address.
    /// </summary>
    public bool OnlyLocal { get; private init; }

    /// <summary>What the one-time link is for; null for callers that are no capability.</summary>
    public string? Purpose { get; private init; }

    /// <summary>True for the forms of Castellan's own pages: nobody who calls the API is one.</summary>
    public bool OnlyPages { get; private init; }

    /// <summary>Anybody, without any credential.</summary>
    public static Grant Anyone { get; } = new(CallerKind.Nobody);

    /// <summary>Anybody on this machine, while the server is there for this machine alone.</summary>
    public static Grant Loopback { get; } = new(CallerKind.Nobody) { OnlyLocal = true };

    /// <summary>A caller that shows the app's publishable key and nothing else.</summary>
    public static Grant App { get; } = new(CallerKind.App);

    /// <summary>Any user who is signed in.</summary>
    public static Grant User { get; } = new(CallerKind.User);

    /// <summary>
    /// An agent with its own token, for itself; in a tenant, one to which it is no stranger, through an app and as far
    /// as its operations go.
    /// </summary>
    public static Grant Agent { get; } = new(CallerKind.Agent);

    /// <summary>A secret key that holds this operation.</summary>
    public static Grant Key { get; } = new(CallerKind.Key);

    /// <summary>A member of the named tenant with at least this role.</summary>
    public static Grant Tenant(TenantRole least) => new(CallerKind.User) { Role = least };

    /// <summary>The bearer of a one-time link for this purpose.</summary>
    public static Grant Capability(string purpose) => new(CallerKind.Capability) { Purpose = purpose };

    /// <summary>A form that Castellan's own page showed for this purpose.</summary>
    public static Grant Page(string purpose) => Capability(purpose) with { OnlyPages = true };

    /// <summary>An operator with one of these roles; the owner needs no naming.</summary>
    public static Grant Operator(params OperatorRole[] roles) =>
        new(CallerKind.Operator) { Operators = [OperatorRole.Owner, .. roles] };
}

/// <summary>A family of limits.</summary>
internal enum RateClass
{
    Standard,

    /// <summary>Guessing is worth something: sign-in, sign-up, reset, codes. Charged by address, and by app.</summary>
    Credential,
}
