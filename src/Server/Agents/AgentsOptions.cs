using Castellan.Platform;

namespace Castellan.Agents;

/// <summary>Bounds of agents. Section <c>Agents</c>.</summary>
[Settings("Agents")]
internal sealed record AgentsOptions
{
    /// <summary>
    /// Runs of one agent that are open at once. Default 1,000; 1 to 10,000. They are counted when one is started, and
    /// an agent that ends none should notice.
    /// </summary>
    public int OpenRunsMax { get; init; } = 1_000;

    /// <summary>
    /// Days for which runs, and what was lent, are listed after their end. Default 90; 1 to 3,650. The audit log keeps
    /// what was done in them.
    /// </summary>
    public int KeptDays { get; init; } = 90;

    public TimeSpan Kept => TimeSpan.FromDays(KeptDays);

    /// <summary>Throws at the start where a setting is out of its range.</summary>
    public AgentsOptions Checked()
    {
        Require(OpenRunsMax, 10_000, nameof(OpenRunsMax));
        Require(KeptDays, 3_650, nameof(KeptDays));
        return this;
    }

    private static void Require(int value, int max, string name)
    {
        if (value < 1 || value > max)
            throw new UnsafeStartException($"Agents:{name} is {value}.", $"Write a number from 1 to {max}.");
    }
}
