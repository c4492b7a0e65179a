using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Storage;

namespace Castellan.Tenants.Members;

/// <summary>
/// A user's memberships in one tenant, as rules ask for them. <paramref name="Role"/> is the role in the tenant as a
/// whole, null for a guest; <paramref name="Members"/> are the memberships' ids.
/// </summary>
internal sealed record MemberFacts(
    TenantRole? Role, IReadOnlyList<WorkspaceFacts> Workspaces, IReadOnlyList<MemberId> Members)
{
    public static MemberFacts None { get; } = new(null, [], []);
}

internal sealed record WorkspaceFacts(WorkspaceId Id, TenantRole Role);

/// <summary>
/// Facts of members from memory; forgotten with what <see cref="TenantStanding"/> knows of the tenant. Of strangers
/// nothing is kept.
/// </summary>
internal sealed class MemberDirectory(IDatabase database, Notices notices)
{
    private readonly SharedMemory<TenantId, ConcurrentDictionary<UserId, MemberFacts>> memory =
        notices.Remember<TenantId, ConcurrentDictionary<UserId, MemberFacts>>(
            TenantStanding.Topic, NoticeKeys.Id<TenantKind>());

    public async ValueTask<MemberFacts> Find(TenantScope scope, UserId user)
    {
        if (memory.TryGet(scope.Tenant, out var known) && known.TryGetValue(user, out var facts)) return facts;
        // Taken before the read: an eviction meanwhile drops it, and with it what was read before.
        var members = (await memory.Get(scope.Tenant, 0, static (_, _) =>
            new ValueTask<ConcurrentDictionary<UserId, MemberFacts>?>([])))!;
        facts = await Load(scope, user);
        if (facts.Members.Count > 0) members[user] = facts;
        else if (members.IsEmpty) memory.Evict(scope.Tenant);
        return facts;
    }

    private async ValueTask<MemberFacts> Load(TenantScope scope, UserId user)
    {
        var rows = await database.Many(
            $"select id, workspace_id, role from membership where tenant_id = {scope.Tenant} and user_id = {user}",
            row => (Id: row.Id<MemberKind>(), Workspace: row.IdOrNull<WorkspaceKind>(),
                Role: Wire.Parse<TenantRole>(row.Text())));
        TenantRole? inTenant = rows.Where(r => r.Workspace is null).Select(r => (TenantRole?)r.Role).FirstOrDefault();
        return new MemberFacts(
            inTenant,
            [.. rows.Where(r => r.Workspace is not null).Select(r => new WorkspaceFacts(r.Workspace!.Value, r.Role))],
            [.. rows.Select(r => r.Id)]);
    }
}
