using Castellan.Access.Granting;
using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Access.Names;

/// <summary>
/// What an app calls people and things. It says whom a decision is about, so the app's own server alone gives names, or
/// an operator for it; whoever could give somebody else's name to a person would give that person the other's rights.
/// </summary>
internal sealed class NameEndpoints(
    NameStore store, NameDirectory directory, GrantTargets targets, TenantStore tenants, AccessOptions options,
    Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/access/names";
    private const string One = Route + "/{name}";
    private static readonly IReadOnlyList<Grant> Writers = [Grant.Key, Grant.Operator(OperatorRole.Admin)];

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateName, AccessName>(
            "access.names.create", "POST", Route, CreateName.Bind, Create, AccessJson.Wire.AccessName)
        {
            Summary = "Say what an app calls a member, or a thing of its own, when it asks for decisions.",
            Grants = Writers, Status = 201, Problems = [AccessErrors.NameGiven, AccessErrors.LimitReached],
        },
        new Read<ListNames, ListOf<AccessName>>(
            "access.names.list", "GET", Route, ListNames.Bind, List, AccessJson.Wire.ListOfAccessName)
        {
            Summary = "List what apps call people and things of a tenant.", Grants = AccessCallers.Readers,
        },
        new Write<OneName, Nothing>(
            "access.names.delete", "DELETE", One, OneName.Bind, Delete, AccessJson.Wire.Nothing)
        {
            Summary = "Take a name away: from the next decision on, it stands for nobody and nothing.",
            Grants = Writers, Status = 204, EndsStanding = true, Urgent = true,
        },
    ];

    private ValueTask<AccessName> Create(WriteCall<CreateName, AccessName> call)
    {
        var input = call.Input;
        var app = AppOf(call.Caller, input.App);
        if (input.Misfit is { } misfit) throw Refused(misfit);
        return call.Change(async change =>
        {
            var scope = call.Tenant;
            await tenants.Lock(change, scope);
            if (input.User is { } user) await targets.RequireMember(scope, user, change);
            if (await store.HasAsMany(change, scope, options.NamesMax))
                throw new Refusal(AccessErrors.LimitReached, $"A tenant may have {options.NamesMax} names.");
            var name = new AccessName(
                NameId.New(change.Now), app, input.Of, input.Type, input.Name, input.User, change.Now);
            if (!await store.Insert(change, scope, name)) throw new Refusal(AccessErrors.NameGiven);
            directory.Forget(change, scope.Tenant);
            change.Audit(name.Target, Snapshot.None, name.Snapshot());
            change.Emit("access_name.created", name.Target, name.Snapshot());
            return name;
        });
    }

    private ValueTask<ListOf<AccessName>> List(Call<ListNames> call)
    {
        var query = call.Input;
        return cursors.Page("access.names.list", call.Tenant, query.Page,
            [query.Of is { } of ? Wire.Name(of) : null, query.User?.Value],
            (after, limit) => store.List(
                call.Tenant, query, AccessCallers.OnlyApp(call.Caller), after, limit, call.Aborted),
            name => name.Id.Value);
    }

    private ValueTask<Nothing> Delete(WriteCall<OneName, Nothing> call) => call.Change(async change =>
    {
        var scope = call.Tenant;
        await tenants.Lock(change, scope);
        var before = await store.Find(scope, call.Input.Name, AccessCallers.OnlyApp(call.Caller), change)
            ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(before);
        await store.Delete(change, scope, before.Id);
        directory.Forget(change, scope.Tenant);
        change.Audit(before.Target, before.Snapshot(), Snapshot.None);
        change.Emit("access_name.deleted", before.Target, before.Snapshot());
        return Nothing.Value;
    });

    private static AppId AppOf(Caller caller, AppId? named)
    {
        if (caller.App is { } own && named is { } other && own != other) throw new Refusal(GateProblems.NotFound);
        return caller.App ?? named ?? throw Refused(new FieldProblem(
            "/app_id", "required", "'app_id' is missing.", "Send the id of the app that has the name."));
    }

    private static Refusal Refused(FieldProblem problem) =>
        new(GateProblems.InputInvalid.With() with { Errors = [problem] });
}
