using Castellan.Budgets;
using Castellan.Budgets.Leases;
using Castellan.Budgets.Reservations;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Budgets.Interleavings;

/// <summary>
/// One schedule, determined by its seed: nodes with clocks that differ reserve, settle, void, expire, lease and spend,
/// one transaction at a time in any order; transactions are cut, answers lost, nodes killed. After each step what
/// budgets have used is compared with their caps and with what is held; at the end nothing may be held.
/// </summary>
internal sealed class Interleaving : SynchronizationContext
{
    private const int Nodes = 3;
    private static readonly DateTimeOffset Begin = new(2030, 1, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly EnvironmentScope Scope = new("sandbox", App: null);
    private static readonly TenantScope Tenant = new("sandbox", new TenantId("ten_x"), null, App: null);

    private readonly SteppedDatabase database;
    private readonly Dice dice;
    private readonly LeaseStore leases;
    private readonly SkewedClock[] clocks;
    private readonly Purse[] purses = new Purse[Nodes];
    private readonly Queue<(SendOrPostCallback Call, object? State)> ready = new();
    private readonly Dictionary<string, long> usedBefore = [];
    private readonly List<(BudgetId Id, long Cap)> budgets = [];
    private readonly List<string> subjects;
    private Budget requests = null!;
    private long calls;
    private long settled;
    private Exception? failure;

    private Interleaving(SteppedDatabase database, long seed)
    {
        (this.database, dice) = (database, new Dice(seed));
        leases = new LeaseStore(new Upkeep(database));
        subjects = [$"app_{seed}", $"usr_{seed}"];
        clocks = [.. Enumerable.Range(0, Nodes).Select(_ => new SkewedClock
        {
            Now = Begin + TimeSpan.FromSeconds(dice.Below(60) - 30),
        })];
    }

    public int Steps { get; private set; }

    /// <summary>Runs one, and throws what is wrong with it.</summary>
    public static int Run(SteppedDatabase database, long seed)
    {
        var outer = Current;
        var run = new Interleaving(database, seed);
        SetSynchronizationContext(run);
        try
        {
            run.Go();
            return run.Steps;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"Interleaving {seed}: {error.Message}", error);
        }
        finally
        {
            SetSynchronizationContext(outer);
            database.Pending.Clear();
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => ready.Enqueue((d, state));

    private void Go()
    {
        for (var i = 0; i < 2; i++) Make(BudgetUnit.Tokens, subjects[i]);
        requests = Make(BudgetUnit.Requests, subjects[0]);
        for (var node = 0; node < Nodes; node++) Restart(node);
        for (var actors = 4 + dice.Below(4); actors > 0; actors--) Start(dice.Below(Nodes));
        Pump();
        while (database.Pending.Count > 0)
        {
            switch (dice.Below(40))
            {
                case 0:
                    foreach (var clock in clocks) clock.Now += TimeSpan.FromSeconds(dice.Below(20));
                    break;
                case 1:
                    Kill(dice.Below(Nodes));
                    break;
                case 2:
                    Lower();
                    break;
                default:
                    Step(dice.Below(database.Pending.Count), dice.Below(20));
                    break;
            }
            Check();
        }
        End();
    }

    private Budget Make(BudgetUnit unit, string subject)
    {
        var budget = new Budget(
            BudgetId.New(Begin), "sandbox", null, BudgetSubject.App, subject, unit, null,
            dice.Below(2) == 0 ? BudgetWindow.Total : BudgetWindow.Hour, 1 + dice.Below(30), "x", [],
            BudgetKeeper.Operator, Begin, Begin, Version: 1);
        budgets.Add((budget.Id, budget.Cap));
        Now($"""
            insert into budget (id, environment_id, subject_kind, subject_id, unit, currency, span, cap, name, alerts,
                keeper, created_at, updated_at, version)
            values ({budget.Id}, {"sandbox"}, {"app"}, {subject}, {Wire.Name(unit)}, {""}, {Wire.Name(budget.Window)},
                {budget.Cap}, {"x"}, {""}, {"operator"}, {Begin}, {Begin}, {1L})
            """);
        return budget;
    }

    private void Restart(int node) => purses[node] = new Purse(
        Scope, requests, BudgetWindows.StartOf(requests.Window, clocks[node].Now), leases, clocks[node]);

    /// <summary>An actor on a node: what it does is its own choice, and it ends where something fails.</summary>
    private void Start(int node)
    {
        database.Node = node;
        var kind = dice.Below(8);
        Act(async () =>
        {
            if (kind < 4) await ReserveAndEnd(node);
            else if (kind < 6) await Spend(node, 1 + dice.Below(4));
            else if (kind == 6) await Tell(purses[node]);
            else await ExpireAll(node);
        });
    }

    private async void Act(Func<ValueTask> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (error is Refusal or StorageException)
        {
            // Refused, cut or lost: the actor gives up.
        }
        catch (Exception error)
        {
            failure ??= error;
        }
    }

    private async ValueTask ReserveAndEnd(int node)
    {
        var clock = clocks[node];
        var amount = 1 + dice.Below(15);
        var charge = new BudgetCharge(null, dice.Below(3) == 0 ? [subjects[0]] : subjects, BudgetUnit.Tokens, null);
        var made = await Transact(node, async transaction =>
        {
            var moved = await Ledger.Hold(transaction, Scope, charge, amount, clock.Now);
            var reservation = new Reservation(
                ReservationId.New(clock.Now), Tenant.Tenant, null, null, null, null, BudgetUnit.Tokens, null, amount,
                null, ReservationState.Open, new Dictionary<string, string>(), clock.Now,
                clock.Now + TimeSpan.FromSeconds(1 + dice.Below(30)), null, Version: 1);
            await Ledger.Open(transaction, Tenant, reservation, moved);
            return reservation;
        });
        if (dice.Below(4) == 0) return;
        var isVoid = dice.Below(3) == 0;
        var actual = isVoid ? 0 : dice.Below(amount + 3);
        for (var again = dice.Below(2); again >= 0; again--)
        {
            var ended = await Transact(node, async transaction =>
            {
                var open = await Ledger.LockOpen(transaction, Tenant, made.Id, clock.Now, _ => true);
                return (await Ledger.End(
                    transaction, Scope, open, isVoid ? ReservationState.Voided : ReservationState.Settled, actual,
                    clock.Now)).Ended;
            });
            if (ended.State is ReservationState.Settled && charge.Subjects.Count == 2) settled += actual;
        }
    }

    /// <summary>Calls spend what they take at once, writes what they commit.</summary>
    private async ValueTask Spend(int node, int times)
    {
        for (; times > 0; times--)
        {
            var amount = 1 + dice.Below(4);
            if (await purses[node].Take(requests, amount, orLess: dice.Below(2) == 0) is not { } taken) continue;
            if (dice.Below(2) == 0)
            {
                taken.End(taken.Amount);
                calls += taken.Amount;
            }
            else
            {
                await Write(node, taken, dice.Below((int)taken.Amount + 1));
            }
        }
    }

    /// <summary>What is committed, or may be, is spent; of what was undone all is put back.</summary>
    private async ValueTask Write(int node, Taken taken, long used)
    {
        long spent = 0;
        try
        {
            await Transact(node, async transaction => await transaction.Run(
                $"insert into written (budget_id, amount) values ({requests.Id}, {used})"));
            spent = used;
        }
        catch (StorageException lost) when (lost.Failure is StorageFailure.OutcomeUnknown)
        {
            spent = used;
            throw;
        }
        finally
        {
            taken.End(spent);
        }
    }

    private async ValueTask Tell(Purse purse)
    {
        if (dice.Below(3) == 0) await purse.GiveBack();
        else await purse.Tell(isOver: dice.Below(2) == 0);
    }

    private async ValueTask ExpireAll(int node)
    {
        await Transact(node, transaction => Ledger.Expire(transaction, Scope, clocks[node].Now));
        database.Node = node;
        await leases.Expire(clocks[node].Now);
    }

    private ValueTask<T> Transact<T>(int node, Func<ITransaction, ValueTask<T>> work)
    {
        database.Node = node;
        return database.Transact(WriteLane.Background, work);
    }

    private void Step(int which, int fate)
    {
        var step = database.Pending[which];
        database.Pending.RemoveAt(which);
        database.Node = step.Node;
        Steps++;
        // The transaction's own awaits complete at once; what follows it is posted.
        step.Run(fate == 0 ? dice.Below(8) : null, fate == 1);
        Pump();
    }

    /// <summary>Its memory is gone, and of each of its transactions nobody hears: it was made or it was not.</summary>
    private void Kill(int node)
    {
        foreach (var step in database.Pending.Where(step => step.Node == node).ToList())
        {
            database.Pending.Remove(step);
            Steps++;
            if (dice.Below(2) == 0) step.Run(dice.Below(2) == 0 ? dice.Below(8) : null, false);
        }
        ready.Clear();
        Restart(node);
        Start(node);
        Pump();
    }

    /// <summary>A cap below what is used lets nothing more be taken.</summary>
    private void Lower()
    {
        var which = dice.Below(budgets.Count);
        var (id, cap) = budgets[which];
        budgets[which] = (id, Math.Max(0, cap - dice.Below(10)));
        Now($"update budget set cap = {budgets[which].Cap} where id = {id}");
    }

    private void Pump()
    {
        while (ready.TryDequeue(out var next)) next.Call(next.State);
        if (failure is not null) throw failure;
    }

    private void Now(Sql sql)
    {
        var waiting = database.Pending.Count;
        Act(async () => await database.Transact(WriteLane.Background, transaction => transaction.Run(sql)));
        var step = database.Pending[waiting];
        database.Pending.RemoveAt(waiting);
        step.Run(null, false);
    }

    private void Check()
    {
        foreach (var (id, cap) in budgets)
        {
            var windows = database.Look(
                $"""
                select w.starts_at, w.settled, w.held,
                    coalesce((select sum(amount) from budget_hold h
                        where h.budget_id = w.budget_id and h.starts_at = w.starts_at), 0)
                    + coalesce((select sum(amount) from budget_lease l
                        where l.budget_id = w.budget_id and l.starts_at = w.starts_at), 0)
                from budget_window w where w.budget_id = {id}
                """,
                row => (Window: row.Int64(), Settled: row.Int64(), Held: row.Int64(), Live: row.Int64()));
            foreach (var (window, done, held, live) in windows)
            {
                var key = $"{id} {window}";
                if (held != live) throw new InvalidOperationException($"{held} are held and {live} are live.");
                if (done + held > cap && done + held > usedBefore.GetValueOrDefault(key))
                    throw new InvalidOperationException($"{done} + {held} are above {cap}.");
                usedBefore[key] = done + held;
            }
        }
    }

    /// <summary>Time passes, and everything is free or settled.</summary>
    private void End()
    {
        foreach (var clock in clocks) clock.Now += TimeSpan.FromDays(2);
        var last = clocks.Max(clock => clock.Now);
        foreach (var purse in purses.Take(2)) Act(async () => await purse.Tell(isOver: true));
        Act(async () => await Transact(0, transaction => Ledger.Expire(transaction, Scope, last)));
        Act(async () => await leases.Expire(last));
        while (database.Pending.Count > 0) Step(dice.Below(database.Pending.Count), fate: 2);
        Act(async () => await leases.Expire(last));
        while (database.Pending.Count > 0) Step(0, fate: 2);
        Check();
        var sums = budgets.Select(b => database.Look(
            $"select coalesce(sum(settled), 0), coalesce(sum(held), 0) from budget_window where budget_id = {b.Id}",
            row => (Settled: row.Int64(), Held: row.Int64()))[0]).ToList();
        if (sums.Exists(sum => sum.Held != 0)) throw new InvalidOperationException("Something is held for good.");
        if (sums[1].Settled < settled) throw new InvalidOperationException("Something that was settled is lost.");
        var written = database.Look(
            $"select coalesce(sum(amount), 0) from written where budget_id = {requests.Id}", row => row.Int64())[0];
        if (sums[2].Settled < calls + written)
        {
            throw new InvalidOperationException(
                $"{calls} calls and {written} writes were let through and {sums[2].Settled} are settled.");
        }
    }

    /// <summary>SplitMix64.</summary>
    private sealed class Dice(long seed)
    {
        private ulong state = (ulong)seed * 0x9E3779B97F4A7C15;

        public int Below(int bound)
        {
            var z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return (int)((z ^ (z >> 31)) % (ulong)bound);
        }
    }

    private sealed class SkewedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
