using System.Security.Claims;
using Castellan.Kernel;
using OpenIddict.Abstractions;

namespace Castellan.Identity.OAuth;

/// <summary>
/// Opens a session for an authorization code. Spending the code and opening the session are one Change: of two
/// exchanges of one code one wins, and the other ends what it opened (RFC 9700 section 2.1.1 wants that of a replay).
/// </summary>
internal sealed class CodeExchange(
    AuthorizationCodes codes, Sessions sessions, SessionDirectory directory, SessionAnswers answers, Changes changes)
    : IEndpoints
{
    public const string OperationName = "sessions.create";
    private const string Worker = "oauth";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<ExchangeCode, SessionTokens>(
            OperationName, "POST", "/{environment}/oauth/token", ExchangeCode.Bind, Exchange,
            IdentityJson.Wire.SessionTokens)
        {
            Summary = "Open a session for an authorization code.",
            Grants = [Grant.App], Hosted = true, ShowsSecret = true, Rate = RateClass.Credential,
            Problems = [OAuthErrors.CodeSpent],
        },
    ];

    /// <summary>The operation's input, from what the code carried.</summary>
    public static Dictionary<string, string?> Fields(ClaimsPrincipal principal) => new()
    {
        ["code_id"] = principal.GetTokenId(),
        ["session_id"] = principal.GetAuthorizationId(),
        ["user_id"] = principal.GetClaim(OpenIddictConstants.Claims.Subject),
        ["browser"] = principal.GetClaim(Handlers.Principals.BrowserClaim),
    };

    /// <summary>A spent code came again: two hold it, and nobody knows which is the app.</summary>
    public ValueTask EndReplayed(EnvironmentScope scope, SessionId session) =>
        End(scope, session, "Its authorization code was used again.");

    public async ValueTask End(EnvironmentScope scope, SessionId session, string reason) => await changes.RunAs(
        Caller.System(Worker, scope.Environment), new WorkerOperation("sessions.revoke") { Urgent = true },
        async change =>
        {
            await End(change, scope, session, reason);
            return true;
        });

    private async ValueTask End(Change change, EnvironmentScope scope, SessionId session, string reason)
    {
        if (!await sessions.Revoke(change, scope, session, reason))
        {
            var target = new Target("session", session.Value);
            change.Audit(target, Snapshot.None, Snapshot.None, $"{reason} It had ended already.");
        }
    }

    private async ValueTask<SessionTokens> Exchange(WriteCall<ExchangeCode, SessionTokens> call)
    {
        var (code, id, user, browser) = call.Input;
        var person = await directory.FindUser(call.Environment, user)
            ?? throw new Refusal(GateProblems.CredentialInvalid);
        var opened = await call.ChangeFirst(async change =>
        {
            if (!await directory.IsActive(call.Environment, user, change))
                throw new Refusal(GateProblems.CredentialInvalid);
            if (await codes.Redeem(change, call.Environment, code))
            {
                change.DoneBy(user, person.Email);
                return await sessions.Open(
                    change, call.Environment, user, call.Caller.App!.Value, call.Request, id, browser);
            }
            await End(change, call.Environment, id, "Its authorization code was used again.");
            return null;
        });
        if (opened is null) throw new Refusal(OAuthErrors.CodeSpent);
        return await answers.For(person, opened);
    }
}

internal sealed record ExchangeCode(string Code, SessionId Session, UserId User, string? Browser)
{
    public static ExchangeCode Bind(Input input) => new(
        input.Text("code_id", max: 100), input.Reference<SessionKind>("session_id"),
        input.Reference<UserKind>("user_id"), input.TextOrNull("browser", max: 100));
}
