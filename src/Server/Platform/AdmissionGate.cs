namespace Castellan.Platform;

/// <summary>
/// Lets <paramref name="places"/> run at once and <paramref name="waitingMax"/> wait, first come first served; more are
/// refused at once, because an answer that comes after the caller has given up is work for nothing.
/// </summary>
internal sealed class AdmissionGate(int places, int waitingMax) : IDisposable
{
    private readonly SemaphoreSlim free = new(places);
    private int present;

    /// <summary>Waits for a place, which disposing of the answer gives back.</summary>
    /// <exception cref="OverloadException">Too many wait already.</exception>
    public async ValueTask<Place> Enter(CancellationToken ct)
    {
        if (Interlocked.Increment(ref present) > places + waitingMax)
        {
            Interlocked.Decrement(ref present);
            throw new OverloadException();
        }
        try
        {
            await free.WaitAsync(ct);
        }
        catch
        {
            Interlocked.Decrement(ref present);
            throw;
        }
        return new Place(this);
    }

    public void Dispose() => free.Dispose();

    private void Leave()
    {
        free.Release();
        Interlocked.Decrement(ref present);
    }

    internal readonly struct Place(AdmissionGate gate) : IDisposable
    {
        public void Dispose() => gate.Leave();
    }
}

/// <summary>More work waits than can be done in time. Nothing was done; the caller may come again.</summary>
internal sealed class OverloadException() : Exception("Too much work waits.");
