using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Storage;

namespace Castellan.Tenants;

/// <summary>
/// Step 2 for operations that name a tenant: it exists, the caller's app is installed for it, a user is its member; and
/// the workspace that the path names is of the tenant. Tells the gate tenant, workspace and the caller's role there.
/// <para>Memory knows only who may: a refusal is always read, with one statement, so that an absent tenant and a
/// foreign one take the same time.</para>
/// </summary>
internal sealed class TenantStanding(IDatabase database, Notices notices) : IStanding
{
    /// <summary>What is told when a standing is taken away, or a role is another.</summary>
    public const string Topic = "tenant";

    /// <summary>For what does not end.</summary>
    private static readonly DateTimeOffset Always = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SharedMemory<TenantId, ConcurrentDictionary<Visitor, Found>> memory =
        notices.Remember<TenantId, ConcurrentDictionary<Visitor, Found>>(Topic, NoticeKeys.Id<TenantKind>());

    /// <summary>
    /// Whom memory knows in a tenant. Keys have no user, operators neither user nor app; an agent is there where it
    /// comes for itself.
    /// </summary>
    private readonly record struct Visitor(
        string Environment, AppId? App, UserId? User, AgentId? Agent, WorkspaceId? Workspace);

    /// <summary>
    /// <paramref name="GrantedUntil"/>: as long as the tenant has granted something to an agent; null where it has not.
    /// </summary>
    private sealed record Found(
        bool IsDeleted, bool IsSuspended, TenantRole? InTenant, TenantRole? InWorkspace, DateTimeOffset? GrantedUntil)
    {
        /// <summary>The higher one; a role in the tenant counts in its workspaces too.</summary>
        public TenantRole? Role => InTenant > InWorkspace || InWorkspace is null ? InTenant : InWorkspace;

        /// <summary>Whether the visitor is somebody to the tenant. An app and staff are so everywhere.</summary>
        public bool Knows(Visitor visitor, DateTimeOffset now) =>
            visitor.Agent is not null ? GrantedUntil > now : visitor.User is null || Role is not null;
    }

