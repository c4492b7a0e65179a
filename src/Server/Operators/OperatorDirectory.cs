using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Operators;

/// <summary>
/// Resolves operators' session tokens, from memory once seen, and the tokens of one-time links, which are always read:
/// another process may have made them. A suspended operator is refused at once.
/// </summary>
internal sealed class OperatorDirectory(OperatorStore store, Notices notices, Upkeep upkeep, TimeProvider time)
    : IResolver, IStanding
{
    private static readonly InstallationScope Scope = new();
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(1);

    private readonly SharedMemory<OperatorId, Operator> operators =
        notices.Remember<OperatorId, Operator>("operator", NoticeKeys.Id<OperatorKind>());

    private readonly SharedMemory<string, OperatorSession> sessions =
        notices.Remember<string, OperatorSession>("operator_sessions", NoticeKeys.Secret);

    private readonly ConcurrentDictionary<OperatorSessionId, DateTimeOffset> touched = new();

    public async ValueTask<Resolution?> Resolve(Presented presented, CancellationToken ct)
    {
        if (presented.OperatorCookie is { } cookie) return await OfSession(cookie, presented.Request);
        if (presented.Bearer is not { } bearer) return null;
        if (bearer.StartsWith(OperatorTokens.Session, StringComparison.Ordinal))
            return await OfSession(bearer, presented.Request);
        return bearer.StartsWith(OperatorTokens.Link, StringComparison.Ordinal) ? await OfLink(bearer) : null;
    }

    public async ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        var caller = invocation.Caller;
        if (caller.Operator is not { } id) return null;
        var current = !inChange ? await Find(id)
            : operators.TryGetExact(id, out var known) ? known
            : await store.Find(Scope, id, reads);
        if (current is null or { State: OperatorState.Suspended }) return GateProblems.CredentialInvalid.With();
        invocation.Conditions?.Add(OperatorStore.IsStill(Scope, current));
        // Whoever has lost the role in which they began to look as a user looks no longer.
        if (caller.Impersonation is not null)
            return current.Role == caller.OperatorRole ? null : GateProblems.CredentialInvalid.With();
        // A one-time link is used up by its own operation.
        if (caller is not { Kind: CallerKind.Operator, Credential: { } session }) return null;
        invocation.Conditions?.Add(OperatorStore.HasSession(Scope, session));
        if (!inChange) return null;
        if (!await OperatorStore.HasSession(Scope, session, reads)) return GateProblems.CredentialInvalid.With();
        return current.Role == caller.OperatorRole
            ? null
            : GateProblems.PermissionDenied.With("Your role was changed in this moment.");
    }

    public void Forget(Change change, OperatorId id) => operators.Forget(change, id);

    public void ForgetSessions(Change change) => sessions.ForgetAll(change);

    private ValueTask<Operator?> Find(OperatorId id) =>
        operators.Get(id, store, static (id, store) => store.Find(Scope, id));

    private async ValueTask<Resolution?> OfSession(string token, GateRequest request)
    {
        if (!OpaqueToken.IsWellFormed(token, OperatorTokens.Session)) return GateProblems.CredentialInvalid;
        var session = await FindSession(token);
        if (session is not null && !session.IsGood(time.GetUtcNow()))
        {
            // Another node, on which it was used, has not told: only that it ended is told.
            sessions.Evict(token);
            session = await FindSession(token);
        }
        if (session is null || !session.IsGood(time.GetUtcNow())) return GateProblems.CredentialInvalid;
        if (await Find(session.Operator)
            is not { State: OperatorState.Active } found) return GateProblems.CredentialInvalid;
        await Touch(session, token);
        return Caller.OfOperator(found.Id, found.Role, request.Environment, found.Display) with
        {
            Credential = session.Id.Value,
        };
    }

    private ValueTask<OperatorSession?> FindSession(string token) => sessions.Get(
        token, store, static (token, store) => store.FindSession(Scope, OpaqueToken.Hash(token)));

    private async ValueTask<Resolution?> OfLink(string token)
    {
        if (!OpaqueToken.IsWellFormed(token, OperatorTokens.Link)) return GateProblems.CredentialInvalid;
        var hash = OpaqueToken.Hash(token);
        if (await store.FindLink(Scope, hash, LinkPurpose.Password, time.GetUtcNow()) is not { } link)
            return GateProblems.CredentialInvalid;
        return Caller.Capability(OperatorTokens.ClaimPurpose, environment: null) with
        {
            Operator = link.Operator,
            Credential = Convert.ToHexStringLower(hash),
            // The first owner has no name until the link is used.
            Display = (await Find(link.Operator))?.Display ?? "one-time link",
        };
    }

    /// <summary>Use keeps a session alive; it is written once a minute, and memory then reads it again.</summary>
    private async ValueTask Touch(OperatorSession session, string token)
    {
        var now = time.GetUtcNow();
        var last = touched.GetValueOrDefault(session.Id, session.UsedAt);
        if (now - last < TouchEvery) return;
        touched[session.Id] = now;
        await upkeep.Run(OperatorStore.Touch(session.Id, now));
        sessions.Evict(token);
    }
}

/// <summary>Prefixes of the tokens that operators hold.</summary>
internal static class OperatorTokens
{
    public const string Session = "cas_op_";
    public const string Link = "cas_ol_";

    /// <summary>What the bearer of a one-time link may do: set the operator's password.</summary>
    public const string ClaimPurpose = "operator-claim";
}
