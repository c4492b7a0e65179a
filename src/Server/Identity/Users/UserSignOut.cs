using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>Ends everything by which a user, or an operator in the user's stead, is signed in.</summary>
internal sealed class UserSignOut(Sessions sessions, Impersonations impersonations)
{
    public async ValueTask Everywhere(Change change, EnvironmentScope scope, UserId user)
    {
        await sessions.RevokeAll(change, scope, user);
        await impersonations.EndAll(change, scope, user);
    }
}