    public ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        var caller = invocation.Caller;
        if (!Concerns(invocation.Operation, caller)) return default;
        if (invocation.Operation.HeaderNamesTenant && invocation.Request.Tenant is null && caller.BoundTenant is null)
            return new(GateProblems.TenantRequired.With());
        if (!TryName(invocation, out var tenant, out var workspace) || !MayName(caller, invocation.Operation))
            return new(GateProblems.NotFoundFor(caller));
        if (caller.Environment is not { } environment) return new(GateProblems.EnvironmentRequired.With());
        var visitor = new Visitor(
            environment, caller.App, caller.User, caller.Kind is CallerKind.Agent ? caller.Agent : null, workspace);
        var trusted = !inChange || database.MemoryTrust is null;
        return trusted && memory.TryGet(tenant, out var visitors) && visitors.TryGetValue(visitor, out var known)
            && known.Knows(visitor, invocation.Now)
            ? new(Admit(invocation, tenant, visitor, known, inChange))
            : CheckByRead(invocation, tenant, visitor, reads, inChange);
    }

    /// <summary>
    /// With every change that takes a standing away or alters a role, and of what the tenant has granted.
    /// </summary>
    public void Forget(Change change, TenantId tenant) => memory.Forget(change, tenant);

    private async ValueTask<Problem?> CheckByRead(
        Invocation invocation, TenantId tenant, Visitor visitor, IReads reads, bool inChange)
    {
        // Taken before the read: an eviction meanwhile drops it, and with it what was read before. A Change reads what
        // may still be rolled back, and remembers nothing.
        var visitors = inChange ? [] : (await memory.Get(tenant, 0, static (_, _) =>
            new ValueTask<ConcurrentDictionary<Visitor, Found>?>([])))!;
        var found = await Find(reads, tenant, visitor);
        var isStranger = found?.Knows(visitor, invocation.Now) != true;
        if (found is null || (isStranger && (visitor.Agent is not null || !invocation.Operation.InTenantOfHeader))
            || (found.IsDeleted && invocation.Operation.Name != TenantEndpoints.Restore)
            || (found.IsSuspended && isStranger))
        {
            // Guesses must not fill the memory.
            if (!inChange && visitors.IsEmpty) memory.Evict(tenant);
            return GateProblems.NotFoundFor(invocation.Caller);
        }
        // Of strangers there may be any number.
        if (!found.IsDeleted && !isStranger) visitors[visitor] = found;
        return Admit(invocation, tenant, visitor, found, inChange);
    }

    private static Problem? Admit(
        Invocation invocation, TenantId tenant, Visitor visitor, Found found, bool inChange)
    {
        if (found.IsSuspended && invocation.Caller.Kind is not CallerKind.Operator
            && invocation.Operation.Name != SuspensionEndpoints.Reinstates)
        {
            // Who shows an app's key alone is outside, and learns nothing of a tenant.
            return invocation.Caller.Kind is CallerKind.App
                ? GateProblems.NotFoundFor(invocation.Caller)
                : StopProblems.TenantSuspended.With();
        }
        var role = found.Role;
        // Step 5 has decided by the role of step 2.
        if (inChange && role < invocation.Caller.TenantRole)
            return GateProblems.PermissionDenied.With("Your role was lowered in this moment.");
        (invocation.Tenant, invocation.Workspace) = (tenant, visitor.Workspace);
        if (found.GrantedUntil is { } until && until != Always) invocation.GoodUntil(until);
        invocation.Conditions?.Add(IsStill(found, tenant, visitor));
        if (invocation.Caller.TenantRole != role) invocation.Caller = invocation.Caller with { TenantRole = role };
        return null;
    }

    private static ValueTask<Found?> Find(IReads reads, TenantId tenant, Visitor visitor) => reads.One(
        $"""
        select t.deleted_at, t.stop, {RoleInTenant(visitor)}, {RoleInWorkspace(visitor)}, {GrantedUntil(visitor)}
            {Visible(tenant, visitor)}
        """,
        static row => new Found(
            row.TimeOrNull() is not null, row.TextOrNull() is not null, Role(row.TextOrNull()),
            Role(row.TextOrNull()), row.TimeOrNull()));

    /// <summary>As a condition of a Change.</summary>
    private static Sql IsStill(Found found, TenantId tenant, Visitor visitor) => $"""
        exists (select 1 {Visible(tenant, visitor)}
            and (t.deleted_at is not null) = {found.IsDeleted} and (t.stop is not null) = {found.IsSuspended}
            and coalesce({RoleInTenant(visitor)}, '') = {Name(found.InTenant)}
            and coalesce({RoleInWorkspace(visitor)}, '') = {Name(found.InWorkspace)} {StillGranted(found, visitor)})
        """;

    private static Sql? StillGranted(Found found, Visitor visitor) => visitor.Agent is null
        ? null
        : Sql.Of($"and {GrantedUntil(visitor)} >= {found.GrantedUntil}");

    /// <summary>
    /// As long as anything lasts that is granted to an agent through the app that it comes by. A role that gives
    /// nothing is nothing.
    /// </summary>
    private static Sql GrantedUntil(Visitor visitor)
    {
        if (visitor is not { Agent: { } agent, App: { } app }) return $"cast(null as bigint)";
        return $"""
            (select max(coalesce(g.expires_at, {Always})) from access_grant g
                where g.tenant_id = t.id and g.agent_id = {agent} and g.until_revision is null
                and (g.app_id is null or g.app_id = {app})
                and (g.role_id is null or exists (select 1 from access_role_permission p
                    where p.role_id = g.role_id and p.until_revision is null)))
            """;
    }

    private static Sql RoleInTenant(Visitor visitor)
    {
        if (visitor.User is not { } user) return $"cast(null as text)";
        return $"""
            (select m.role from membership m
                where m.tenant_id = t.id and m.user_id = {user} and m.workspace_id is null)
            """;
    }

    private static Sql RoleInWorkspace(Visitor visitor)
    {
        if (visitor is not { User: { } user, Workspace: { } workspace }) return $"cast(null as text)";
        return $"""
            (select m.role from membership m
                where m.workspace_id = {workspace} and m.user_id = {user} and m.tenant_id = t.id)
            """;
    }

    private static Sql Visible(TenantId tenant, Visitor visitor)
    {
        var installed = visitor.App is { } app ? Sql.Of(
            $"and exists (select 1 from tenant_app a where a.tenant_id = t.id and a.app_id = {app})") : null;
        var existing = visitor.Workspace is { } workspace ? Sql.Of(
            $"and exists (select 1 from workspace w where w.id = {workspace} and w.tenant_id = t.id)") : null;
        return $"""
            from tenant t where t.id = {tenant} and t.environment_id = {visitor.Environment} {installed} {existing}
            """;
    }

    private static string Name(TenantRole? role) => role is { } known ? Wire.Name(known) : "";

    private static TenantRole? Role(string? name) => name is null ? null : Wire.Parse<TenantRole>(name);

    /// <summary>
    /// Whoever shows no credential is asked for one by step 5, for every tenant alike; but an app's key alone reaches
    /// what its rules call public.
    /// </summary>
    private static bool Concerns(Operation operation, Caller caller) => operation.NamesTenant
        && (caller.IsAuthenticated
            || (operation is { InTenantOfHeader: true, TakesApps: true } && caller.Kind is CallerKind.App));

    private static bool MayName(Caller caller, Operation operation) =>
        caller.Kind is CallerKind.User or CallerKind.Key or CallerKind.Operator
        || caller is { Kind: CallerKind.Agent, App: not null }
        || (caller.Kind is CallerKind.App && operation.InTenantOfHeader);

    private static bool TryName(Invocation invocation, out TenantId tenant, out WorkspaceId? workspace)
    {
        workspace = null;
        var (request, byHeader) = (invocation.Request, invocation.Operation.HeaderNamesTenant);
        // A key that is for one tenant need not name it.
        var text = byHeader ? request.Tenant ?? invocation.Caller.BoundTenant?.Value : request.Path("tenant");
        if (!TenantId.TryParse(text, out tenant)) return false;
        if ((byHeader ? request.Workspace : request.Path("workspace")) is not { } named) return true;
        if (!WorkspaceId.TryParse(named, out var id)) return false;
        workspace = id;
        return true;
    }
}
