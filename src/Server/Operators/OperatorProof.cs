using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Memory;

namespace Castellan.Operators;

/// <summary>
/// That it is still the operator who makes the call, shown by the password; and whether a new one is good enough. Wrong
/// ones cost the same growing waits as at the sign-in.
/// </summary>
internal sealed class OperatorProof(
    OperatorStore store, PasswordHasher hasher, PasswordRules rules, ProgressiveDelay delays)
{
    /// <summary>What failed attempts are counted by: by address too, or a stranger could lock operators out.</summary>
    public static string Subject(string emailKey, GateRequest request) =>
        $"operator {emailKey} {request.RemoteAddress}";

    /// <summary>Slow: not inside a Change.</summary>
    public async ValueTask<ProvenOperator> Require<TIn>(Call<TIn> call, string password, string field)
    {
        var id = call.Caller.Operator!.Value;
        var known = await store.Find(call.Installation, id, within: null, call.Aborted);
        if (known?.Email is not { } email
            || await store.FindPassword(call.Installation, EmailAddress.Key(email), within: null, call.Aborted)
                is not { } stored)
        {
            throw new Refusal(GateProblems.PermissionDenied, "This operator has no password.");
        }
        var subject = Subject(EmailAddress.Key(email), call.Request);
        if (delays.Begin(subject) is { } wait)
            throw new Refusal(GateProblems.SignInDelayed.With() with { RetryAfter = wait });
        if (!await hasher.Verify(password, stored.Hash, call.Aborted))
        {
            throw new Refusal(GateProblems.InputInvalid.With() with
            {
                Errors = [new FieldProblem($"/{field}", "not_your_password", "This is not your password.",
                    "Enter it again.")],
            });
        }
        delays.Succeed(subject);
        return new ProvenOperator(known, stored);
    }

    /// <summary>Inside the Change: refuses where address or password changed since the proof.</summary>
    public async ValueTask<Operator> Confirm(Change change, InstallationScope scope, ProvenOperator proven)
    {
        var current = await store.Lock(change, scope, proven.Operator.Id);
        var emailKey = EmailAddress.Key(proven.Operator.Email!);
        return await store.FindPassword(scope, emailKey, change) == proven.Password
            ? current
            : throw new Refusal(GateProblems.CredentialInvalid);
    }

    public ValueTask RequireGood(string password, string? email, string? name, CancellationToken ct) =>
        rules.Require(password, PasswordRules.Min, where: null, [email, name], ct);
}

/// <summary>Who was proven, and by what.</summary>
internal sealed record ProvenOperator(Operator Operator, OperatorPassword Password);
