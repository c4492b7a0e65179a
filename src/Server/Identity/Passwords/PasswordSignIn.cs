using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Crypto;

namespace Castellan.Identity;

/// <summary>
/// Proves a person by address and password. Every failure takes one hash and one write, whether or not the address is
/// known; in <c>live</c> all of them answer alike.
/// </summary>
internal sealed class PasswordSignIn(UserStore users, SignInThrottle throttle, PasswordHasher hasher)
{
    /// <summary>The user with this password now, or a refusal. Slow: not inside a Change.</summary>
    public async ValueTask<ProvenLogin> Prove(
        EnvironmentScope scope, string email, string password, GateRequest request, CancellationToken ct)
    {
        var emailKey = EmailAddress.Key(email);
        using var attempt = await throttle.Begin(scope, emailKey, request.RemoteAddress?.ToString());
        var login = await users.FindLogin(scope, emailKey, within: null, ct);
        var matches = await hasher.Verify(password, login?.PasswordHash ?? hasher.Decoy, ct);
        var suspended = login?.User.SuspendedAt is not null;
        var hidden = suspended && scope.Environment != EnvironmentDirectory.Sandbox;
        if (login?.PasswordHash is not { } hash || !matches || hidden)
        {
            await attempt.Failed();
            throw new Refusal(IdentityErrors.SignInFailed);
        }
        await attempt.Succeeded();
        if (suspended) throw new Refusal(IdentityErrors.UserSuspended);
        var rehashed = PasswordHasher.NeedsRehash(hash) ? await hasher.Hash(password, ct) : null;
        return new ProvenLogin(login, rehashed);
    }

    /// <summary>
    /// Inside the Change that lets the person in: refuses where password or state changed since the proof, and keeps a
    /// stronger hash where one was made.
    /// </summary>
    public async ValueTask<User> Confirm(Change change, EnvironmentScope scope, ProvenLogin proven)
    {
        var now = await users.Lock(change, scope, proven.Login.User.Id);
        if (now.PasswordHash != proven.Login.PasswordHash || now.User.SuspendedAt is not null)
            throw new Refusal(IdentityErrors.SignInFailed);
        change.DoneBy(now.User.Id, now.User.Email);
        if (proven.Rehashed is { } hash) await users.Rehash(change, scope, now.User.Id, hash);
        return now.User;
    }
}

/// <summary>Who was proven, by which hash; and the stronger hash that should take its place.</summary>
internal sealed record ProvenLogin(Login Login, string? Rehashed);
