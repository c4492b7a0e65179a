using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;

namespace Castellan.Identity.OAuth.Stores;

/// <summary>
/// Every member of OpenIddict's application store, refusing. What the server truly calls is overridden by the store,
/// so that a call that nobody has thought of fails in a test instead of doing something half.
/// </summary>
internal abstract class RefusingApplicationStore<TApplication> : IOpenIddictApplicationStore<TApplication>
    where TApplication : class
{
    public virtual ValueTask<long> CountAsync(CancellationToken ct) => throw Unused();

    public virtual ValueTask<long> CountAsync<TResult>(
        Func<IQueryable<TApplication>, IQueryable<TResult>> query, CancellationToken ct) => throw Unused();

    public virtual ValueTask CreateAsync(TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask DeleteAsync(TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TApplication?> FindByIdAsync(string identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TApplication?> FindByClientIdAsync(
        string identifier, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TApplication> FindByPostLogoutRedirectUriAsync(
        string uri, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TApplication> FindByRedirectUriAsync(
        string uri, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetApplicationTypeAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TResult?> GetAsync<TState, TResult>(
        Func<IQueryable<TApplication>, TState, IQueryable<TResult>> query, TState state,
        CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetClientIdAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetClientSecretAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetClientTypeAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetConsentTypeAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetDisplayNameAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetIdAsync(TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<JsonWebKeySet?> GetJsonWebKeySetAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableArray<string>> GetPermissionsAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableArray<string>> GetPostLogoutRedirectUrisAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableArray<string>> GetRedirectUrisAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableArray<string>> GetRequirementsAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableDictionary<string, string>> GetSettingsAsync(
        TApplication application, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TApplication> InstantiateAsync(CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TApplication> ListAsync(
        int? count, int? offset, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TResult> ListAsync<TState, TResult>(
        Func<IQueryable<TApplication>, TState, IQueryable<TResult>> query, TState state,
        CancellationToken ct) => throw Unused();

    public virtual ValueTask SetApplicationTypeAsync(
        TApplication application, string? type, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetClientIdAsync(
        TApplication application, string? identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetClientSecretAsync(
        TApplication application, string? secret, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetClientTypeAsync(
        TApplication application, string? type, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetConsentTypeAsync(
        TApplication application, string? type, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetDisplayNameAsync(
        TApplication application, string? name, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetDisplayNamesAsync(
        TApplication application, ImmutableDictionary<CultureInfo, string> names,
        CancellationToken ct) => throw Unused();

    public virtual ValueTask SetJsonWebKeySetAsync(
        TApplication application, JsonWebKeySet? set, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetPermissionsAsync(
        TApplication application, ImmutableArray<string> permissions, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetPostLogoutRedirectUrisAsync(
        TApplication application, ImmutableArray<string> uris, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetPropertiesAsync(
        TApplication application, ImmutableDictionary<string, JsonElement> properties,
        CancellationToken ct) => throw Unused();

    public virtual ValueTask SetRedirectUrisAsync(
        TApplication application, ImmutableArray<string> uris, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetRequirementsAsync(
        TApplication application, ImmutableArray<string> requirements, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetSettingsAsync(
        TApplication application, ImmutableDictionary<string, string> settings, CancellationToken ct) => throw Unused();

    public virtual ValueTask UpdateAsync(TApplication application, CancellationToken ct) => throw Unused();

    private static NotSupportedException Unused([CallerMemberName] string member = "") =>
        new($"ApplicationStore.{member}");
}
