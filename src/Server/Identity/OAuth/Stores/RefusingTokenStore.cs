using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenIddict.Abstractions;

namespace Castellan.Identity.OAuth.Stores;

/// <summary>
/// Every member of OpenIddict's token store, refusing. What the server truly calls is overridden by the store itself,
/// so that a call that nobody has thought of fails in a test instead of doing something half.
/// </summary>
internal abstract class RefusingTokenStore<TToken> : IOpenIddictTokenStore<TToken>
    where TToken : class
{
    public virtual ValueTask<long> CountAsync(CancellationToken ct) => throw Unused();

    public virtual ValueTask<long> CountAsync<TResult>(
        Func<IQueryable<TToken>, IQueryable<TResult>> query, CancellationToken ct) => throw Unused();

    public virtual ValueTask CreateAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask DeleteAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TToken> FindAsync(
        string? subject, string? client, string? status, string? type, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TToken> FindByApplicationIdAsync(
        string identifier, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TToken> FindByAuthorizationIdAsync(
        string identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TToken?> FindByIdAsync(string identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TToken?> FindByReferenceIdAsync(string identifier, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TToken> FindBySubjectAsync(string subject, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetApplicationIdAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TResult?> GetAsync<TState, TResult>(
        Func<IQueryable<TToken>, TState, IQueryable<TResult>> query, TState state,
        CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetAuthorizationIdAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<DateTimeOffset?> GetCreationDateAsync(
        TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<DateTimeOffset?> GetExpirationDateAsync(
        TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetIdAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetPayloadAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(
        TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<DateTimeOffset?> GetRedemptionDateAsync(
        TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetReferenceIdAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetStatusAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetSubjectAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetTypeAsync(TToken token, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TToken> InstantiateAsync(CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TToken> ListAsync(int? count, int? offset, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TResult> ListAsync<TState, TResult>(
        Func<IQueryable<TToken>, TState, IQueryable<TResult>> query, TState state,
        CancellationToken ct) => throw Unused();

    public virtual ValueTask<long> PruneAsync(DateTimeOffset threshold, CancellationToken ct) => throw Unused();

    public virtual ValueTask<long> RevokeAsync(
        string? subject, string? client, string? status, string? type, CancellationToken ct) => throw Unused();

    public virtual ValueTask<long> RevokeByApplicationIdAsync(
        string identifier, CancellationToken ct = default) => throw Unused();

    public virtual ValueTask<long> RevokeByAuthorizationIdAsync(
        string identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask<long> RevokeBySubjectAsync(
        string subject, CancellationToken ct = default) => throw Unused();

    public virtual ValueTask SetApplicationIdAsync(
        TToken token, string? identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetAuthorizationIdAsync(
        TToken token, string? identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetCreationDateAsync(
        TToken token, DateTimeOffset? date, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetExpirationDateAsync(
        TToken token, DateTimeOffset? date, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetPayloadAsync(TToken token, string? payload, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetPropertiesAsync(
        TToken token, ImmutableDictionary<string, JsonElement> properties, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetRedemptionDateAsync(
        TToken token, DateTimeOffset? date, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetReferenceIdAsync(
        TToken token, string? identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetStatusAsync(TToken token, string? status, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetSubjectAsync(TToken token, string? subject, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetTypeAsync(TToken token, string? type, CancellationToken ct) => throw Unused();

    public virtual ValueTask UpdateAsync(TToken token, CancellationToken ct) => throw Unused();

    private static NotSupportedException Unused([CallerMemberName] string member = "") =>
        new($"TokenStore.{member}");
}
