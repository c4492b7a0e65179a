namespace Castellan.Client;

/// <summary>An app's credential in one environment, without its secret.</summary>
/// <param name="Id"><c>key_...</c></param>
/// <param name="AppId"><c>app_...</c></param>
/// <param name="Environment">sandbox or live.</param>
/// <param name="Kind">publishable (for browsers; names the app) or secret (for servers; acts as it).</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">What may be shown of it.</param>
/// <param name="Permissions">Operations that it may call; <c>*</c> is all that keys may.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is refused; null is never.</param>
/// <param name="LastUsedAt">About when it was last used; null is never.</param>
/// <param name="RevokedAt">When it was revoked; null is not.</param>
/// <param name="Version">Counts its changes from 1.</param>
/// <param name="Stop">By whom and why it was revoked.</param>
public sealed record Key(
    string Id, string AppId, string Environment, string Kind, string Name, string Prefix,
    IReadOnlyList<string> Permissions, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt, long Version, Stop? Stop = null);

/// <summary>A secret key to make.</summary>
/// <param name="Name">What it is for; at most 100 characters.</param>
/// <param name="ExpiresAt">From when on it is refused; null is never.</param>
/// <param name="Permissions">Names of operations; null is <c>*</c>, all that keys may call.</param>
public sealed record NewKey(string Name, DateTimeOffset? ExpiresAt = null, IReadOnlyList<string>? Permissions = null);

/// <summary>The only answer that shows a secret.</summary>
public sealed record CreatedKey(Key Key, string Secret);

/// <summary>The operations <c>keys.*</c>. All need an operator's token.</summary>
public sealed class KeyOperations
{
    private readonly Transport transport;

    internal KeyOperations(Transport transport) => this.transport = transport;

    /// <summary>
    /// <c>keys.create</c>: makes a secret key and shows it once. Needs the role admin. Where the first answer was lost
    /// and the call repeated, the problem is <c>secret_already_shown</c>: revoke that key and make another.
    /// </summary>
    public Task<Response<CreatedKey>> Create(
        string app, string environment, NewKey key, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, Path(app, environment), key, ClientJson.Default.NewKey, ClientJson.Default.CreatedKey, ct);

    /// <summary><c>keys.list</c>: also publishable, expired and revoked ones.</summary>
    public Task<Response<PageOf<Key>>> List(
        string app, string environment, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of(Path(app, environment)).Add(page).ToString(), ClientJson.Default.PageOfKey, ct);

    /// <summary>
    /// <c>keys.revoke</c>: the key is refused from the next request on. Needs the role admin. Revoking a revoked key
    /// changes nothing about when and why it was revoked.
    /// </summary>
    /// <param name="app">The app's id.</param>
    /// <param name="environment">sandbox or live.</param>
    /// <param name="key">The key's id.</param>
    /// <param name="reason">1 to 500 characters, kept in the audit log.</param>
    /// <param name="ct">Ends the call.</param>
    public Task<Response<Key>> Revoke(
        string app, string environment, string key, string reason, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, $"{Path(app, environment)}/{Query.Segment(key)}/revoke", new StopReason(reason),
        ClientJson.Default.StopReason, ClientJson.Default.Key, ct);

    private static string Path(string app, string environment) => AppOperations.Path(app, environment) + "/keys";
}
