namespace Castellan.Client;

/// <summary>An operator: company staff who run Castellan.</summary>
/// <param name="Id"><c>opr_...</c></param>
/// <param name="Role">owner, admin, auditor, support or billing.</param>
/// <param name="State">invited, active or suspended.</param>
/// <param name="Email">The address that the operator signs in with; null until the first sign-in.</param>
/// <param name="Name">How the operator is called; null until the first sign-in.</param>
public sealed record Operator(string Id, string Role, string State, string? Email = null, string? Name = null);

/// <summary>What a one-time token was exchanged for.</summary>
/// <param name="Token">Shown once: <c>cas_op_...</c>.</param>
/// <param name="ExpiresAt">From when on it is refused; earlier where it is not used for hours.</param>
/// <param name="Operator">Whose it is.</param>
public sealed record OperatorToken(string Token, DateTimeOffset ExpiresAt, Operator Operator);

internal sealed record OneTimeToken(string Token);

/// <summary>What a tool shows to an operator, and asks with (RFC 8628 section 3.2).</summary>
/// <param name="DeviceCode">The tool's own secret: <c>cas_od_...</c>.</param>
/// <param name="UserCode">What the operator types: <c>WDJB-MJHT</c>.</param>
/// <param name="VerificationUri">Where it is typed.</param>
/// <param name="VerificationUriComplete">The same page with the code filled in.</param>
/// <param name="ExpiresIn">Seconds until the codes are refused.</param>
/// <param name="Interval">Seconds to wait before each question.</param>
public sealed record DeviceCodes(
    string DeviceCode, string UserCode, Uri VerificationUri, Uri VerificationUriComplete, int ExpiresIn, int Interval);

internal sealed record NewDevice(string Name);

internal sealed record WaitingDevice(string DeviceCode);

/// <summary>The operations <c>operators.*</c> that a signed-in tool needs.</summary>
public sealed class OperatorOperations
{
    private readonly Transport transport;

    internal OperatorOperations(Transport transport) => this.transport = transport;

    /// <summary>
    /// <c>operators.exchange</c>: turns the one-time token of the operators' pages into an operator token. Needs no
    /// credential. It is sent once and never repeated, because a one-time token that was spent is refused; where the
    /// answer was lost, make another.
    /// </summary>
    public Task<Response<OperatorToken>> Exchange(string oneTimeToken, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, "v1/operators/exchange", new OneTimeToken(oneTimeToken), ClientJson.Default.OneTimeToken,
            ClientJson.Default.OperatorToken, ct, repeat: false);

    /// <summary>
    /// <c>operators.devices.start</c>: asks to be let in by an operator in a browser, who is shown
    /// <paramref name="name"/>, at most 100 characters. Needs no credential.
    /// </summary>
    public Task<Response<DeviceCodes>> StartDevice(string name, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, "v1/operators/devices", new NewDevice(name), ClientJson.Default.NewDevice,
            ClientJson.Default.DeviceCodes, ct, repeat: false);

    /// <summary>
    /// <c>operators.devices.exchange</c>: one question whether an operator has approved. Answers the operator token,
    /// once; before, it is refused with <c>authorization_pending</c> or <c>slow_down</c> (ask again after Retry-After),
    /// <c>access_denied</c> or <c>expired_token</c> (begin anew). It is never repeated by itself.
    /// </summary>
    public Task<Response<OperatorToken>> ExchangeDevice(string deviceCode, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, "v1/operators/devices/exchange", new WaitingDevice(deviceCode),
            ClientJson.Default.WaitingDevice, ClientJson.Default.OperatorToken, ct, repeat: false);

    /// <summary><c>operators.me</c>: whose token this is.</summary>
    public Task<Response<Operator>> Me(CancellationToken ct = default) =>
        transport.Get("v1/operators/me", ClientJson.Default.Operator, ct);

    /// <summary><c>operators.sign_out</c>: ends the token that calls. It is refused from the next request on.</summary>
    public Task SignOut(CancellationToken ct = default) => transport.Post("v1/operators/sign-out", ct);
}
