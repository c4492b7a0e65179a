using Castellan.Agents.Signatures;
using Castellan.Apps;
using Castellan.Identity;
using Castellan.Kernel;

namespace Castellan.Agents.Delegations;

/// <summary>A token by which an agent acts for a user, as RFC 8693 section 2.2.1 answers it.</summary>
internal sealed record ExchangedToken(
    string AccessToken, long ExpiresIn, string Scope, DelegationId DelegationId, RunId RunId);

/// <summary>
/// The exchange of RFC 8693: an agent shows what it was lent, or the token of whoever lends, and gets a token by which
/// it acts for that user. The OAuth token endpoint calls it.
/// </summary>
internal sealed class ExchangeEndpoints(
    DelegationStore store, Lending lending, AgentDirectory directory, LendableOperations lendable, AccessTokens tokens,
    SessionDirectory people, AppDirectory apps) : IEndpoints
{
    public const string OperationName = "delegations.exchange";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<ExchangeToken, ExchangedToken>(
            OperationName, "POST", "/{environment}/oauth/token", ExchangeToken.Bind, Exchange,
            AgentsJson.Wire.ExchangedToken)
        {
            Summary = "Exchange what was lent to an agent for a token by which it acts for the user.",
            Grants = [Grant.Agent], Hosted = true, ShowsSecret = true,
            Problems =
                [AgentErrors.LentTooMuch, AgentErrors.SubjectRefused, AgentErrors.RunEnded, AgentErrors.RunsOpen],
        },
    ];

    private async ValueTask<ExchangedToken> Exchange(WriteCall<ExchangeToken, ExchangedToken> call)
    {
        var (scope, input) = (call.Environment, call.Input);
        if (input.Operations.Count > 0) lendable.Require(input.Operations);
        var agent = await directory.Find(scope, call.Caller.Agent!.Value) ?? throw new Refusal(AgentErrors.Stopped);
        var subject = await Subject(scope, input, agent, call.Now);
        var app = await apps.Find(subject.User?.App ?? subject.Lent!.AppId);
        if (app is not { State: not (AppState.Frozen or AppState.Retired) } || !app.RunsIn(scope.Environment))
            throw new Refusal(AgentErrors.SubjectRefused, "The app is frozen, or not in service here.");
        var taken = await call.ChangeFirst(async change =>
        {
            await lending.Hold(change, scope, agent, input.Run);
            var delegation = await Make(change, scope, subject, agent, input.Operations);
            var taken = await lending.Take(change, scope, delegation, agent, input.Run);
            var target = taken.Target;
            change.Audit(target, delegation.Snapshot(), taken.Snapshot(), tenant: taken.TenantId);
            return taken;
        });
        var token = await tokens.IssueLent(
            new VerifiedToken(scope.Environment, taken.AppId, taken.UserId, taken.Session, taken.ExpiresAt)
            {
                Delegation = taken.Id,
            },
            [taken.AgentId, .. taken.HandedOnBy], taken.Operations);
        var seconds = (long)Math.Max(0, (taken.ExpiresAt - call.Now).TotalSeconds);
        return new ExchangedToken(token, seconds, string.Join(' ', taken.Operations), taken.Id, taken.RunId!.Value);
    }

    /// <summary>What the subject token stands for: a user, or something lent.</summary>
    private async ValueTask<(VerifiedToken? User, Delegation? Lent)> Subject(
        EnvironmentScope scope, ExchangeToken input, Agent agent, DateTimeOffset now)
    {
        if (input.Kind is SubjectKind.Delegation)
        {
            return DelegationId.TryParse(input.Subject, out var id)
                && await store.Find(scope, id) is { } lent && lent.AgentId == agent.Id && lent.IsGood(now)
                    ? (null, lent)
                    : throw new Refusal(AgentErrors.SubjectRefused);
        }
        if (await tokens.Verify(input.Subject) is not { } token || token.Environment != scope.Environment
            || !await people.IsSignedIn(new EnvironmentScope(token.Environment, token.App), token.User, token.Session))
        {
            throw new Refusal(AgentErrors.SubjectRefused);
        }
        if (token.Delegation is not { } parent) return (token, null);
        // Whoever was stopped hands on nothing, and neither does whoever has it from there.
        return await store.Find(scope, parent) is { } handedOn && handedOn.IsGood(now)
            && await AllActive(scope, handedOn, now) && !await Signs(scope, handedOn.AgentId)
                ? (token, handedOn)
                : throw new Refusal(AgentErrors.SubjectRefused);
    }

    /// <summary>A token that is worth nothing without a signature is no subject token in another's hands.</summary>
    private async ValueTask<bool> Signs(EnvironmentScope scope, AgentId id) =>
        await directory.Find(scope, id) is { Signatures: SignatureRule.Required };

    private async ValueTask<bool> AllActive(EnvironmentScope scope, Delegation delegation, DateTimeOffset now)
    {
        foreach (var id in delegation.HandedOnBy.Prepend(delegation.AgentId))
        {
            if (await directory.Find(scope, id) is not { } agent || !agent.IsGood(now)) return false;
        }
        return true;
    }

    private async ValueTask<Delegation> Make(
        Change change, EnvironmentScope scope, (VerifiedToken? User, Delegation? Lent) subject, Agent agent,
        IReadOnlyList<string> operations)
    {
        if (subject.Lent is { } known)
        {
            // Taken back since it was read?
            if (await store.Lock(change, scope, known.Id) is not { } lent || !lent.IsGood(change.Now))
                throw new Refusal(AgentErrors.SubjectRefused);
            if (subject.User is not null)
            {
                return await lending.HandOn(
                    change, scope, lent, agent, operations.Count > 0 ? operations : Common(lent, agent),
                    lent.ExpiresAt);
            }
            return operations.Count == 0 || lent.Operations.All(operations.Contains)
                ? lent
                : throw new Refusal(AgentErrors.LentTooMuch, "What was lent is taken as a whole: leave 'scope' out.");
        }
        var user = subject.User!;
        if (operations.Count == 0)
            throw new Refusal(AgentErrors.LentTooMuch, "Name in 'scope' what the user lends.");
        var lender = new Lender(user.User, user.App, user.Session, Tenant: null);
        return await lending.Lend(change, scope, lender, agent, operations, change.Now + Delegation.Usual);
    }

    private static IReadOnlyList<string> Common(Delegation lent, Agent agent) =>
        [.. lent.Operations.Where(agent.Operations.Contains)];
}

internal enum SubjectKind
{
    AccessToken,
    Delegation,
}

internal sealed record ExchangeToken(string Subject, SubjectKind Kind, IReadOnlyList<string> Operations, RunId? Run)
{
    public static ExchangeToken Bind(Input input) => new(
        input.Secret("subject_token", max: Platform.Limits.CredentialLength),
        input.Choice<SubjectKind>("subject_kind"),
        [.. (input.TextOrNull("scope", max: 4_000) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct()],
        input.ReferenceOrNull<RunKind>("run_id"));
}
