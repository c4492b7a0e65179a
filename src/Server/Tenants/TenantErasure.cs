using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tenants;

/// <summary>
/// Erases, once an hour, the tenants whose grace has ended: each in a change of its own. Any node may; the lock on the
/// tenant's row lets one of them do it. Slices that keep a tenant's data erase it in the same change.
/// </summary>
internal sealed partial class TenantErasure(
    TenantStore store, IEnumerable<ITenantData> data, Changes changes, TenantsOptions options, TimeProvider time,
    ILogger<TenantErasure> log) : PeriodicWorker(TimeSpan.FromHours(1), time)
{
    private const long PerRun = 100;
    private static readonly WorkerOperation Operation = new("tenants.erase") { Cost = WriteCost.Heavy };

    /// <summary>Erases what is due now, up to the bound of a run, and gives how many.</summary>
    public async ValueTask<int> RunOnce(CancellationToken ct)
    {
        var due = await store.ListDeleted(new InstallationScope(), Now - options.Grace, PerRun, ct);
        var erased = 0;
        foreach (var tenant in due)
        {
            if (await Erase(tenant)) erased++;
        }
        return erased;
    }

    protected override async ValueTask Round(CancellationToken ct)
    {
        while (await RunOnce(ct) == PerRun)
        {
        }
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    private async ValueTask<bool> Erase(TenantScope scope)
    {
        try
        {
            return await changes.RunAs(
                Caller.System("tenant-erasure", scope.Environment), Operation, async change =>
                {
                    var tenant = await store.Lock(change, scope, deletedToo: true);
                    // Restored since it was listed.
                    if (tenant.DeletedAt is null) throw new Refusal(GateProblems.NotFound);
                    foreach (var kept in data) await kept.Erase(change, scope);
                    await store.Erase(change, scope);
                    change.Audit(tenant.Target, tenant.Snapshot(), Snapshot.None, "The grace has ended.", tenant.Id);
                    change.Emit("tenant.erased", tenant.Target, tenant.Snapshot(), tenant.Id);
                    return true;
                });
        }
        catch (Refusal)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Deleted tenants could not be erased; the next run tries again")]
    private static partial void LogFailed(ILogger log, Exception error);
}

/// <summary>Contributed by slices that keep data of tenants.</summary>
internal interface ITenantData
{
    /// <summary>Erases it with its tenant.</summary>
    ValueTask Erase(Change change, TenantScope scope);

    /// <summary>What lies in the workspace of the scope, such as "records of tasks"; null where nothing does.</summary>
    ValueTask<string?> FindInWorkspace(Change change, TenantScope scope);

    /// <summary>Ends what rests on a user's membership of the whole tenant, which is removed.</summary>
    ValueTask Depart(Change change, TenantScope scope, UserId user) => default;

    /// <summary>Ends what is bound to the workspace of the scope, which is deleted.</summary>
    ValueTask CloseWorkspace(Change change, TenantScope scope) => default;
}
