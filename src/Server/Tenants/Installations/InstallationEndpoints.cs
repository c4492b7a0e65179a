using Castellan.Apps;
using Castellan.Kernel;

namespace Castellan.Tenants.Installations;

/// <summary>Which apps may see a tenant: its own admins and operators say so.</summary>
internal sealed class InstallationEndpoints(
    InstallationStore store, TenantStore tenants, TenantStanding standing, AppDirectory apps, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/apps";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListInTenant, ListOf<AppInstallation>>(
            "tenants.apps", "GET", Route, ListInTenant.Bind, List, TenantsJson.Wire.ListOfAppInstallation)
        {
            Summary = "List the apps that may see a tenant.",
            Grants = [Grant.Tenant(TenantRole.Viewer), Grants.AnyOperator],
        },
        new Write<NameInstallation, AppInstallation>(
            "tenants.install", "PUT", Route + "/{app}", NameInstallation.Bind, Install,
            TenantsJson.Wire.AppInstallation)
        {
            Summary = "Let another app see a tenant; one that is installed already stays so.",
            Grants = [Grant.Tenant(TenantRole.Admin), Grant.Operator(OperatorRole.Admin)],
        },
        new Write<NameInstallation, Nothing>(
            "tenants.uninstall", "DELETE", Route + "/{app}", NameInstallation.Bind, Uninstall, TenantsJson.Wire.Nothing)
        {
            Summary = "Take a tenant out of an app's sight; only an operator takes it out of the last one's.",
            Grants = [Grant.Tenant(TenantRole.Admin), Grant.Operator(OperatorRole.Admin)], Status = 204,
            Problems = [TenantErrors.LastInstallation], Urgent = true,
        },
    ];

    private ValueTask<ListOf<AppInstallation>> List(Call<ListInTenant> call) => cursors.Page(
        "tenants.apps", call.Tenant, call.Input.Page, [],
        (after, limit) => store.List(call.Tenant, after, limit, call.Aborted), installed => installed.AppId.Value);

    private async ValueTask<AppInstallation> Install(WriteCall<NameInstallation, AppInstallation> call)
    {
        var (id, scope) = (call.Input.App, call.Tenant);
        // An app that cannot be used here is as absent as one that does not exist.
        if (await apps.Find(id) is not { } app || !app.RunsIn(scope.Environment))
            throw new Refusal(GateProblems.NotFound);
        return await call.Change(async change =>
        {
            await tenants.Lock(change, scope);
            var before = await store.Find(change, scope, id);
            var after = before ?? new AppInstallation(scope.Tenant, id, app.Name, change.Now);
            change.Audit(after.Target, before?.Snapshot() ?? Snapshot.None, after.Snapshot());
            if (before is not null) return before;
            await store.Insert(change, scope, after);
            change.Emit("tenant.installed", after.Target, after.Snapshot());
            return after;
        });
    }

    private ValueTask<Nothing> Uninstall(WriteCall<NameInstallation, Nothing> call) => call.Change(async change =>
    {
        var (id, scope) = (call.Input.App, call.Tenant);
        await tenants.Lock(change, scope);
        var installed = await store.Find(change, scope, id) ?? throw new Refusal(GateProblems.NotFound);
        if (call.Caller.Kind is not CallerKind.Operator && !await store.HasAnother(change, scope, id))
            throw new Refusal(TenantErrors.LastInstallation);
        await store.Delete(change, scope, id);
        standing.Forget(change, scope.Tenant);
        change.Audit(installed.Target, installed.Snapshot(), Snapshot.None);
        change.Emit("tenant.uninstalled", installed.Target, installed.Snapshot());
        return Nothing.Value;
    });
}
