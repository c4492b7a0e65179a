using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Tenants.Members;

namespace Castellan.Contracts.AppRoles;

/// <summary>Roles of an app on memberships, from memory.</summary>
internal sealed class AppRoleDirectory(AppRoleStore store, Notices notices)
{
    private readonly SharedMemory<(TenantId, AppId), ConcurrentDictionary<MemberId, IReadOnlyList<string>>> memory =
        notices.Remember<(TenantId, AppId), ConcurrentDictionary<MemberId, IReadOnlyList<string>>>(
            "app_roles", NoticeKeys.Pair(NoticeKeys.Id<TenantKind>(), NoticeKeys.Id<AppKind>()));

    /// <summary>The roles on any of a user's memberships in the tenant.</summary>
    public async ValueTask<IReadOnlyList<string>> Find(TenantScope scope, AppId app, MemberFacts member)
    {
        if (member.Members.Count == 0) return [];
        var known = (await memory.Get((scope.Tenant, app), 0, static (_, _) =>
            new ValueTask<ConcurrentDictionary<MemberId, IReadOnlyList<string>>?>([])))!;
        if (member.Members.Count == 1 && known.TryGetValue(member.Members[0], out var only)) return only;
        if (member.Members.All(known.ContainsKey)) return [.. member.Members.SelectMany(m => known[m]).Distinct()];
        var held = await store.List(scope, app, member.Members);
        foreach (var id in member.Members) known[id] = [.. held.Where(h => h.Member == id).Select(h => h.Role)];
        return [.. held.Select(h => h.Role).Distinct()];
    }

    public void Forget(Change change, TenantId tenant, AppId app) => memory.Forget(change, (tenant, app));
}
