using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Memory;

namespace Castellan.Operators;

/// <summary>How operators come in and leave: password, one-time link, and the command line's one-time token.</summary>
internal sealed class SignInEndpoints(
    OperatorStore store, OperatorDirectory directory, PasswordHasher hasher, OperatorProof proof,
    ProgressiveDelay delays) : IEndpoints
{
    /// <summary>Long enough to paste it, too short to be worth finding.</summary>
    public static readonly TimeSpan CommandLineTokenGood = TimeSpan.FromMinutes(10);

    public IEnumerable<Operation> Operations() =>
    [
        new Write<SignIn, SignedIn>(
            "operators.sign_in", "POST", "/v1/operators/sign-in", SignIn.Bind, EnterByPassword,
            OperatorsJson.Wire.SignedIn)
        {
            Summary = "Sign an operator in with e-mail address and password.", Grants = [Grant.Anyone],
            Rate = RateClass.Credential, ShowsSecret = true, OnInstallation = true,
            Problems = [OperatorErrors.SignInRefused, GateProblems.SignInDelayed],
        },
        new Write<NoInput, Nothing>(
            "operators.sign_out", "POST", "/v1/operators/sign-out", NoInput.Bind, Leave, OperatorsJson.Wire.Nothing)
        {
            Summary = "End the session that makes the call.", Grants = [Grants.AnyOperator], Status = 204,
            OnInstallation = true, EndsStanding = true,
        },
        new Read<NoInput, Claim>(
            "operators.claim.get", "GET", "/v1/operators/claim", NoInput.Bind, ReadClaim, OperatorsJson.Wire.Claim)
        {
            Summary = "Read whom a one-time link is for.", Grants = [Grant.Capability(OperatorTokens.ClaimPurpose)],
            Rate = RateClass.Credential, OnInstallation = true,
        },
        new Write<ClaimOperator, SignedIn>(
            "operators.claim", "POST", "/v1/operators/claim", ClaimOperator.Bind, EnterByLink,
            OperatorsJson.Wire.SignedIn)
        {
            Summary = "Set the password that a one-time link is for, and sign in; other sessions end.",
            Grants = [Grant.Capability(OperatorTokens.ClaimPurpose)], Rate = RateClass.Credential, ShowsSecret = true,
            OnInstallation = true, EndsStanding = true, Problems = [OperatorErrors.EmailTaken],
        },
        new Write<NoInput, CreatedToken>(
            "operators.tokens.create", "POST", "/v1/operators/tokens", NoInput.Bind, CreateToken,
            OperatorsJson.Wire.CreatedToken)
        {
            Summary = "Make a one-time token with which the command line signs in as the caller.",
            Grants = [Grants.AnyOperator], Status = 201, ShowsSecret = true, OnInstallation = true,
        },
        new Write<ExchangeToken, SignedIn>(
            "operators.exchange", "POST", "/v1/operators/exchange", ExchangeToken.Bind, Exchange,
            OperatorsJson.Wire.SignedIn)
        {
            Summary = "Exchange the command line's one-time token for an operator token.", Grants = [Grant.Anyone],
            Rate = RateClass.Credential, ShowsSecret = true, OnInstallation = true,
        },
    ];

    private async ValueTask<SignedIn> EnterByPassword(WriteCall<SignIn, SignedIn> call)
    {
        var key = EmailAddress.Key(call.Input.Email);
        var subject = OperatorProof.Subject(key, call.Request);
        if (delays.Begin(subject) is { } wait)
            throw new Refusal(GateProblems.SignInDelayed.With() with { RetryAfter = wait });
        var known = await store.FindPassword(call.Installation, key, within: null, call.Aborted);
        // An unknown address takes as long as a known one.
        if (!await hasher.Verify(call.Input.Password, known?.Hash ?? hasher.Decoy, call.Aborted) || known is null)
            throw new Refusal(OperatorErrors.SignInRefused);
        delays.Succeed(subject);
        return await call.ChangeFirst(async change =>
        {
            var current = await store.Lock(change, call.Installation, known.Id);
            // The password or the operator may have changed while the hash was computed.
            if (await store.FindPassword(call.Installation, key, change) != known)
                throw new Refusal(OperatorErrors.SignInRefused);
            change.DoneBy(current.Id, current.Display);
            Record(change, "operator.signed_in", current, current);
            return await Start(store, change, call.Installation, current);
        });
    }

    private ValueTask<Nothing> Leave(WriteCall<NoInput, Nothing> call) => call.Change(async change =>
    {
        var current = await store.Lock(change, call.Installation, call.Caller.Operator!.Value);
        if (call.Caller.Credential is { } session) await store.DeleteSession(change, call.Installation, session);
        directory.ForgetSessions(change);
        Record(change, "operator.signed_out", current, current);
        return Nothing.Value;
    });

    private async ValueTask<Claim> ReadClaim(Call<NoInput> call)
    {
        var current = await Current(call);
        return new Claim(current.Name, current.Email, current.Role);
    }

    private async ValueTask<SignedIn> EnterByLink(WriteCall<ClaimOperator, SignedIn> call)
    {
        var input = call.Input;
        var known = await Current(call);
        RequireNames(known, input);
        await proof.RequireGood(
            input.Password, known.Email ?? input.Email, input.Name ?? known.Name, call.Aborted);
        var hash = await hasher.Hash(input.Password, call.Aborted);
        return await call.ChangeFirst(async change =>
        {
            var before = await store.Lock(change, call.Installation, call.Caller.Operator!.Value);
            if (!await store.UseLink(change, call.Installation, Convert.FromHexString(call.Caller.Credential!)))
                throw new Refusal(GateProblems.CredentialInvalid);
            RequireNames(before, input);
            var after = before with
            {
                Name = input.Name ?? before.Name,
                // The address that was invited stays: the link proves it, another would not.
                Email = before.Email ?? input.Email,
                State = OperatorState.Active,
                UpdatedAt = change.Now,
                Version = before.Version + 1,
            };
            await store.Update(change, call.Installation, after);
            await store.SetPassword(change, call.Installation, after.Id, hash);
            await store.DeleteSessions(change, call.Installation, after.Id);
            // Tokens of the command line that wait, too: whoever made them may not come in any more.
            await store.DeleteLinks(change, call.Installation, after.Id);
            directory.Forget(change, after.Id);
            directory.ForgetSessions(change);
            change.DoneBy(after.Id, after.Display);
            Record(change, "operator.password_set", before, after);
            return await Start(store, change, call.Installation, after);
        });
    }

    private ValueTask<CreatedToken> CreateToken(WriteCall<NoInput, CreatedToken> call) =>
        call.ChangeFirst(async change =>
    {
        var current = await store.Lock(change, call.Installation, call.Caller.Operator!.Value);
        var token = OpaqueToken.New(OperatorTokens.Link);
        var expires = change.Now + CommandLineTokenGood;
        await store.InsertLink(change, call.Installation,
            new OperatorLink(OpaqueToken.Hash(token), current.Id, LinkPurpose.CommandLine, expires));
        Record(change, "operator.token_created", current, current);
        return new CreatedToken(token, expires);
    });

    private async ValueTask<SignedIn> Exchange(WriteCall<ExchangeToken, SignedIn> call)
    {
        var hash = OpaqueToken.Hash(call.Input.Token);
        var link = await store.FindLink(call.Installation, hash, LinkPurpose.CommandLine, call.Now)
            ?? throw new Refusal(GateProblems.CredentialInvalid);
        return await call.ChangeFirst(async change =>
        {
            var current = await store.Lock(change, call.Installation, link.Operator);
            if (current.State is not OperatorState.Active || !await store.UseLink(change, call.Installation, hash))
                throw new Refusal(GateProblems.CredentialInvalid);
            change.DoneBy(current.Id, current.Display);
            Record(change, "operator.signed_in", current, current);
            return await Start(store, change, call.Installation, current);
        });
    }

    private async ValueTask<Operator> Current<TIn>(Call<TIn> call) =>
        await store.Find(call.Installation, call.Caller.Operator!.Value, within: null, call.Aborted)
        ?? throw new Refusal(GateProblems.CredentialInvalid);

    /// <summary>A session of its own for who has come in, by whichever way.</summary>
    internal static async ValueTask<SignedIn> Start(
        OperatorStore store, Change change, InstallationScope scope, Operator current)
    {
        var token = OpaqueToken.New(OperatorTokens.Session);
        var session = new OperatorSession(
            OperatorSessionId.New(change.Now), current.Id, change.Now, change.Now + OperatorSession.Longest);
        await store.InsertSession(change, scope, session, OpaqueToken.Hash(token));
        return new SignedIn(token, session.ExpiresAt, current with { SignedInAt = change.Now });
    }

    private static void RequireNames(Operator current, ClaimOperator input)
    {
        var missing = new List<FieldProblem>();
        if (current.Name is null && input.Name is null)
            missing.Add(new FieldProblem("/name", "required", "'name' is required.", "Fill it in."));
        if (current.Email is null && input.Email is null)
            missing.Add(new FieldProblem("/email", "required", "'email' is required.", "Fill it in."));
        if (missing.Count > 0) throw new Refusal(GateProblems.InputInvalid.With() with { Errors = missing });
    }

    internal static void Record(Change change, string fact, Operator before, Operator after, string? reason = null)
    {
        var type = OperatorsJson.Wire.Operator;
        change.Audit(after.Target, Snapshot.Of(before, type), Snapshot.Of(after, type), reason);
        change.Emit(fact, after.Target, Snapshot.Of(after, type));
    }
}
