using Castellan.Kernel;
using Castellan.Tests.Operators;

namespace Castellan.Tests.Isolation;

/// <summary>Who asks: nobody, credentials that are none, callers who may not, callers from elsewhere.</summary>
internal sealed class CallerWalk
{
    private const string Elsewhere = "https://evil.example";
    private readonly HostileWorld world;
    private readonly List<Actor> invalid = [];
    private Actor oscar = Actor.Nobody;

    private CallerWalk(HostileWorld world) => this.world = world;

    /// <summary>Makes the credentials that are over; time passes for it.</summary>
    public static async Task<CallerWalk> Prepare(HostileWorld world)
    {
        var walk = new CallerWalk(world);
        await walk.MakeStale();
        await walk.MakeRevoked();
        foreach (var bearer in new[] { "x", "", "null", "cas_sk_sandbox_garbage", HostileWorld.UnknownKey() })
            walk.invalid.Add(new Actor($"bearer '{bearer}'", Caller.Nobody, Bearer: bearer));
        var token = world.Ada.Bearer!;
        walk.invalid.Add(new Actor("a forged token", Caller.Nobody, Bearer: token[..^6] + "AAAAAA"));
        walk.invalid.Add(new Actor("an unsigned token", Caller.Nobody, Bearer: token[..(token.LastIndexOf('.') + 1)]));
        walk.invalid.Add(new Actor("a key that is none", Caller.Nobody, PublishableKey: "cas_pk_sandbox_garbage"));
        walk.invalid.Add(new Actor("Ada through another app", Caller.Nobody, token, world.OtherPublishable));
        walk.oscar = await world.SignedIn("oscar", world.OtherApp);
        return walk;
    }

    public async Task Of(Walk walk, Operation operation)
    {
        var kinds = Scenes.Kinds(operation).ToList();
        var good = await walk.Scenes.Make(operation, kinds[0]);
        await walk.WithoutTrace(operation, async () =>
        {
            if (!operation.Hosted)
            {
                foreach (var by in invalid)
                    await walk.Refused(good with { By = by }, "not valid", "credential_invalid");
                await Nowhere(walk, good);
            }
            if (operation.Grants.Any(g => g is { Kind: CallerKind.Nobody, OnlyLocal: false })) return;
            // A proxy in front, so that it is no call of this machine itself.
            good = good.WithHeader("Via", "1.1 proxy");
            await walk.Refused(good with { By = Actor.Nobody }, "nobody", "credential_required");
            foreach (var by in Powerless(operation, kinds))
                await walk.Refused(good with { By = by }, "may not", "permission_denied");
            if (!kinds.Contains(CallerKind.App) && !kinds.Contains(CallerKind.Nobody))
                await walk.Refused(good with { By = world.Browser }, "only a key", "credential_required");
            if (!operation.Hosted) await Outside(walk, good, kinds);
        });
    }

    /// <summary>Who is known and holds no grant: of no kind that is named, or with too low a role.</summary>
    private IEnumerable<Actor> Powerless(Operation operation, List<CallerKind> kinds)
    {
        // An app's users and keys may do what the app itself may.
        var ofApp = kinds.Contains(CallerKind.App);
        if (!kinds.Contains(CallerKind.User) && !ofApp) yield return world.Ada;
        if (!kinds.Contains(CallerKind.Key) && !ofApp) yield return world.Key;
        if (!kinds.Contains(CallerKind.Operator)) yield return world.Operator;
        if (!kinds.Contains(CallerKind.Agent) && !operation.NamesTenant) yield return world.Agent;
        if (operation.Name != HostileWorld.OnlyLent) yield return world.Lent;
        if (operation.Grants.Any(g => g.Role > TenantRole.Viewer)) yield return world.Vera;
        if (kinds.Contains(CallerKind.Key)) yield return world.KeyWithout;
        foreach (var low in new[] { world.Billing, world.Auditor })
        {
            var role = low.Caller.OperatorRole!.Value;
            if (operation.Grants.Any(g => g.Kind is CallerKind.Operator && !g.Operators.Contains(role)))
                yield return low;
        }
    }

    /// <summary>Whoever asks: an environment that does not exist.</summary>
    private Task<Answered> Nowhere(Walk walk, Asked good) => walk.Refused(
        good.WithHeader("Castellan-Environment", "nowhere") with { By = world.Ada }, "nowhere", "environment_required");

