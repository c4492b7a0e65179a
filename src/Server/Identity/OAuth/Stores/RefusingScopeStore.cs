using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenIddict.Abstractions;

namespace Castellan.Identity.OAuth.Stores;

/// <summary>
/// Every member of OpenIddict's scope store, refusing. What the server truly calls is overridden by the store itself,
/// so that a call that nobody has thought of fails in a test instead of doing something half.
/// </summary>
internal abstract class RefusingScopeStore<TScope> : IOpenIddictScopeStore<TScope>
    where TScope : class
{
    public virtual ValueTask<long> CountAsync(CancellationToken ct) => throw Unused();

    public virtual ValueTask<long> CountAsync<TResult>(
        Func<IQueryable<TScope>, IQueryable<TResult>> query, CancellationToken ct) => throw Unused();

    public virtual ValueTask CreateAsync(TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask DeleteAsync(TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TScope?> FindByIdAsync(string identifier, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TScope?> FindByNameAsync(string name, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TScope> FindByNamesAsync(
        ImmutableArray<string> names, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TScope> FindByResourceAsync(
        string resource, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TResult?> GetAsync<TState, TResult>(
        Func<IQueryable<TScope>, TState, IQueryable<TResult>> query, TState state,
        CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetDescriptionAsync(TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableDictionary<CultureInfo, string>> GetDescriptionsAsync(
        TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetDisplayNameAsync(TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(
        TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetIdAsync(TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<string?> GetNameAsync(TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(
        TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<ImmutableArray<string>> GetResourcesAsync(
        TScope scope, CancellationToken ct) => throw Unused();

    public virtual ValueTask<TScope> InstantiateAsync(CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TScope> ListAsync(int? count, int? offset, CancellationToken ct) => throw Unused();

    public virtual IAsyncEnumerable<TResult> ListAsync<TState, TResult>(
        Func<IQueryable<TScope>, TState, IQueryable<TResult>> query, TState state,
        CancellationToken ct) => throw Unused();

    public virtual ValueTask SetDescriptionAsync(
        TScope scope, string? description, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetDescriptionsAsync(
        TScope scope, ImmutableDictionary<CultureInfo, string> descriptions, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetDisplayNameAsync(TScope scope, string? name, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetDisplayNamesAsync(
        TScope scope, ImmutableDictionary<CultureInfo, string> names, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetNameAsync(TScope scope, string? name, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetPropertiesAsync(
        TScope scope, ImmutableDictionary<string, JsonElement> properties, CancellationToken ct) => throw Unused();

    public virtual ValueTask SetResourcesAsync(
        TScope scope, ImmutableArray<string> resources, CancellationToken ct) => throw Unused();

    public virtual ValueTask UpdateAsync(TScope scope, CancellationToken ct) => throw Unused();

    private static NotSupportedException Unused([CallerMemberName] string member = "") =>
        new($"ScopeStore.{member}");
}
