using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tenants.Workspaces;

/// <summary>
/// How many more workspaces a tenant may have: counted once, then taken from in memory, so that a create costs one
/// insert however many there are. What failed creates took comes back at the next count.
/// </summary>
internal sealed class WorkspaceRoom(
    WorkspaceStore store, IDatabase database, TenantsOptions options, TimeProvider time)
{
    private const int TenantsMax = 100_000;

    /// <summary>An exhausted count is believed this long, so that a full tenant's callers cannot make work.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);

    // Not Remembered, whose callers may each load a value: all must take from the same count.
    private readonly ConcurrentDictionary<TenantId, Room> rooms = new();

    private sealed class Room(Func<Task<int>> countFree, long countedAt)
    {
        private readonly Lazy<Task<int>> counting = new(countFree);
        private int taken;

        public long CountedAt => countedAt;

        public bool HasFailed => counting is { IsValueCreated: true, Value.IsFaulted: true };

        public async ValueTask<bool> TryTake()
        {
            var free = await counting.Value;
            return Volatile.Read(ref taken) < free && Interlocked.Increment(ref taken) <= free;
        }
    }

    /// <summary>Takes room for one, before the change, or refuses.</summary>
    public async ValueTask Take(TenantScope scope)
    {
        var room = Find(scope);
        if (await room.TryTake()) return;
        if (time.GetElapsedTime(room.CountedAt) >= Believed)
        {
            rooms.TryRemove(new(scope.Tenant, room));
            if (await Find(scope).TryTake()) return;
        }
        throw new Refusal(TenantErrors.LimitReached, $"A tenant may have {options.WorkspacesMax} workspaces.");
    }

    public void Forget(TenantId tenant) => rooms.TryRemove(tenant, out _);

    private Room Find(TenantScope scope)
    {
        if (rooms.TryGetValue(scope.Tenant, out var known))
        {
            if (IsTrusted(known)) return known;
            rooms.TryRemove(new(scope.Tenant, known));
        }
        if (rooms.Count >= TenantsMax) rooms.Clear();
        return rooms.GetOrAdd(scope.Tenant, new Room(() => CountFree(scope), time.GetTimestamp()));
    }

    private bool IsTrusted(Room room) =>
        !room.HasFailed && (database.MemoryTrust is not { } trust || time.GetElapsedTime(room.CountedAt) < trust);

    private async Task<int> CountFree(TenantScope scope) =>
        options.WorkspacesMax - await store.Count(scope, options.WorkspacesMax);
}
