using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Operators.Devices;

/// <summary>
/// A command line that asks to be let in, as the operator in the browser sees it. Name, address and program are what it
/// says and where it came from: nobody has proven them.
/// </summary>
internal sealed record Device(
    [property: JsonIgnore] byte[] Hash,
    string Name,
    string? Ip,
    string? UserAgent,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    [property: JsonIgnore] long IntervalS,
    [property: JsonIgnore] DateTimeOffset? PolledAt,
    [property: JsonIgnore] OperatorId? Operator,
    [property: JsonIgnore] DeviceDecision? Decision)
{
    /// <summary>Whether who looks comes from the address from which it asked.</summary>
    public bool SameAddress { get; init; }

    /// <summary>What the log says of it.</summary>
    [JsonIgnore]
    public string Described => $"A command line that calls itself '{Name}', from {Ip ?? "an unknown address"}.";
}

[JsonConverter(typeof(NameConverter<DeviceDecision>))]
internal enum DeviceDecision
{
    Approved,
    Denied,
}

/// <summary>
/// The answer to a command line that asks (RFC 8628 section 3.2): the only one that ever shows the device code.
/// <paramref name="ExpiresIn"/> and <paramref name="Interval"/> are in seconds.
/// </summary>
internal sealed record StartedDevice(
    string DeviceCode, string UserCode, string VerificationUri, string VerificationUriComplete, long ExpiresIn,
    long Interval);

internal sealed record StartDevice(string Name)
{
    private const int NameMax = 100;

    public static StartDevice Bind(Input input) => new(input.Text("name", NameMax));
}

internal sealed record ExchangeDevice(string DeviceCode)
{
    public static ExchangeDevice Bind(Input input) => new(input.Secret("device_code", max: 200));
}

/// <summary>The short code as it was typed.</summary>
internal sealed record NamedDevice(string UserCode)
{
    private const int TypedMax = 40;

    public static NamedDevice Bind(Input input) => new(input.Text("user_code", TypedMax));
}

[JsonSerializable(typeof(Device))]
[JsonSerializable(typeof(StartedDevice))]
[JsonSerializable(typeof(SignedIn))]
internal sealed partial class DevicesJson : JsonSerializerContext
{
    public static DevicesJson Wire { get; } = new(Kernel.Wire.Options);
}
