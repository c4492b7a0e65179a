using System.Collections.Immutable;
using System.Text.Json;
using Castellan.Kernel;
using OpenIddict.Abstractions;

namespace Castellan.Identity.OAuth.Stores;

/// <summary>
/// Authorization codes as OpenIddict's tokens. OpenIddict redeems a code and makes tokens in two steps, and does not
/// look again whether the code is still good; here both are one Change (<see cref="CodeExchange"/>), which lets one
/// exchange of a code win and ends its session when a second comes. So redeeming writes nothing here.
/// </summary>
internal sealed class CodeStore(AuthorizationCodes codes, CodeExchange exchange) : RefusingTokenStore<AuthorizationCode>
{
    private static EnvironmentScope Scope => new(OAuthEnvironment.Current, App: null);

    public override ValueTask<AuthorizationCode> InstantiateAsync(CancellationToken ct) =>
        new(new AuthorizationCode { Id = OpaqueId() });

    public override ValueTask CreateAsync(AuthorizationCode token, CancellationToken ct) => codes.Insert(Scope, token);

    public override async ValueTask UpdateAsync(AuthorizationCode token, CancellationToken ct)
    {
        if (token.Status is AuthorizationCode.Redeemed) return;
        if (!await codes.Update(Scope, token))
            throw new OpenIddictExceptions.ConcurrencyException("The code was used meanwhile.");
    }

    public override ValueTask<AuthorizationCode?> FindByIdAsync(string identifier, CancellationToken ct) =>
        codes.Find(Scope, identifier, ct);

    public override ValueTask<AuthorizationCode?> FindByReferenceIdAsync(string identifier, CancellationToken ct) =>
        codes.FindByReference(Scope, identifier, ct);

    /// <summary>Called when a spent code comes again: what it opened is the session of that id.</summary>
    public override async ValueTask<long> RevokeByAuthorizationIdAsync(string identifier, CancellationToken ct)
    {
        if (SessionId.TryParse(identifier, out var session)) await exchange.EndReplayed(Scope, session);
        return 1;
    }

    public override ValueTask<string?> GetIdAsync(AuthorizationCode token, CancellationToken ct) => new(token.Id);

    public override ValueTask<string?> GetApplicationIdAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.App);

    public override ValueTask<string?> GetAuthorizationIdAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.AuthorizationId);

    public override ValueTask<string?> GetSubjectAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.User);

    public override ValueTask<string?> GetTypeAsync(AuthorizationCode token, CancellationToken ct) => new(token.Type);

    public override ValueTask<string?> GetStatusAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.Status);

    public override ValueTask<string?> GetPayloadAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.Payload);

    public override ValueTask<string?> GetReferenceIdAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.ReferenceId);

    public override ValueTask<DateTimeOffset?> GetCreationDateAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.CreatedAt);

    public override ValueTask<DateTimeOffset?> GetExpirationDateAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.ExpiresAt);

    public override ValueTask<DateTimeOffset?> GetRedemptionDateAsync(AuthorizationCode token, CancellationToken ct) =>
        new(token.RedeemedAt);

    public override ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(
        AuthorizationCode token, CancellationToken ct) => new(ImmutableDictionary<string, JsonElement>.Empty);

    public override ValueTask SetApplicationIdAsync(
        AuthorizationCode token, string? identifier, CancellationToken ct) =>
        Set(() => token.App = identifier);

    public override ValueTask SetAuthorizationIdAsync(
        AuthorizationCode token, string? identifier, CancellationToken ct) =>
        Set(() => token.AuthorizationId = identifier);

    public override ValueTask SetSubjectAsync(AuthorizationCode token, string? subject, CancellationToken ct) =>
        Set(() => token.User = subject);

    public override ValueTask SetTypeAsync(AuthorizationCode token, string? type, CancellationToken ct) =>
        Set(() => token.Type = type);

    public override ValueTask SetStatusAsync(AuthorizationCode token, string? status, CancellationToken ct) =>
        Set(() => token.Status = status);

    public override ValueTask SetPayloadAsync(AuthorizationCode token, string? payload, CancellationToken ct) =>
        Set(() => token.Payload = payload);

    public override ValueTask SetReferenceIdAsync(AuthorizationCode token, string? identifier, CancellationToken ct) =>
        Set(() => token.ReferenceId = identifier);

    public override ValueTask SetCreationDateAsync(
        AuthorizationCode token, DateTimeOffset? date, CancellationToken ct) =>
        Set(() => token.CreatedAt = date);

    public override ValueTask SetExpirationDateAsync(
        AuthorizationCode token, DateTimeOffset? date, CancellationToken ct) =>
        Set(() => token.ExpiresAt = date);

    public override ValueTask SetRedemptionDateAsync(
        AuthorizationCode token, DateTimeOffset? date, CancellationToken ct) =>
        Set(() => token.RedeemedAt = date);

    public override ValueTask SetPropertiesAsync(
        AuthorizationCode token, ImmutableDictionary<string, JsonElement> properties, CancellationToken ct) => default;

    private static ValueTask Set(Action assign)
    {
        assign();
        return default;
    }

    private static string OpaqueId() => Convert.ToHexStringLower(
        System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
}
