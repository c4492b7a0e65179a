using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Crypto;

namespace Castellan.Keys;

/// <summary>Keys of an app in one environment. A secret is shown once, when it is made.</summary>
internal sealed class KeyEndpoints(
    KeyStore store, KeyVerifier verifier, KeyRights rights, EnvironmentDirectory environments, Stops stops,
    Cursors cursors) : IEndpoints
{
    private const string Route = "/v1/apps/{app}/environments/{environment}/keys";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateKey, CreatedKey>("keys.create", "POST", Route, CreateKey.Bind, Create, KeysJson.Wire.CreatedKey)
        {
            Summary = "Make a secret, restricted or publishable key; the answer is the only one that shows a secret.",
            Grants = [Grant.Operator(OperatorRole.Admin)], Status = 201, ShowsSecret = true, OnInstallation = true,
        },
        new Read<ListKeys, ListOf<Key>>("keys.list", "GET", Route, ListKeys.Bind, List, KeysJson.Wire.ListOfKey)
        {
            Summary = "List an app's keys, also revoked ones, without their secrets.",
            Grants = [Grants.AnyOperator], OnInstallation = true,
        },
        new Write<RevokeKey, Key>(
            "keys.revoke", "POST", Route + "/{key}/revoke", RevokeKey.Bind, Revoke, KeysJson.Wire.Key)
        {
            Summary = "Revoke a key, with a written reason; it is refused from the next request on, for good.",
            Grants = [Grant.Operator(OperatorRole.Admin)], OnInstallation = true, Urgent = true,
        },
        new Write<DisableKey, Key>(
            "keys.disable", "POST", Route + "/{key}/disable", DisableKey.Bind, Disable, KeysJson.Wire.Key)
        {
            Summary = "Refuse a key from the next request on, until it is enabled again.",
            Grants = [Grant.Operator(OperatorRole.Admin)], OnInstallation = true, Urgent = true,
            Problems = [KeyErrors.Ended],
        },
        new Write<NamedKey, Key>(
            "keys.enable", "POST", Route + "/{key}/enable", NamedKey.Bind, Enable, KeysJson.Wire.Key)
        {
            Summary = "Take a disabled key again.",
            Grants = [Grant.Operator(OperatorRole.Admin)], OnInstallation = true, Problems = [KeyErrors.Ended],
        },
        new Write<RotateKey, RotatedKey>(
            "keys.rotate", "POST", Route + "/{key}/rotate", RotateKey.Bind, Rotate, KeysJson.Wire.RotatedKey)
        {
            Summary = "Make a key like this one, shown once; the old one stays good for the overlap.",
            Grants = [Grant.Operator(OperatorRole.Admin)], Status = 201, ShowsSecret = true, OnInstallation = true,
            Problems = [KeyErrors.Ended],
        },
    ];

    private async ValueTask<CreatedKey> Create(WriteCall<CreateKey, CreatedKey> call)
    {
        var input = call.Input;
        if (!environments.Exists(input.Environment)) throw new Refusal(GateProblems.NotFound);
        RequireFuture(input.ExpiresAt, call.Now);
        if (rights.Problems(call).ToList() is { Count: > 0 } problems)
            throw new Refusal(GateProblems.InputInvalid.With() with { Errors = problems });
        var prefix = KeyTokens.Prefix(input.Kind, input.Environment);
        var token = OpaqueToken.New(prefix);
        return await call.ChangeFirst(async change =>
        {
            await store.RequireApp(call.Installation, input.App, change);
            var owner = await rights.RequireNamed(change, input, call.Caller);
            var id = KeyId.New(change.Now);
            var key = new Key(
                id, input.App, input.Environment, input.Kind, input.Name, input.Description,
                OpaqueToken.Shown(token, prefix), input.Permissions, input.Tenant, input.Origins, input.IpRanges,
                input.RatePerMinute, owner, LineageId: id, ReplacedBy: null, change.Now, input.ExpiresAt,
                LastUsedAt: null, LastUsedIp: null, DisabledAt: null, RevokedAt: null, Version: 1);
            await Add(change, call.Installation, key, token);
            return new CreatedKey(key, token);
        });
    }

    private async ValueTask<ListOf<Key>> List(Call<ListKeys> call)
    {
        var (app, environment, page) = call.Input;
        if (!environments.Exists(environment)) throw new Refusal(GateProblems.NotFound);
        await store.RequireApp(call.Installation, app);
        return await cursors.Page("keys.list", call.Installation, page, [app.Value, environment],
            (after, limit) => store.List(call.Installation, app, environment, after, limit, call.Aborted),
            key => key.Id.Value);
    }

    private ValueTask<Key> Revoke(WriteCall<RevokeKey, Key> call) => call.Change(async change =>
    {
        var (which, reason) = call.Input;
        var before = await Lock(change, call, which);
        var stop = before.Stop ?? Stop.Of(change, StopKind.Retired, reason);
        await stops.Tell(change, before.Target, stop);
        return await Save(change, call.Installation, "key.revoked", before, before with
        {
            RevokedAt = before.RevokedAt ?? change.Now,
            Stop = stop,
        }, reason);
    });

    private ValueTask<Key> Disable(WriteCall<DisableKey, Key> call) => call.Change(async change =>
    {
        var before = await Lock(change, call, call.Input.Which);
        RequireLive(before, change.Now);
        return await Save(change, call.Installation, "key.disabled", before, before with
        {
            DisabledAt = before.DisabledAt ?? change.Now,
        }, call.Input.Reason);
    });

    private ValueTask<Key> Enable(WriteCall<NamedKey, Key> call) => call.Change(async change =>
    {
        var before = await Lock(change, call, call.Input);
        RequireLive(before, change.Now);
        return await Save(
            change, call.Installation, "key.enabled", before, before with { DisabledAt = null });
    });

    private async ValueTask<RotatedKey> Rotate(WriteCall<RotateKey, RotatedKey> call)
    {
        var input = call.Input;
        RequireFuture(input.ExpiresAt, call.Now);
        return await call.ChangeFirst(async change =>
        {
            var before = await Lock(change, call, input.Which);
            RequireLive(before, change.Now);
            if (before.DisabledAt is not null)
                throw new Refusal(KeyErrors.Ended, "It is disabled.", "Enable it with keys.enable, or make a new key.");
            if (before.ReplacedBy is { } successor)
            {
                throw new Refusal(KeyErrors.Ended, $"It was rotated already: {successor.Value} replaced it.",
                    $"Rotate {successor.Value} instead.");
            }
            // Whoever rotates a key sees its secret.
            foreach (var name in before.Permissions) RequireHeld(rights.Beyond(call, name));
            var prefix = KeyTokens.Prefix(before.Kind, before.Environment);
            var token = OpaqueToken.New(prefix);
            var made = before with
            {
                Id = KeyId.New(change.Now),
                Prefix = OpaqueToken.Shown(token, prefix),
                CreatedAt = change.Now,
                ExpiresAt = input.ExpiresAt ?? change.Now + (before.ExpiresAt - before.CreatedAt),
                LastUsedAt = null,
                LastUsedIp = null,
                Version = 1,
            };
            await Add(change, call.Installation, made, token);
            var end = change.Now + input.Overlap;
            var replaced = await Save(change, call.Installation, "key.rotated", before, before with
            {
                ReplacedBy = made.Id,
                ExpiresAt = before.ExpiresAt < end ? before.ExpiresAt : end,
            });
            return new RotatedKey(made, token, replaced);
        });
    }

    private async ValueTask<Key> Lock<TIn, TOut>(Change change, WriteCall<TIn, TOut> call, NamedKey which)
    {
        var (app, environment, id) = which;
        var before = await store.Lock(change, call.Installation, app, environment, id);
        call.Request.RequireMatch(before);
        return before;
    }

    private async ValueTask Add(Change change, InstallationScope scope, Key key, string token)
    {
        await store.Insert(change, scope, key, token);
        // Of a new publishable key others may have to hear.
        verifier.ForgetAll(change);
        KeyRecords.Record(change, "key.created", Snapshot.None, key, reason: null);
    }

    private async ValueTask<Key> Save(
        Change change, InstallationScope scope, string fact, Key before, Key changed, string? reason = null)
    {
        var after = changed with { Version = before.Version + 1 };
        await store.Update(change, scope, after);
        verifier.ForgetAll(change);
        KeyRecords.Record(change, fact, KeyRecords.Of(before), after, reason);
        return after;
    }

    private static void RequireHeld(string? beyond)
    {
        if (beyond is not null)
            throw new Refusal(
                GateProblems.PermissionDenied, $"The key holds {beyond}, which you may not do yourself.");
    }

    private static void RequireFuture(DateTimeOffset? end, DateTimeOffset now)
    {
        if (end <= now)
            throw KeyRights.Refused(
                "/expires_at", "in_the_past", "'expires_at' has passed.", "Send a later time.");
    }

    private static void RequireLive(Key key, DateTimeOffset now)
    {
        const string New = "Make a new key with keys.create: this one stays so.";
        if (key.RevokedAt is { } at)
            throw new Refusal(KeyErrors.Ended, $"It was revoked at {Rfc3339.Format(at)}.", New);
        if (key.ExpiresAt is not { } end || end > now) return;
        throw key.ReplacedBy is { } successor
            ? new Refusal(KeyErrors.Ended, $"It was rotated, and its overlap is over: {successor.Value} replaced it.",
                $"Name {successor.Value} instead.")
            : new Refusal(KeyErrors.Ended, $"It has expired, at {Rfc3339.Format(end)}.", New);
    }
}

/// <summary>What the audit log and events keep of a key: not from where it was used.</summary>
internal static class KeyRecords
{
    public static Snapshot Of(Key key) => Snapshot.Of(key with { LastUsedIp = null }, KeysJson.Wire.Key);

    public static void Record(Change change, string fact, Snapshot before, Key key, string? reason)
    {
        var after = Of(key);
        change.Audit(key.Target, before, after, reason);
        change.Emit(fact, key.Target, after);
    }
}