    private async Task Outside(Walk walk, Asked good, List<CallerKind> kinds)
    {
        if (kinds.Contains(CallerKind.User))
        {
            await walk.Refused(
                good.WithHeader("Origin", Elsewhere) with { By = world.Ada }, "from elsewhere", "origin_refused");
            await walk.Refused(
                good.WithHeader("Castellan-Environment", "live") with { By = world.Ada }, "for live",
                "environment_mismatch");
        }
        if (kinds.Contains(CallerKind.App))
            await walk.Refused(good.WithHeader("Origin", Elsewhere), "from elsewhere", "origin_refused");
        if (kinds.Contains(CallerKind.Key))
        {
            await walk.Refused(
                good.WithHeader("Origin", Elsewhere) with { By = world.Key }, "in a browser", "origin_refused");
            await walk.Refused(
                good.WithHeader("Castellan-Environment", "sandbox") with { By = world.LiveKey }, "for sandbox",
                "environment_mismatch");
        }
        if (good.Operation.NeedsEnvironment)
            await walk.Refused(
                good.WithHeader("Castellan-Environment", "") with { By = world.Operator }, "for no environment",
                "environment_required");
        if (!good.Operation.NamesTenant) return;
        foreach (var stranger in new[] { world.Sam, oscar })
            await walk.Refused(good with { By = stranger }, "not a member", "not_found");
        // Tenants that the scene has shared with the other app are not foreign to its key.
        if (!good.Path.ContainsKey("app"))
            await walk.Refused(good with { By = world.OtherKey }, "not installed", "not_found");
        await walk.Refused(good with { By = world.LiveKey }, "another environment", "not_found");
        if (kinds.Contains(CallerKind.Operator))
            await walk.Refused(
                good.WithHeader("Castellan-Environment", "live") with { By = world.Operator }, "for live", "not_found");
    }

    private async Task MakeStale()
    {
        var soon = world.Server.Clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        invalid.Add((await world.NewKey(world.App, expiresAt: soon)) with { Name = "an expired key" });
        invalid.Add((await world.SignedIn("ada")) with { Name = "an expired token" });
        world.Server.Clock.Advance(TimeSpan.FromMinutes(15));
        await world.SignEverybodyIn();
    }

    private async Task MakeRevoked()
    {
        var key = await world.NewKey(world.App);
        await world.Call("keys.revoke", new
        {
            app = world.App.Value, environment = "sandbox", key = key.Caller.Key!.Value.Value,
        }, new { reason = "a test" });
        invalid.Add(key with { Name = "a revoked key" });

        var left = await world.SignedIn("ada");
        await world.CallAs(world.Ada, "sessions.revoke", new { session = left.Caller.Session!.Value.Value });
        invalid.Add(left with { Name = "a revoked session" });

        var lender = await world.SignedIn("lender");
        var lent = await world.LentBy(lender, world.Agent, HostileWorld.OnlyLent);
        await world.CallAs(lender, "sessions.revoke_all");
        invalid.Add(lent with { Name = "an agent for somebody who left" });

        var suspended = await world.SignedIn("suspended");
        await world.Call(
            "users.suspend", new { user = suspended.Caller.User!.Value.Value }, new { reason = "a test" });
        invalid.Add(suspended with { Name = "a suspended user" });

        var gone = await world.NewOperator();
        await world.Call(
            "operators.suspend", new { @operator = gone.Caller.Operator!.Value.Value }, new { reason = "a test" });
        invalid.Add(gone with { Name = "a suspended operator" });

        var ended = await world.NewOperator();
        await world.CallAs(ended with
        {
            Caller = ended.Caller with { Credential = await SessionOf(ended) },
        }, "operators.sign_out");
        invalid.Add(ended with { Name = "an operator who left" });

        var link = await world.NewLink();
        await world.Server.Claim(link.Bearer!, new { password = OperatorActs.Password });
        invalid.Add(link with { Name = "a used link" });
    }

    private async Task<string> SessionOf(Actor someone) => (await world.Server.Database.One(
        $"select id from operator_session where operator_id = {someone.Caller.Operator}", row => row.Text()))!;
}
