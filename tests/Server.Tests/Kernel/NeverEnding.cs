namespace Castellan.Tests.Kernel;

/// <summary>A body that begins and then keeps the server waiting.</summary>
internal sealed class NeverEnding(CancellationToken end) : MemoryStream("{\"text\": "u8.ToArray())
{
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the beginning was sent.</summary>
    public Task Asked => asked.Task;

    public override bool CanSeek => false;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        if (read > 0) return read;
        asked.TrySetResult();
        await Task.Delay(Timeout.Infinite, end);
        return 0;
    }
}
