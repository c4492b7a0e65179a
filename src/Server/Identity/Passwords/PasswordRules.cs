using System.Collections.Frozen;
using Castellan.Installation;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>
/// What may become a password: length and not being known to guessers, nothing about its composition.
/// Source: NIST SP 800-63B-4 section 3.1.1.2.
/// </summary>
internal sealed class PasswordRules(BreachedPasswords breached)
{
    /// <summary>In <c>live</c>, where a password is the only factor.</summary>
    public const int LiveMin = 15;

    /// <summary>In <c>sandbox</c>, where nothing is worth guessing.</summary>
    public const int SandboxMin = 8;

    /// <summary>Above it, longer is only slower to hash.</summary>
    public const int Max = 128;

    /// <summary>
    /// The start of what every guesser tries: passwords that are long enough and stand in every published list.
    /// </summary>
    private static readonly FrozenSet<string> Common = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "password", "password1", "password12", "password123", "password1234", "password12345", "passwordpassword",
        "passw0rd", "p@ssw0rd", "p@ssword", "12345678", "123456789", "1234567890", "0123456789", "0987654321",
        "87654321", "987654321", "123123123", "123456789012345", "1234567890123456", "12341234", "11112222",
        "qwertyui", "qwertyuiop", "qwerty12", "qwerty123", "qwerty1234", "qwerty12345", "qwertyqwerty",
        "qwertyuiopasdfgh", "qwertyuiopasdfghjkl", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qaz2wsx3edc", "zaq12wsx",
        "asdfghjk", "asdfghjkl", "asdf1234", "zxcvbnm1", "zxcvbnm123", "abcdefgh", "abcd1234", "abc12345",
        "abcdefghijklmno", "iloveyou", "iloveyou1", "ilovemyfamily", "sunshine", "sunshine1", "princess",
        "princess1", "football", "football1", "baseball", "baseball1", "basketball", "superman", "spiderman",
        "starwars", "pokemon1", "michelle", "jennifer", "jordan23", "charlie1", "welcome1", "welcome123",
        "welcome12345", "letmein1", "letmein123", "trustno1", "whatever", "computer", "internet", "changeme",
        "changeme123", "changemechangeme", "administrator", "admin123", "admin1234", "admin12345", "administrator1",
        "master123", "secret123", "test1234", "testtest", "test12345", "testpassword", "default1", "guest123",
        "access14", "hello123", "helloworld", "monkey123", "dragon123", "shadow123", "mustang1", "corvette",
        "maverick", "midnight", "samantha", "victoria", "liverpool", "liverpool1", "chelsea1", "arsenal1",
        "manchester", "freedom1", "blink182", "killer123", "summer2024", "summer2025", "winter2024", "winter2025",
        "spring2025", "autumn2025", "correcthorsebatterystaple");

    public static int Min(string environment) => environment == EnvironmentDirectory.Sandbox ? SandboxMin : LiveMin;

    /// <summary>Throws all that is wrong with a new password. Characters are Unicode code points.</summary>
    public async ValueTask Require(string environment, string password, string? emailKey, CancellationToken ct)
    {
        var length = password.EnumerateRunes().Count();
        var min = Min(environment);
        if (length < min)
        {
            throw Refused("out_of_range",
                $"'password' must have at least {min} characters in {environment} and has {length}.",
                "Use a longer one, such as four unrelated words.");
        }
        if (Common.Contains(password) || IsOneCharacter(password) || EmailAddress.Key(password) == emailKey
            || await breached.Contains(password, ct))
        {
            throw Refused("known_to_guessers", "'password' is one that guessers try first.",
                "Use one that appears nowhere else, such as four unrelated words.");
        }
    }

    private static bool IsOneCharacter(string password) => password.AsSpan().IndexOfAnyExcept(password[0]) < 0;

    private static Refusal Refused(string code, string detail, string fix) =>
        new(GateProblems.InputInvalid.With() with { Errors = [new FieldProblem("/password", code, detail, fix)] });
}
