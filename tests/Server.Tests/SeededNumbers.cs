namespace Castellan.Tests;

/// <summary>Numbers that a seed determines (SplitMix64), so that a failed run can be repeated.</summary>
internal sealed class SeededNumbers(long seed)
{
    private const string Variable = "CASTELLAN_TEST_SEED";
    private ulong state = (ulong)seed;

    /// <summary>The seed of <c>CASTELLAN_TEST_SEED</c>, or a new one; written to the test's output.</summary>
    public static long Seed(ITestOutputHelper output)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(Variable), out var given)
            ? given
            : System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"{Variable}={seed}");
        return seed;
    }

    /// <summary>64 random bits.</summary>
    public ulong Bits()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 up to, and without, <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(Bits() % (ulong)bound);
}
