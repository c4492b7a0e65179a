using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Keys;

/// <summary>
/// Resolves keys. A user's token stands above the publishable key that comes with it; then the key must be of the
/// token's app, which the slice that knows tokens checks.
/// </summary>
internal sealed class KeyResolver(KeyVerifier verifier, KeyStore store, KeyUses uses) : IResolver, IStanding
{
    public async ValueTask<Resolution?> Resolve(Presented presented, CancellationToken ct)
    {
        if (presented.Bearer is { } bearer)
        {
            if (!KeyTokens.IsForServers(bearer)) return null;
            if (await FindLive(bearer) is not { Key: { Kind: not KeyType.Publishable } secret } known)
                return GateProblems.CredentialInvalid;
            uses.Note(secret.Id, presented.Request.RemoteAddress);
            return Caller.OfKey(secret.Environment, secret.AppId, secret.Id, secret.Permissions) with
            {
                Credential = secret.Id.Value,
                KeyLine = secret.LineageId,
                BoundTenant = secret.TenantId,
                OwnRate = known.Rate,
            };
        }
        if (presented.PublishableKey is not { } token) return null;
        if (await FindLive(token) is not { Key: { Kind: KeyType.Publishable } key } app)
            return GateProblems.CredentialInvalid;
        return Caller.OfApp(key.Environment, key.AppId, key.Id) with
        {
            Credential = key.Id.Value,
            OwnRate = app.Rate,
        };
    }

    /// <summary>
    /// What bounds the key is asked here, where the operation is known. That it is good was found when it was resolved;
    /// a Change, for whose body nobody may have hurried, asks that again.
    /// </summary>
    public async ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        // Without a credential it is the server itself that acts as the app.
        if (invocation.Caller is not { Credential: not null } caller || (caller.Key ?? caller.Through) is not { } id)
            return null;
        invocation.Conditions?.Add(KeyStore.IsGood(new InstallationScope(), id, invocation.Now));
        var use = KeyUse.Of(invocation.Request, invocation.Operation);
        if (!inChange)
        {
            if (await verifier.Find(id) is not { } known) return GateProblems.CredentialInvalid.With();
            invocation.GoodUntil(known.Key.ExpiresAt);
            return ProblemOf(verifier.Judge(known, use, LastAsked(known.Key, invocation.Operation)), invocation);
        }
        return await store.Find(new InstallationScope(), id, reads) is { } key
            && verifier.Judge(new KnownKey(key), use, KeyOutcome.Expired) is KeyOutcome.Valid
            ? null
            : GateProblems.CredentialInvalid.With();
    }

    /// <summary>A publishable key that is good now for such a request, which comes with something else too.</summary>
    public async ValueTask<Key?> FindPublishable(string token, GateRequest request) =>
        await Find(token, new KeyUse(null, request.RemoteAddress, request.Origin, null, null, null))
            is { Kind: KeyType.Publishable } key ? key : null;

    /// <summary>Whether a key that came beside a token is a good publishable one of the token's app.</summary>
    public async ValueTask<bool> IsOf(string shown, GateRequest request, AppId app, string environment) =>
        await FindPublishable(shown, request) is { } key && key.AppId == app && key.Environment == environment;

    /// <summary>A publishable key that is good now, wherever it is shown.</summary>
    public async ValueTask<Key?> FindPublishable(string token) =>
        await FindLive(token) is { Key: { Kind: KeyType.Publishable } key } ? key : null;

    /// <summary>
    /// A secret key that is good now for its app's business as a whole: not one that is for one tenant, or for some
    /// operations.
    /// </summary>
    public async ValueTask<Key?> FindSecret(string token, System.Net.IPAddress? address) =>
        await Find(token, new KeyUse(null, address, null, null, null, null))
            is { Kind: KeyType.Secret, TenantId: null } key ? key : null;

    private async ValueTask<Key?> Find(string token, KeyUse use) =>
        await verifier.Find(token) is { } known
            && verifier.Judge(known, use, KeyOutcome.OriginRefused) is KeyOutcome.Valid
            ? known.Key
            : null;

    private async ValueTask<KnownKey?> FindLive(string token) =>
        await verifier.Find(token) is { } known
            && verifier.Judge(known, default, KeyOutcome.Expired) is KeyOutcome.Valid
            ? known
            : null;

    /// <summary>
    /// What keys may do, Access says, by what they hold and by what tenants have granted to them. It does not know that
    /// a restricted key does nothing of what the app itself may, or anybody.
    /// </summary>
    private static KeyOutcome LastAsked(Key key, Operation operation) =>
        key.Kind is KeyType.Restricted
        && operation.Grants.Any(grant => grant.Kind is CallerKind.App or CallerKind.Nobody)
            ? KeyOutcome.InsufficientPermissions
            : KeyOutcome.TenantMismatch;

    private static Problem? ProblemOf(KeyOutcome outcome, Invocation invocation) => outcome switch
    {
        KeyOutcome.Valid => null,
        KeyOutcome.WrongEnvironment => GateProblems.EnvironmentMismatch.With(),
        KeyOutcome.IpRefused => KeyErrors.AddressRefused.With(),
        KeyOutcome.OriginRefused => GateProblems.OriginRefused.With("The key is for other origins."),
        KeyOutcome.TenantMismatch when invocation.Operation.NamesTenant => GateProblems.NotFoundFor(invocation.Caller),
        KeyOutcome.TenantMismatch => GateProblems.PermissionDenied.With(
            $"This key is for one tenant, and {invocation.Operation.Name} is about more."),
        KeyOutcome.InsufficientPermissions => GateProblems.PermissionDenied.With(
            $"This key does not hold {invocation.Operation.Name}."),
        _ => GateProblems.CredentialInvalid.With(),
    };
}
