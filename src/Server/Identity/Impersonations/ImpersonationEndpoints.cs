using Castellan.Apps;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>Operators look at an app as one of its users does, to help; the user hears of it.</summary>
internal sealed class ImpersonationEndpoints(
    ImpersonationStore store, Impersonations impersonations, UserStore users, AppDirectory apps, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/users/{user}";

    private static readonly Grant Keepers = Grant.Operator(OperatorRole.Admin, OperatorRole.Support);

    public IEnumerable<Operation> Operations() =>
    [
        new Write<Impersonate, CreatedImpersonation>(
            "users.impersonate", "POST", Route + "/impersonate", Impersonate.Bind, Begin,
            IdentityJson.Wire.CreatedImpersonation)
        {
            Summary = "Look at one app as a user does, read-only, for 15 minutes; the user is told by mail.",
            Grants = [Keepers], Status = 201, ShowsSecret = true, AllowedWhenFrozen = true,
            Problems = [IdentityErrors.UserSuspended, IdentityErrors.StaffNotImpersonated],
        },
        new Read<ListImpersonations, ListOf<Impersonation>>(
            "users.impersonations", "GET", Route + "/impersonations", ListImpersonations.Bind, List,
            IdentityJson.Wire.ListOfImpersonation)
        {
            Summary = "List who looked at apps as this user: when, why and which.", Grants = [Grants.AnyOperator],
        },
        new Write<EndImpersonation, Impersonation>(
            "users.end_impersonation", "POST", Route + "/impersonations/{impersonation}/end", EndImpersonation.Bind,
            End, IdentityJson.Wire.Impersonation)
        {
            Summary = "End an impersonation before its time; its token is refused from the next request on.",
            Grants = [Keepers], Urgent = true,
        },
    ];

    private async ValueTask<CreatedImpersonation> Begin(WriteCall<Impersonate, CreatedImpersonation> call)
    {
        var (input, scope) = (call.Input, call.Environment);
        var app = await apps.Find(input.App);
        if (app?.RunsIn(scope.Environment) is not true)
        {
            throw new Refusal(GateProblems.InputInvalid.With() with
            {
                Errors = [new FieldProblem("/app_id", "unknown_app", "There is no such app in this environment.",
                    "Send the id of an app that runs here; apps.list has them.")],
            });
        }
        return await call.ChangeFirst(change => impersonations.Begin(change, scope, input, app));
    }

    private async ValueTask<ListOf<Impersonation>> List(Call<ListImpersonations> call)
    {
        var (user, page) = call.Input;
        if (await users.Find(call.Environment, user, within: null, call.Aborted) is null)
            throw new Refusal(GateProblems.NotFound);
        return await cursors.Page("users.impersonations", call.Environment, page, [user.Value],
            (after, limit) => store.List(call.Environment, user, after, limit, call.Aborted), item => item.Id.Value);
    }

    private ValueTask<Impersonation> End(WriteCall<EndImpersonation, Impersonation> call) => call.Change(change =>
        impersonations.End(change, call.Environment, call.Input));
}
