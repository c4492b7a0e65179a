using Castellan.Kernel;
using Castellan.Keys;

namespace Castellan.Identity;

/// <summary>
/// Resolves access tokens. A publishable key that comes along must be of the token's app and environment: a token never
/// works through another app.
/// </summary>
internal sealed class UserTokenResolver(
    AccessTokens tokens, KeyResolver keys, SessionDirectory directory, ILentTokens lent) : IResolver
{
    public async ValueTask<Resolution?> Resolve(Presented presented, CancellationToken ct)
    {
        if (presented.Bearer is not { } bearer || !AccessTokens.LooksLikeOne(bearer)) return null;
        if (await tokens.Verify(bearer) is not { } token) return GateProblems.CredentialInvalid;
        if (presented.PublishableKey is { } shown
            && !await keys.IsOf(shown, presented.Request, token.App, token.Environment))
        {
            return GateProblems.CredentialInvalid;
        }
        if (token.Delegation is not null) return await lent.Resolve(token, presented.Request);
        var user = await directory.FindUser(new EnvironmentScope(token.Environment, token.App), token.User);
        return Caller.OfUser(token.Environment, token.App, token.User, token.Session, user?.Email);
    }
}
