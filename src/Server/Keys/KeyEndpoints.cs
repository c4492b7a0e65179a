using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Crypto;

namespace Castellan.Keys;

/// <summary>Keys of an app in one environment. A secret is shown once, when it is made.</summary>
internal sealed class KeyEndpoints(
    KeyStore store, KeyResolver resolver, EnvironmentDirectory environments, Stops stops, Cursors cursors) : IEndpoints
{
    private const string Route = "/v1/apps/{app}/environments/{environment}/keys";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateKey, CreatedKey>("keys.create", "POST", Route, CreateKey.Bind, Create, KeysJson.Wire.CreatedKey)
        {
            Summary = "Make a secret key; the answer is the only one that shows it.",
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
    ];

    private async ValueTask<CreatedKey> Create(WriteCall<CreateKey, CreatedKey> call)
    {
        var input = call.Input;
        if (!environments.Exists(input.Environment)) throw new Refusal(GateProblems.NotFound);
        if (input.ExpiresAt <= call.Now)
        {
            var passed = new FieldProblem(
                "/expires_at", "in_the_past", "'expires_at' has passed.", "Send a later time.");
            throw new Refusal(GateProblems.InputInvalid.With() with { Errors = [passed] });
        }
        var prefix = KeyTokens.Prefix(KeyType.Secret, input.Environment);
        var token = OpaqueToken.New(prefix);
        return await call.ChangeFirst(async change =>
        {
            await store.RequireApp(call.Installation, input.App, change);
            var key = new Key(
                KeyId.New(change.Now), input.App, input.Environment, KeyType.Secret, input.Name,
                OpaqueToken.Shown(token, prefix), input.Permissions, change.Now, input.ExpiresAt, null, null,
                Version: 1);
            await store.Insert(change, call.Installation, key, token);
            Record(change, "key.created", key, Snapshot.None);
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
        var (app, environment, id, reason) = call.Input;
        var before = await store.Lock(change, call.Installation, app, environment, id);
        call.Request.RequireMatch(before);
        var stop = before.Stop ?? Stop.Of(change, StopKind.Retired, reason);
        var after = before with
        {
            RevokedAt = before.RevokedAt ?? change.Now,
            Stop = stop,
            Version = before.Version + 1,
        };
        await store.Revoke(change, call.Installation, after);
        await stops.Tell(change, after.Target, stop);
        change.Evict(resolver.ForgetAll);
        Record(change, "key.revoked", after, Snapshot.Of(before, KeysJson.Wire.Key), reason);
        return after;
    });

    private static void Record(Change change, string fact, Key key, Snapshot before, string? reason = null)
    {
        var after = Snapshot.Of(key, KeysJson.Wire.Key);
        change.Audit(key.Target, before, after, reason);
        change.Emit(fact, key.Target, after);
    }
}
