namespace Castellan.Tests;

/// <summary>Numbers that a seed determines (SplitMix64), so that a failed run can be repeated.</summary>
internal sealed class SeededNumbers(long seed)
{
    private ulong state = (ulong)seed;

    /// <summary>From 0 up to, and without, <paramref name="bound"/>.</summary>
    public int Below(int bound)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)bound);
    }
}
