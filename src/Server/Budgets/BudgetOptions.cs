using Castellan.Platform;

namespace Castellan.Budgets;

/// <summary>Bounds of budgets. Section <c>Budgets</c>.</summary>
[Settings("Budgets")]
internal sealed record BudgetOptions
{
    /// <summary>
    /// Budgets of one tenant, also those that operators have set for it. Default 100; 1 to 1,000. Calls are matched
    /// with them.
    /// </summary>
    public int PerTenantMax { get; init; } = 100;

    /// <summary>
    /// Budgets of one environment. Default 10,000; 1 to 100,000. Memory holds those that count requests.
    /// </summary>
    public int PerEnvironmentMax { get; init; } = 10_000;

    /// <summary>Throws at the start where a setting is out of its range.</summary>
    public BudgetOptions Checked()
    {
        Require(PerTenantMax, 1_000, nameof(PerTenantMax));
        Require(PerEnvironmentMax, 100_000, nameof(PerEnvironmentMax));
        return this;
    }

    private static void Require(int value, int max, string name)
    {
        if (value < 1 || value > max)
            throw new UnsafeStartException($"Budgets:{name} is {value}.", $"Write a number from 1 to {max}.");
    }
}
