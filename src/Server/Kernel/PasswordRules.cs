using Castellan.Platform.Crypto;

namespace Castellan.Kernel;

/// <summary>
/// What may become a password, of users and operators alike: length and not being known to guessers, nothing about its
/// composition. Source: NIST SP 800-63B-4 section 3.1.1.2.
/// </summary>
internal sealed class PasswordRules(BreachedPasswords breached)
{
    /// <summary>Where a password is the only factor.</summary>
    public const int Min = 15;

    /// <summary>Above it, longer is only slower to hash.</summary>
    public const int Max = 128;

    private const string Words = "such as four unrelated words.";

    /// <summary>
    /// Throws what is wrong with a new password. <paramref name="where"/> is said beside the least length;
    /// <paramref name="personal"/> are the person's names and addresses.
    /// </summary>
    public async ValueTask Require(
        string password, int min, string? where, IReadOnlyList<string?> personal, CancellationToken ct)
    {
        var problem = Length("password", password, min, where)
            ?? Guessable(PasswordStrength.Of(password, [.. personal]))
            ?? (await breached.Contains(password, ct) ? Guessable(PasswordWeakness.Common) : null);
        if (problem is not null)
            throw new Refusal(GateProblems.InputInvalid.With() with { Errors = [problem] });
    }

    /// <summary>Characters are Unicode code points.</summary>
    public static FieldProblem? Length(string name, string password, int min, string? where = null)
    {
        var length = password.EnumerateRunes().Count();
        if (length >= min) return null;
        var there = where is null ? "" : $" in {where}";
        return new FieldProblem($"/{name}", "out_of_range",
            $"'{name}' must have at least {min} characters{there} and has {length}.", $"Use a longer one, {Words}");
    }

    private static FieldProblem? Guessable(PasswordWeakness? weakness) => weakness switch
    {
        PasswordWeakness.Common => new FieldProblem("/password", "known_to_guessers",
            "'password' is one that guessers try first.", $"Use one that appears nowhere else, {Words}"),
        PasswordWeakness.Predictable => new FieldProblem("/password", "predictable",
            "'password' repeats itself or counts on.", $"Use one that does not follow from its beginning, {Words}"),
        PasswordWeakness.Personal => new FieldProblem("/password", "personal",
            "'password' is little more than a name or an e-mail address.",
            $"Use one that has nothing to do with the person, {Words}"),
        _ => null,
    };
}
