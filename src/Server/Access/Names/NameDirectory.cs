using Castellan.Kernel;
using Castellan.Kernel.Nodes;

namespace Castellan.Access.Names;

/// <summary>What apps call people and things in each tenant, from memory.</summary>
internal sealed class NameDirectory(NameStore store, Notices notices)
{
    private const int TenantsMax = 5_000;

    private readonly SharedMemory<TenantId, TenantNames> memory =
        notices.Remember<TenantId, TenantNames>("access_names", NoticeKeys.Id<TenantKind>(), TenantsMax);

    public ValueTask<TenantNames> Find(TenantId tenant) => memory.TryGet(tenant, out var known)
        ? new ValueTask<TenantNames>(known)
        : FindInStore(tenant);

    public void Forget(Change change, TenantId tenant) => memory.Forget(change, tenant);

    private async ValueTask<TenantNames> FindInStore(TenantId tenant) => (await memory.Get(
        tenant, store, static async (key, store) => new TenantNames(await store.ListAll(key))))!;
}

/// <summary>The names of one tenant; it does not change. Names are equal when their code units are.</summary>
internal sealed class TenantNames
{
    private readonly Dictionary<(AppId App, string Type, string Name), UserId> subjects = [];
    private readonly Dictionary<(AppId App, string Type, UserId User), string> ofUsers = [];
    private readonly Dictionary<(AppId App, string Type), List<string>> resources = [];
    private readonly HashSet<(AppId App, string Type)> types = [];

    /// <param name="names">In the order in which searches show them.</param>
    public TenantNames(IEnumerable<AccessName> names)
    {
        foreach (var name in names)
        {
            if (name.UserId is { } user)
            {
                subjects[(name.AppId, name.Type, name.Name)] = user;
                ofUsers.TryAdd((name.AppId, name.Type, user), name.Name);
                types.Add((name.AppId, name.Type));
            }
            else if (resources.TryGetValue((name.AppId, name.Type), out var known)) known.Add(name.Name);
            else resources[(name.AppId, name.Type)] = [name.Name];
        }
    }

    /// <summary>Whom the app calls so.</summary>
    public UserId? Subject(AppId app, string type, string name) =>
        subjects.TryGetValue((app, type, name), out var user) ? user : null;

    /// <summary>What the app calls a user; the first of several.</summary>
    public string? Of(AppId app, string type, UserId user) => ofUsers.GetValueOrDefault((app, type, user));

    public bool HasSubjects(AppId app, string type) => types.Contains((app, type));

    /// <summary>What the app calls things of a type, in order.</summary>
    public IReadOnlyList<string> Resources(AppId app, string type) => resources.GetValueOrDefault((app, type)) ?? [];
}
