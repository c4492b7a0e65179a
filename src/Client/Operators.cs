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

    /// <summary><c>operators.me</c>: whose token this is.</summary>
    public Task<Response<Operator>> Me(CancellationToken ct = default) =>
        transport.Get("v1/operators/me", ClientJson.Default.Operator, ct);

    /// <summary><c>operators.sign_out</c>: ends the token that calls. It is refused from the next request on.</summary>
    public Task SignOut(CancellationToken ct = default) => transport.Post("v1/operators/sign-out", ct);
}
