using System.Text.Json.Serialization;
using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Contracts.AppRoles;

/// <summary>
/// Roles that an app declares, given to members. They say nothing outside of the app: what they allow is its rules' to
/// say.
/// </summary>
internal sealed class AppRoleEndpoints(
    AppRoleStore store, AppRoleDirectory directory, MemberStore members, ContractDirectory contracts) : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/members/{member}/app-roles";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<GetAppRoles, MemberAppRoles>(
            "members.app_roles.get", "GET", Route, GetAppRoles.Bind, Get, AppRolesJson.Wire.MemberAppRoles)
        {
            Summary = "Read which roles of the app a member has.",
            Grants = [Grant.Tenant(TenantRole.Viewer), Grant.Key, Grants.AnyOperator],
        },
        new Write<SetAppRoles, MemberAppRoles>(
            "members.app_roles.set", "PUT", Route, SetAppRoles.Bind, Set, AppRolesJson.Wire.MemberAppRoles)
        {
            Summary = "Give a member exactly these roles of the app, which its contract declares.",
            NeverGranted = true,
            Grants = [Grant.Tenant(TenantRole.Admin), Grant.Key, Grant.Operator(OperatorRole.Admin)],
        },
    ];

    private async ValueTask<MemberAppRoles> Get(Call<GetAppRoles> call)
    {
        var app = AppOf(call.Caller, call.Input.App);
        var member = await members.Find(call.Tenant, call.Input.Member, ct: call.Aborted)
            ?? throw new Refusal(GateProblems.NotFound);
        var held = await store.List(call.Tenant, app, [member.Id]);
        return new MemberAppRoles(member.Id, app, [.. held.Select(h => h.Role)]);
    }

    private async ValueTask<MemberAppRoles> Set(WriteCall<SetAppRoles, MemberAppRoles> call)
    {
        var (app, input) = (AppOf(call.Caller, call.Input.App), call.Input);
        var contract = await contracts.Find(app, call.Environment.Environment)
            ?? throw new Refusal(GateProblems.NotFound, "The app has no contract in this environment.");
        RequireDeclared(contract.Contract, input.Roles);
        return await call.Change(async change =>
        {
            var member = await members.Find(call.Tenant, input.Member, change)
                ?? throw new Refusal(GateProblems.NotFound);
            var held = await store.List(call.Tenant, app, [member.Id], change);
            var before = new MemberAppRoles(member.Id, app, [.. held.Select(h => h.Role)]);
            var after = before with { Roles = [.. input.Roles.Order(StringComparer.Ordinal)] };
            await store.Replace(change, call.Tenant, app, member.Id, after.Roles);
            directory.Forget(change, call.Tenant.Tenant, app);
            change.Audit(member.Membership.Target, before.Snapshot(), after.Snapshot());
            change.Emit("member.app_roles_set", member.Membership.Target, after.Snapshot());
            return after;
        });
    }

    private static AppId AppOf(Caller caller, AppId? named)
    {
        if (caller.App is { } own && named is { } other && own != other) throw new Refusal(GateProblems.NotFound);
        return caller.App ?? named ?? throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors =
            [
                new FieldProblem(
                    "app", "required", "'app' is missing.", "Send the id of the app whose roles are meant."),
            ],
        });
    }

    private static void RequireDeclared(Contract contract, IReadOnlyList<string> roles)
    {
        var problems = roles.Select((role, i) => (role, i)).Where(r => contract.FindRole(r.role) is null)
            .Select(r => new FieldProblem($"/roles/{r.i}", "unknown_role", $"'{r.role}' is no role of this app.",
                $"Use one of: {string.Join(", ", contract.Roles.Select(known => known.Name))}.")).ToList();
        if (problems.Count > 0) throw new Refusal(GateProblems.InputInvalid.With() with { Errors = problems });
    }
}

internal sealed record GetAppRoles(MemberId Member, AppId? App)
{
    public static GetAppRoles Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new GetAppRoles(input.Path<MemberKind>("member"), input.QueryId<AppKind>("app"));
    }
}

internal sealed record SetAppRoles(MemberId Member, AppId? App, IReadOnlyList<string> Roles)
{
    public static SetAppRoles Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new SetAppRoles(
            input.Path<MemberKind>("member"),
            input.ReferenceOrNull<AppKind>("app_id"),
            input.TextsOrNull("roles", maxItems: 50, max: 40) ?? []);
    }
}

/// <summary>A member's roles of one app.</summary>
internal sealed record MemberAppRoles(MemberId MemberId, AppId AppId, IReadOnlyList<string> Roles)
{
    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AppRolesJson.Wire.MemberAppRoles);
}

[JsonSerializable(typeof(MemberAppRoles))]
internal sealed partial class AppRolesJson : JsonSerializerContext
{
    public static AppRolesJson Wire { get; } = new(Kernel.Wire.Options);
}
