using System.Text.Json;
using Castellan.Access.Groups;
using Castellan.Access.Roles;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Granting;

/// <summary>
/// Whom and what a grant may name: members of the tenant as a whole, its groups, roles and workspaces, keys of its
/// apps, and agents of the environment. What is absent and what is another's are refused alike.
/// </summary>
internal sealed class GrantTargets(RoleStore roles, GroupStore groups, IDatabase database)
{
    public async ValueTask Require(TenantScope scope, CreateGrant input, IReads? within = null)
    {
        if (input.User is { } user) await RequireMember(scope, user, within);
        if (input.Group is { } group && await groups.Find(scope, group, within) is null)
            throw new Refusal(GateProblems.NotFound, "The tenant has no such group.");
        await FirstOf(scope, input.Key, within);
        if (input.Agent is { } agent) await RequireAgent(scope, agent, within);
        if (input.Role is { } role && await roles.Find(scope, role, within) is null)
            throw new Refusal(GateProblems.NotFound, "The tenant has no such role.");
        await RequireWorkspace(scope, input.Resource.Workspace, within);
    }

    /// <summary>
    /// The first key of a key's line, which is whom a grant names: what a key is replaced by has its grants. A secret
    /// key that is for the tenant, or for all that its app sees.
    /// </summary>
    public async ValueTask<KeyId?> FirstOf(TenantScope scope, KeyId? named, IReads? within = null) =>
        named is { } key ? (await RequireKey(scope, key, within)).First : null;

    public async ValueTask<TenantKey> RequireKey(TenantScope scope, KeyId key, IReads? within = null) =>
        await (within ?? database).One(
            $"""
            select coalesce(k.lineage_id, k.id), k.app_id, k.permissions from app_key k
            where k.id = {key} and k.environment_id = {scope.Environment} and k.kind <> {"publishable"}
                and k.revoked_at is null and (k.tenant_id is null or k.tenant_id = {scope.Tenant})
                and exists (select 1 from tenant_app a where a.tenant_id = {scope.Tenant} and a.app_id = k.app_id)
            """,
            row => new TenantKey(row.Id<KeyKind>(), row.Id<AppKind>(), Names(row.Text())))
        ?? throw new Refusal(GateProblems.NotFound, "No secret key of an app of the tenant is this one.");

    /// <summary>An agent that is not killed.</summary>
    public async ValueTask<TenantAgent> RequireAgent(TenantScope scope, AgentId agent, IReads? within = null) =>
        await FindAgent(scope, agent, within)
        ?? throw new Refusal(GateProblems.NotFound, "No agent of the environment is this one, or it was killed.");

    /// <summary>As <see cref="RequireAgent"/>; null where there is none.</summary>
    public ValueTask<TenantAgent?> FindAgent(TenantScope scope, AgentId agent, IReads? within = null) =>
        (within ?? database).One(
            $"""
            select operations, state, expires_at from agent
            where id = {agent} and environment_id = {scope.Environment} and state <> {"killed"}
            """,
            row => new TenantAgent(agent, Names(row.Text()), row.Text() == "active", row.TimeOrNull()));

    /// <summary>The member's role in the tenant.</summary>
    public async ValueTask<TenantRole> RequireMember(TenantScope scope, UserId user, IReads? within = null) =>
        await (within ?? database).One(
            $"""
            select role from membership
            where tenant_id = {scope.Tenant} and user_id = {user} and workspace_id is null
            """,
            row => row.Text()) is { } role
            ? Wire.Parse<TenantRole>(role)
            : throw new Refusal(GateProblems.NotFound, "No member of the tenant is this user.");

    /// <summary>The user of a membership of the tenant as a whole.</summary>
    public async ValueTask<UserId> RequireUser(TenantScope scope, MemberId member, IReads? within = null) =>
        await (within ?? database).One(
            $"""
            select user_id from membership
            where tenant_id = {scope.Tenant} and id = {member} and workspace_id is null
            """,
            row => row.Text()) is { } user
            ? new UserId(user)
            : throw new Refusal(GateProblems.NotFound);

    public async ValueTask RequireWorkspace(TenantScope scope, WorkspaceId? named, IReads? within = null)
    {
        if (named is { } workspace && !await HasWorkspace(scope, workspace, within))
            throw new Refusal(GateProblems.NotFound, "The tenant has no such workspace.");
    }

    public async ValueTask<bool> HasWorkspace(TenantScope scope, WorkspaceId workspace, IReads? within = null) =>
        await (within ?? database).One(
            $"select id from workspace where id = {workspace} and tenant_id = {scope.Tenant}", row => row.Text())
        is not null;

    private static IReadOnlyList<string> Names(string json) =>
        JsonSerializer.Deserialize(json, AccessJson.Wire.IReadOnlyListString)!;
}

/// <summary>A key of an app of the tenant: the first of its line, and what it holds everywhere.</summary>
internal sealed record TenantKey(KeyId First, AppId App, IReadOnlyList<string> Permissions);

/// <summary>An agent of the environment, and the operations that it may have at all.</summary>
internal sealed record TenantAgent(
    AgentId Id, IReadOnlyList<string> Operations, bool IsActive, DateTimeOffset? ExpiresAt)
{
    public bool IsGood(DateTimeOffset now) => IsActive && (ExpiresAt is not { } end || end > now);

    /// <summary>Permissions of apps are not among operations: a tenant gives them to any agent.</summary>
    public bool MayHave(Permission permission) => permission.App is not null || Operations.Contains(permission.Name);
}
