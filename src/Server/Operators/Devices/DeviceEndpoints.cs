using Castellan.Kernel;
using Castellan.Platform.Memory;

namespace Castellan.Operators.Devices;

/// <summary>
/// How the command line signs in with a browser that may be elsewhere: it shows a short code, an operator who is signed
/// in reads it there and decides, and the command line, which asks meanwhile, gets an operator token. Source: RFC 8628.
/// Operators have no OAuth server of their own, so these are operations like all others, with the RFC's fields and
/// errors.
/// </summary>
internal sealed class DeviceEndpoints(
    DeviceStore store, DeviceExchange exchange, DeviceCodes codes, OperatorStore operators, ProgressiveDelay delays)
    : IEndpoints
{
    private const string Route = "/v1/operators/devices";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<StartDevice, StartedDevice>(
            "operators.devices.start", "POST", Route, StartDevice.Bind, exchange.Start,
            DevicesJson.Wire.StartedDevice)
        {
            Summary = "Ask to be let in as an operator: a code to show to one, and a code to ask with.",
            Grants = [Grant.Anyone], Rate = RateClass.Credential, Status = 201, ShowsSecret = true,
            OnInstallation = true,
        },
        new Write<ExchangeDevice, SignedIn>(
            "operators.devices.exchange", "POST", Route + "/exchange", ExchangeDevice.Bind, exchange.Exchange,
            DevicesJson.Wire.SignedIn)
        {
            Summary = "Ask whether an operator has approved, and get the operator token once one has.",
            Grants = [Grant.Anyone], Rate = RateClass.Credential, ShowsSecret = true, OnInstallation = true,
            Problems =
            [
                OperatorErrors.AuthorizationPending, OperatorErrors.SlowDown, OperatorErrors.AccessDenied,
                OperatorErrors.ExpiredToken,
            ],
        },
        new Read<NamedDevice, Device>(
            "operators.devices.find", "POST", Route + "/find", NamedDevice.Bind, Find, DevicesJson.Wire.Device)
        {
            Summary = "Read which command line shows this code.",
            Grants = [Grants.AnyOperator], Rate = RateClass.Credential, OnInstallation = true,
            Problems = [GateProblems.SignInDelayed],
        },
        new Write<NamedDevice, Device>(
            "operators.devices.approve", "POST", Route + "/approve", NamedDevice.Bind,
            call => Decide(call, DeviceDecision.Approved, "operator.device_approved"), DevicesJson.Wire.Device)
        {
            Summary = "Let the command line that shows this code act as the caller.",
            Grants = [Grants.AnyOperator], Rate = RateClass.Credential, OnInstallation = true,
            Problems = [GateProblems.SignInDelayed],
        },
        new Write<NamedDevice, Device>(
            "operators.devices.deny", "POST", Route + "/deny", NamedDevice.Bind,
            call => Decide(call, DeviceDecision.Denied, "operator.device_denied"), DevicesJson.Wire.Device)
        {
            Summary = "Refuse the command line that shows this code.",
            Grants = [Grants.AnyOperator], Rate = RateClass.Credential, OnInstallation = true,
            Problems = [GateProblems.SignInDelayed],
        },
    ];

    private async ValueTask<Device> Find(Call<NamedDevice> call) => Seen(call, await Named(call));

    private async ValueTask<Device> Decide(
        WriteCall<NamedDevice, Device> call, DeviceDecision decision, string fact)
    {
        await Named(call);
        return await call.Change(async change =>
        {
            var by = await operators.Lock(change, call.Installation, call.Caller.Operator!.Value);
            // Somebody else may have decided meanwhile.
            var device = await store.LockUndecided(change, call.Installation, codes.Digest(call.Input.UserCode)!)
                ?? throw NotWaiting();
            await store.Decide(change, call.Installation, device, decision, by.Id);
            var snapshot = Snapshot.Of(by, OperatorsJson.Wire.Operator);
            change.Audit(by.Target, snapshot, snapshot, device.Described);
            change.Emit(fact, by.Target, snapshot);
            return Seen(call, device);
        });
    }

    /// <summary>Wrong codes cost growing waits, by operator.</summary>
    private async ValueTask<Device> Named(Call<NamedDevice> call)
    {
        var subject = $"device {call.Caller.Operator}";
        if (delays.Begin(subject) is { } wait)
            throw new Refusal(GateProblems.SignInDelayed.With("Too many codes were wrong.") with { RetryAfter = wait });
        var device = codes.Digest(call.Input.UserCode) is { } digest
            ? await store.FindUndecided(call.Installation, digest, call.Now)
            : null;
        if (device is null) throw NotWaiting();
        delays.Succeed(subject);
        return device;
    }

    private static Device Seen(Call<NamedDevice> call, Device device) => device with
    {
        SameAddress = device.Ip is { } address && address == call.Request.RemoteAddress?.ToString(),
    };

    private static Refusal NotWaiting() => new(
        GateProblems.NotFound, "No command line waits with this code: it is mistyped, too old, or was decided about.");
}
