using Castellan.Budgets.Alerts;
using Castellan.Budgets.Leases;
using Castellan.Kernel;

namespace Castellan.Budgets.Reservations;

/// <summary>
/// Reserve before it is spent, settle with what was spent. By an app's server, by a member, and by an agent as far as
/// it was lent; each ends what is its own, admins and operators what is anybody's.
/// </summary>
internal sealed class ReservationEndpoints(
    ReservationStore store, BudgetStore budgets, ReservationExpiry expiry, BudgetAlerts alerts, CountedBudgets counted)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/reservations";
    private const string One = Route + "/{reservation}";
    private static readonly Grant[] Spenders = [Grant.Tenant(TenantRole.Member), Grant.Key];

    public IEnumerable<Operation> Operations() =>
    [
        new Write<Reserve, Reservation>(
            "budgets.reserve", "POST", Route, Reserve.Bind, Hold, BudgetsJson.Wire.Reservation)
        {
            Summary = "Hold an amount in every budget that counts it, before it is spent; or in none.",
            Grants = Spenders, Status = 201, OfAllowance = true, Problems = [BudgetErrors.Paused],
        },
        new Write<Settle, Reservation>(
            "budgets.settle", "POST", One + "/settle", Settle.Bind, Close, BudgetsJson.Wire.Reservation)
        {
            Summary = "Say what was spent of a reservation; the rest is free. More is taken where the budgets have it.",
            Grants = Spenders, OfAllowance = true, AllowedWhenFrozen = true,
            Problems = [BudgetErrors.Paused, BudgetErrors.ReservationEnded, BudgetErrors.ReservationExpired],
        },
        new Write<NameReservation, Reservation>(
            "budgets.void", "POST", One + "/void", NameReservation.Bind, Cancel, BudgetsJson.Wire.Reservation)
        {
            Summary = "Free what a reservation holds: nothing was spent.",
            Grants = [.. Spenders, Grant.Operator(OperatorRole.Admin, OperatorRole.Support)],
            OfAllowance = true, AllowedWhenFrozen = true,
            Problems = [BudgetErrors.ReservationEnded, BudgetErrors.ReservationExpired],
        },
        new Read<NameReservation, Reservation>(
            "budgets.reservations.get", "GET", One, NameReservation.Bind, Get, BudgetsJson.Wire.Reservation)
        {
            Summary = "Read a reservation, up to 30 days after its end.",
            Grants = [.. Spenders, Grants.AnyOperator], Uncounted = true,
        },
    ];

    private async ValueTask<Reservation> Hold(WriteCall<Reserve, Reservation> call)
    {
        var (scope, input, caller) = (call.Tenant, call.Input, call.Caller);
        BudgetInputs.RequireCurrency(input.Unit, input.Currency);
        if (input.User is not null && caller.User is not null)
            throw BudgetInputs.Refused("/user_id", "not_for_users", "A user reserves for himself.", "Leave it out.");
        if (input.User is not null && caller.Kind is CallerKind.Agent)
        {
            throw BudgetInputs.Refused("/user_id", "not_for_agents", "An agent reserves for itself.",
                "Leave it out, or take what the user has lent and reserve with that token.");
        }
        var charge = new BudgetCharge(
            scope.Tenant, BudgetCharge.SubjectsOf(caller, scope.Tenant, input.User), input.Unit, input.Currency);
        await expiry.Release(call.Environment, call.Now, call.Aborted);
        await counted.GiveBack(call.Environment, charge);
        return await Telling(() => call.Change(async change =>
        {
            if (input.User is { } user && !await budgets.HasSubject(
                change, call.Environment, scope.Tenant, BudgetSubject.User, user.Value))
            {
                throw BudgetInputs.Refused("/user_id", "not_there", "There is no such member of the tenant.",
                    "Name a user of members.list, or leave it out.");
            }
            var moved = await Ledger.Hold(change.Raw, call.Environment, charge, input.Amount, change.Now);
            var made = new Reservation(
                ReservationId.New(change.Now), scope.Tenant, caller.App, input.User ?? caller.User, caller.Key,
                caller.Agent, input.Unit, input.Currency, input.Amount, Settled: null, ReservationState.Open,
                input.Metadata, change.Now, change.Now + input.TimeToLive, EndedAt: null, Version: 1)
            {
                Principal = caller.Principal,
            };
            await Ledger.Open(change.Raw, scope, made, moved);
            foreach (var one in moved) await alerts.Raise(change, one.Budget, one.Hold.Window, one.State);
            Record(change, "reservation.made", Snapshot.None, made);
            return made;
        }), call, isNews: true);
    }

    /// <summary>
    /// The refusal of a budget says as much of it as the caller may know. Where it <paramref name="isNews"/>, that it
    /// has refused is told of.
    /// </summary>
    private async ValueTask<Reservation> Telling<TIn>(
        Func<ValueTask<Reservation>> work, Call<TIn> call, bool isNews)
    {
        try
        {
            return await work();
        }
        catch (BudgetRefusal refusal)
        {
            var budget = refusal.Budget;
            if (isNews) await alerts.Paused(budget, call.Now);
            throw new Refusal(
                BudgetErrors.PausedBy(budget, call.Now, budget.Use?.Left ?? 0, call.Caller, call.Tenant.Tenant));
        }
    }

    private ValueTask<Reservation> Close(WriteCall<Settle, Reservation> call) => Telling(
        () => call.Change(change => End(
            change, call, call.Input.Reservation, ReservationState.Settled, call.Input.Amount)),
        call, isNews: false);

    private ValueTask<Reservation> Cancel(WriteCall<NameReservation, Reservation> call) => call.Change(change => End(
        change, call, call.Input.Reservation, ReservationState.Voided, actual: 0));

    private async ValueTask<Reservation> Get(Call<NameReservation> call) =>
        await store.Find(call.Tenant, call.Input.Reservation, call.Aborted) is { } found && IsFor(call.Caller, found)
            ? found
            : throw new Refusal(GateProblems.NotFound);

    private async ValueTask<Reservation> End<TIn>(
        Change change, Call<TIn> call, ReservationId id, ReservationState state, long actual)
    {
        var open = await Ledger.LockOpen(
            change.Raw, call.Tenant, id, change.Now, found => IsFor(call.Caller, found));
        call.Request.RequireMatch(open);
        var (ended, moved) = await Ledger.End(change.Raw, call.Environment, open, state, actual, change.Now);
        foreach (var one in moved)
        {
            await alerts.Raise(change, one.Budget, one.Hold.Window, one.State);
            await alerts.RaiseSudden(change, one.Budget, one.Hold.Window, one.State, actual);
        }
        if (actual > 0) change.Meter(ended.Currency ?? Wire.Name(ended.Unit), actual, call.Tenant.Tenant);
        Record(change, $"reservation.{Wire.Name(state)}", open.Snapshot(), ended);
        return ended;
    }

    /// <summary>Whoever made it, its app's server, the tenant's admins, and operators.</summary>
    private static bool IsFor(Caller caller, Reservation found) => caller.Kind switch
    {
        CallerKind.Operator => true,
        CallerKind.Key => found.AppId == caller.App,
        _ => found.Principal == caller.Principal || (caller.Lent is null && caller.TenantRole >= TenantRole.Admin),
    };

    private static void Record(Change change, string fact, Snapshot before, Reservation after)
    {
        change.Audit(after.Target, before, after.Snapshot());
        change.Emit(fact, after.Target, after.Snapshot());
    }
}
