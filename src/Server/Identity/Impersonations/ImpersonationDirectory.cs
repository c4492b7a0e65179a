using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Keys;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Identity;

/// <summary>
/// Resolves the tokens of operators who look as a user does, and refuses them everything but reading. That the operator
/// still has the role, the app runs and the user is not suspended, the standing of those says.
/// </summary>
internal sealed class ImpersonationDirectory(
    ImpersonationStore store, KeyResolver keys, Notices notices, TimeProvider time) : IResolver, IStanding
{
    private const string Prefix = "cas_im_";

    private readonly SharedMemory<string, Impersonation> memory =
        notices.Remember<string, Impersonation>("impersonations", NoticeKeys.Secret);

    public static string NewToken() => OpaqueToken.New(Prefix);

    public async ValueTask<Resolution?> Resolve(Presented presented, CancellationToken ct)
    {
        if (presented.Bearer is not { } bearer || !bearer.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        if (!OpaqueToken.IsWellFormed(bearer, Prefix)) return GateProblems.CredentialInvalid;
        var found = await memory.Get(bearer, store, static (token, store) =>
            store.FindByHash(new InstallationScope(), OpaqueToken.Hash(token)));
        if (found is null || !found.IsLive(time.GetUtcNow())) return GateProblems.CredentialInvalid;
        if (presented.PublishableKey is { } shown
            && !await keys.IsOf(shown, presented.Request, found.AppId, found.Environment))
        {
            return GateProblems.CredentialInvalid;
        }
        return Caller.OfImpersonation(
            found.Environment, found.AppId, found.UserId, found.Id, (found.OperatorId, found.OperatorRole),
            found.OperatorName);
    }

    public ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange) =>
        invocation.Caller.Impersonation is not null
        && invocation.Operation is { Writes: true } or { OfOwnAccount: true } or { ShowsSecret: true }
            ? new(StopProblems.ImpersonationReadsOnly.With())
            : default;

    public void ForgetAll(Change change) => memory.ForgetAll(change);
}
