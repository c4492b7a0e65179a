using Castellan.Kernel;
using Castellan.Platform.Crypto;

namespace Castellan.Keys;

/// <summary>Keys that somebody shows, to an app's server or in the open.</summary>
internal sealed class ShownKeyEndpoints(
    KeyVerifier verifier, KeyRights rights, KeyUses uses, Upkeep upkeep, KeyLeakWorker leaks) : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Read<VerifyKey, VerifiedKey>(
            "keys.verify", "POST", "/v1/keys/verify", VerifyKey.Bind, Verify, KeysJson.Wire.VerifiedKey)
        {
            Summary = "Say whether a key that was shown to the app's server is good, and for what it is not.",
            Grants = [Grant.Key, Grant.Operator(OperatorRole.Admin, OperatorRole.Support)],
        },
        new Write<ReportLeak, LeakReceipt>(
            "keys.report_leak", "POST", "/v1/keys/report-leak", ReportLeak.Bind, Report, KeysJson.Wire.LeakReceipt)
        {
            Summary = "Report a key that was found in the open; anybody may, and the answer is always the same.",
            Grants = [Grant.Anyone], Rate = RateClass.Credential, Status = 202, AllowedWhenFrozen = true,
        },
    ];

    private async ValueTask<VerifiedKey> Verify(Call<VerifyKey> call)
    {
        var input = call.Input;
        var use = new KeyUse(
            call.Environment.Environment, input.Address, input.Origin, input.Tenant, input.Operation,
            input.Operation is { } name ? rights.Find(name) : null);
        var (outcome, known, wait) = await verifier.Verify(input.Key, call.Caller.App, use);
        if (outcome is KeyOutcome.Valid && known!.Key.Kind is not KeyType.Publishable)
            uses.Note(known.Key.Id, input.Address);
        return new VerifiedKey(
            outcome is KeyOutcome.Valid, outcome, Said(outcome), known?.Key,
            wait is { } time ? (long)Math.Ceiling(time.TotalSeconds) : null);
    }

    /// <summary>
    /// The same work and the same answer whatever was sent: what is well-formed is kept, for a worker to look at. Who
    /// can compute a checksum learns nothing from the rest.
    /// </summary>
    private async ValueTask<LeakReceipt> Report(WriteCall<ReportLeak, LeakReceipt> call)
    {
        var (token, foundAt) = call.Input;
        if (!KeyTokens.IsWellFormed(token)) return LeakReceipt.Thanks;
        await upkeep.Run(KeyStore.Report(OpaqueToken.Hash(token), foundAt, call.Now));
        leaks.Wake();
        return LeakReceipt.Thanks;
    }

    private static string Said(KeyOutcome outcome) => outcome switch
    {
        KeyOutcome.Malformed => "This is no key: its form or its checksum is wrong.",
        KeyOutcome.NotFound => "No key of this app has this secret.",
        KeyOutcome.Revoked => "The key was revoked.",
        KeyOutcome.Disabled => "The key is disabled.",
        KeyOutcome.Expired => "The key has expired, or was rotated and its overlap is over.",
        KeyOutcome.WrongEnvironment => "The key belongs to another environment.",
        KeyOutcome.IpRefused => "The key is for other addresses, or none was named.",
        KeyOutcome.OriginRefused => "The key is for other origins, or for servers, which have none.",
        KeyOutcome.TenantMismatch => "The key is for one tenant, and this is about another, or about more.",
        KeyOutcome.InsufficientPermissions => "The key does not hold the operation.",
        KeyOutcome.RateLimited => "The key's own limit is used up.",
        _ => "The key is good for this.",
    };
}
