using Castellan.Kernel;
using Castellan.Platform.Memory;
using Castellan.Platform.Storage;

namespace Castellan.Tenants.Workspaces;

/// <summary>
/// How many more workspaces a tenant may have: counted once, then taken from in memory, so that a create costs one
/// insert however many there are. What failed creates took comes back at the next count.
/// </summary>
internal sealed class WorkspaceRoom(
    WorkspaceStore store, IDatabase database, TenantsOptions options, TimeProvider time)
{
    /// <summary>An exhausted count is believed this long, so that a full tenant's callers cannot make work.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);

    private readonly Remembered<TenantId, Room> rooms = new(time, database.MemoryTrust);

    private sealed class Room(int free, long countedAt)
    {
        private int left = free;

        public long CountedAt => countedAt;

        public bool TryTake() => Volatile.Read(ref left) > 0 && Interlocked.Decrement(ref left) >= 0;
    }

    /// <summary>Takes room for one, before the change, or refuses.</summary>
    public async ValueTask Take(TenantScope scope)
    {
        var room = await Find(scope);
        if (room.TryTake()) return;
        if (time.GetElapsedTime(room.CountedAt) >= Believed)
        {
            rooms.Evict(scope.Tenant);
            if ((await Find(scope)).TryTake()) return;
        }
        throw new Refusal(TenantErrors.LimitReached, $"A tenant may have {options.WorkspacesMax} workspaces.");
    }

    public void Forget(TenantId tenant) => rooms.Evict(tenant);

    private async ValueTask<Room> Find(TenantScope scope) =>
        (await rooms.Get(scope.Tenant, (this, scope), static (_, state) => state.Item1.CountIn(state.scope)))!;

    private async ValueTask<Room?> CountIn(TenantScope scope)
    {
        var countedAt = time.GetTimestamp();
        return new Room(options.WorkspacesMax - await store.Count(scope, options.WorkspacesMax), countedAt);
    }
}
