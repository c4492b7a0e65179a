using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Platform;
using Castellan.Platform.Crypto;

namespace Castellan.Operators.Devices;

/// <summary>
/// The command line's half: it asks to be let in, and then asks again and again (RFC 8628 section 3.5).
/// </summary>
internal sealed class DeviceExchange(
    DeviceStore store, OperatorStore operators, DeviceCodes codes, Upkeep upkeep, PublicAddress address)
{
    /// <summary>Enough to find a browser and sign in; a code that was phished is worth nothing soon.</summary>
    public static readonly TimeSpan Good = TimeSpan.FromMinutes(10);

    /// <summary>Seconds between two questions, and what is added when one comes too early; and the most.</summary>
    private const int IntervalS = 5;

    private const int IntervalMostS = 60;

    /// <summary>What a network may gain on the clock.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(500);

    public async ValueTask<StartedDevice> Start(WriteCall<StartDevice, StartedDevice> call)
    {
        var (code, userCode) = (OpaqueToken.New(DeviceCodes.Prefix), DeviceCodes.NewUserCode());
        var device = new Device(
            OpaqueToken.Hash(code), call.Input.Name, call.Request.RemoteAddress?.ToString(), call.Request.UserAgent,
            call.Now, call.Now + Good, IntervalS, PolledAt: null, Operator: null, Decision: null);
        if (!await upkeep.Run(transaction => DeviceStore.Insert(
            transaction, call.Installation, device, codes.Digest(userCode)!, Limits.DevicesWaiting)))
        {
            throw new Refusal(GateProblems.RateLimited.With("Too many command lines wait to be let in.") with
            {
                RetryAfter = TimeSpan.FromMinutes(1),
            });
        }
        var page = address.At("device");
        return new StartedDevice(
            code, userCode, page, $"{page}?code={userCode}", (long)Good.TotalSeconds, IntervalS);
    }

    public async ValueTask<SignedIn> Exchange(WriteCall<ExchangeDevice, SignedIn> call)
    {
        var code = call.Input.DeviceCode;
        if (!OpaqueToken.IsWellFormed(code, DeviceCodes.Prefix)
            || await store.Find(call.Installation, OpaqueToken.Hash(code)) is not { } device)
        {
            throw new Refusal(GateProblems.CredentialInvalid);
        }
        if (device.ExpiresAt <= call.Now) throw new Refusal(OperatorErrors.ExpiredToken);
        if (device.Decision is null) throw new Refusal(await Wait(call, device));
        if (device is not { Decision: DeviceDecision.Approved, Operator: { } by })
            throw new Refusal(OperatorErrors.AccessDenied);
        return await call.ChangeFirst(async change =>
        {
            var current = await operators.Lock(change, call.Installation, by);
            if (current.State is not OperatorState.Active || !await store.Use(change, call.Installation, device))
                throw new Refusal(GateProblems.CredentialInvalid);
            change.DoneBy(current.Id, current.Display);
            SignInEndpoints.Record(change, "operator.signed_in", current, current, device.Described);
            return await SignInEndpoints.Start(operators, change, call.Installation, current);
        });
    }

    /// <summary>Nobody has decided. Who asks too early waits longer from then on.</summary>
    private async ValueTask<Problem> Wait(WriteCall<ExchangeDevice, SignedIn> call, Device asked)
    {
        var (type, interval) = await upkeep.Run(async transaction =>
        {
            var device = await DeviceStore.Lock(transaction, call.Installation, asked.Hash);
            // Decided in this moment: the next question tells.
            if (device is not { Decision: null }) return (OperatorErrors.AuthorizationPending, IntervalS);
            var isEarly = device.PolledAt is { } last
                && call.Now - last < TimeSpan.FromSeconds(device.IntervalS) - Slack;
            var interval = isEarly ? Math.Min(device.IntervalS + IntervalS, IntervalMostS) : device.IntervalS;
            await DeviceStore.Polled(transaction, call.Installation, device, interval, call.Now);
            return (isEarly ? OperatorErrors.SlowDown : OperatorErrors.AuthorizationPending, interval);
        });
        return type.With() with { RetryAfter = TimeSpan.FromSeconds(interval) };
    }
}
