using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Castellan.Platform.Crypto;

/// <summary>
/// Argon2id (RFC 9106) in PHC strings, behind a gate: at most cores - 1 hashes run at once, so that a storm of sign-ins
/// leaves the rest of the server its share, and whoever would wait for seconds is refused. Parameters are in the
/// string, and may rise: see <see cref="NeedsRehash"/>. Source: OWASP ASVS 5.0 appendix C (19 MiB, t=2, p=1).
/// </summary>
internal sealed class PasswordHasher(int? waitingMax = null) : IDisposable
{
    private const int MemoryKib = 19 * 1024;
    private const int Passes = 2;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const string Parameters = "$argon2id$v=19$m=19456,t=2,p=1$";

    private static readonly Argon2id Algorithm = new(
        new Argon2Parameters { MemorySize = MemoryKib, NumberOfPasses = Passes, DegreeOfParallelism = 1 });

    /// <summary>For each hash that runs. At some 25 ms each, the last one waits about three seconds.</summary>
    private const int WaitingEach = 128;

    private static readonly int Places = Math.Max(1, Environment.ProcessorCount - 1);
    private readonly AdmissionGate gate = new(Places, waitingMax ?? Places * WaitingEach);

    /// <summary>A hash of no password: verifying against it takes as long as against a real one.</summary>
    public string Decoy { get; } = Format(new byte[SaltBytes], RandomNumberGenerator.GetBytes(HashBytes));

    public async ValueTask<string> Hash(string password, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(salt, await Derive(Algorithm, password, salt, ct));
    }

    public async ValueTask<bool> Verify(string password, string phc, CancellationToken ct)
    {
        var parts = phc.Split('$');
        if (parts is not ["", "argon2id", "v=19", _, _, _])
            throw new InvalidOperationException("A stored password hash has an unknown form.");
        var derived = await Derive(AlgorithmOf(parts[3]), password, FromBase64(parts[4]), ct);
        return CryptographicOperations.FixedTimeEquals(derived, FromBase64(parts[5]));
    }

    /// <summary>True when the hash was made with other parameters than today's.</summary>
    public static bool NeedsRehash(string phc) => !phc.StartsWith(Parameters, StringComparison.Ordinal);

    public void Dispose() => gate.Dispose();

    private async ValueTask<byte[]> Derive(Argon2id algorithm, string password, byte[] salt, CancellationToken ct)
    {
        using var place = await gate.Enter(ct);
        // Some 20 ms of a core: on a pool thread, so that the caller's goes on with other requests.
        // The text as it came: there are no tables of Unicode here to normalize it by (InvariantGlobalization).
        var bytes = Encoding.UTF8.GetBytes(password);
        return await Task.Run(() => algorithm.DeriveBytes(bytes, salt, HashBytes), ct);
    }

    /// <summary>The algorithm of a stored hash: its parameters are those of the day on which it was made.</summary>
    private static Argon2id AlgorithmOf(string parameters)
    {
        if (Parameters.EndsWith($"${parameters}$", StringComparison.Ordinal)) return Algorithm;
        var values = parameters.Split(',').Select(pair => long.Parse(pair[2..])).ToArray();
        return new Argon2id(new Argon2Parameters
        {
            MemorySize = values[0], NumberOfPasses = values[1], DegreeOfParallelism = (int)values[2],
        });
    }

    private static string Format(byte[] salt, byte[] hash) => $"{Parameters}{ToBase64(salt)}${ToBase64(hash)}";

    private static string ToBase64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] FromBase64(string text) =>
        Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
}
