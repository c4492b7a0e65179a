using Castellan.Platform;

namespace Castellan.Contracts;

/// <summary>What is kept of contracts. Section <c>Contracts</c>.</summary>
[Settings("Contracts")]
internal sealed record ContractsOptions
{
    /// <summary>
    /// Days for which data that a contract has dropped are kept in the database. Default 30; 1 to 365. Then they are
    /// erased.
    /// </summary>
    public int DroppedGraceDays { get; init; } = 30;

    public TimeSpan DroppedGrace => TimeSpan.FromDays(DroppedGraceDays);

    /// <summary>Throws at the start where a setting is out of its range.</summary>
    public ContractsOptions Checked() => DroppedGraceDays is >= 1 and <= 365
        ? this
        : throw new UnsafeStartException(
            $"Contracts:DroppedGraceDays is {DroppedGraceDays}.", "Write a number from 1 to 365.");
}
