using System.Security.Cryptography;
using System.Text;
using Castellan.Platform.Crypto;

namespace Castellan.Operators.Devices;

/// <summary>
/// The two codes of a command line that asks. The long one is its own secret. The short one a person reads on one
/// screen and types on another: consonants only, so that none is taken for another and none makes a word (RFC 8628
/// section 6.1). 20^8 is 34 bits: enough where guesses are few and only operators may guess, too few for a plain hash,
/// hence a keyed one.
/// </summary>
internal sealed class DeviceCodes(Secrets secrets)
{
    public const string Prefix = "cas_od_";

    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;
    private readonly byte[] key = secrets.KeyFor("device-user-code");

    /// <summary><c>WDJB-MJHT</c>.</summary>
    public static string NewUserCode() =>
        RandomNumberGenerator.GetString(Letters, Length).Insert(Length / 2, "-");

    /// <summary>What is stored and looked up; null for what is no code, however it was typed.</summary>
    public byte[]? Digest(string typed)
    {
        var code = new StringBuilder(Length);
        foreach (var letter in typed)
        {
            if (letter is '-' or ' ') continue;
            var upper = char.ToUpperInvariant(letter);
            if (code.Length == Length || !Letters.Contains(upper)) return null;
            code.Append(upper);
        }
        return code.Length == Length ? HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(code.ToString())) : null;
    }
}
