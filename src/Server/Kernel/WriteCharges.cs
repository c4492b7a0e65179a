using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// What Changes are charged for what they write, beside the call itself (<see cref="ICharge"/>): how many records they
/// make, and how long these are. Contributed by a slice, so that those who write do not know who counts.
/// </summary>
internal interface IWriteCharges
{
    /// <summary>For one Change. Null where nothing counts what the call writes; from memory as a rule.</summary>
    ValueTask<IWriteCharge?> Open(Invocation invocation);
}

/// <summary>
/// What one Change has taken. Nothing is asked of the database inside of it: where memory does not have enough, the
/// Change runs to its end to see how much that is, is undone, and runs again when so much was fetched.
/// </summary>
internal interface IWriteCharge : IAsyncDisposable
{
    /// <summary>Behind a run: true where it took more than there was, so that it must not be committed.</summary>
    bool IsShort { get; }

    /// <summary>Before each run of the delegate, which may be run again.</summary>
    void Begin();

    /// <summary>
    /// Takes it from everything that counts it, or throws <see cref="ChargeRefusal"/> and has taken nothing.
    /// </summary>
    void Take(long records, long bytes);

    /// <summary>Undoes a <see cref="Take"/> of the same run.</summary>
    void PutBack(long records, long bytes);

    /// <summary>Fetches what the last run was short of, as far as it is there.</summary>
    ValueTask Fetch();

    /// <summary>
    /// What the last run took is spent. What was not, when this is disposed of, goes back to where it was taken.
    /// </summary>
    void Spend();
}

/// <summary>A budget does not have what would be written.</summary>
internal sealed class ChargeRefusal(Problem problem) : Refusal(problem);

internal static class ChargeProblems
{
    /// <summary>
    /// 402, not 429: clients repeat a 429 by themselves and soon, and here only time or a person helps. Providers that
    /// bill by use answer so when the balance is used up.
    /// </summary>
    public static readonly ProblemType BudgetPaused = new("budget_paused", 402, "A budget is used up",
        "The call would take more than a budget has left, so it was not done. `budget` names it, when its window "
        + "begins anew, and who can raise it; to who may read it also its cap and what is left.",
        "Ask for less, wait for the new window, or ask whoever can raise the cap.");
}

/// <summary>Runs a Change that is charged for what it writes.</summary>
internal static class ChargedChange
{
    /// <summary>The run was short, and is undone.</summary>
    private sealed class ShortException : Exception;

    /// <param name="charge">Of this Change alone.</param>
    /// <param name="work">What the Change does.</param>
    /// <param name="run">Makes the Change, with the work or with what stands around it.</param>
    /// <param name="isMade">
    /// Whether what <paramref name="run"/> gave is what this work made, and not the answer of an earlier try.
    /// </param>
    public static async ValueTask<T> Run<T>(
        IWriteCharge charge, Func<Change, ValueTask<T>> work, Func<Func<Change, ValueTask<T>>, ValueTask<T>> run,
        Func<T, T, bool> isMade)
    {
        await using (charge)
        {
            while (true)
            {
                T made = default!;
                try
                {
                    var outcome = await run(async change =>
                    {
                        charge.Begin();
                        change.WriteCharge = charge;
                        made = await work(change);
                        return charge.IsShort ? throw new ShortException() : made;
                    });
                    if (isMade(made, outcome)) charge.Spend();
                    return outcome;
                }
                catch (ShortException)
                {
                    await charge.Fetch();
                }
                catch (StorageException failure) when (failure.Failure is StorageFailure.OutcomeUnknown)
                {
                    // It may be there.
                    charge.Spend();
                    throw;
                }
            }
        }
    }
}
