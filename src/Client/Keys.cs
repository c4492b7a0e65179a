namespace Castellan.Client;

/// <summary>An app's credential in one environment, without its secret.</summary>
/// <param name="Id"><c>key_...</c></param>
/// <param name="AppId"><c>app_...</c></param>
/// <param name="Environment">sandbox or live.</param>
/// <param name="Kind">
/// publishable (for browsers; names the app), secret (for servers; acts as it) or restricted (for servers; does what it
/// names).
/// </param>
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
    DateTimeOffset? RevokedAt, long Version, Stop? Stop = null)
{
    /// <summary>What it is for, in more words.</summary>
    public string? Description { get; init; }

    /// <summary>The one tenant that it is for; null is all that its app sees.</summary>
    public string? TenantId { get; init; }

    /// <summary>The origins that a publishable key is for; empty is all that its app lists.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Where it may come from, in CIDR notation; empty is anywhere.</summary>
    public IReadOnlyList<string> IpRanges { get; init; } = [];

    /// <summary>Calls a minute; null is what the installation allows.</summary>
    public long? RatePerMinute { get; init; }

    /// <summary>The operator who answers for it.</summary>
    public string? OwnerId { get; init; }

    /// <summary>The first of the keys that came from one another by rotation.</summary>
    public string? LineageId { get; init; }

    /// <summary>The key that it was rotated to.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>About from where it was used last.</summary>
    public string? LastUsedIp { get; init; }

    /// <summary>Since when it is refused until it is enabled; null is not.</summary>
    public DateTimeOffset? DisabledAt { get; init; }
}

/// <summary>A key to make.</summary>
/// <param name="Name">What it is for; at most 100 characters.</param>
/// <param name="ExpiresAt">From when on it is refused; null is never.</param>
/// <param name="Permissions">Names of operations; null is <c>*</c> for a secret key, all that keys may call.</param>
public sealed record NewKey(string Name, DateTimeOffset? ExpiresAt = null, IReadOnlyList<string>? Permissions = null)
{
    /// <summary>secret, restricted or publishable; null is secret.</summary>
    public string? Kind { get; init; }

    /// <summary>At most 500 characters.</summary>
    public string? Description { get; init; }

    /// <summary>The one tenant that it is for.</summary>
    public string? TenantId { get; init; }

    /// <summary>Of a publishable key: the sites that it is for.</summary>
    public IReadOnlyList<string>? Origins { get; init; }

    /// <summary>Where it may come from: addresses and networks, such as 203.0.113.0/24.</summary>
    public IReadOnlyList<string>? IpRanges { get; init; }

    /// <summary>Calls a minute on average, and at once at most; 1 to 1,000,000.</summary>
    public int? RatePerMinute { get; init; }

    /// <summary>The operator who answers for it; null is who makes it.</summary>
    public string? OwnerId { get; init; }
}

/// <summary>The only answer that shows a secret.</summary>
public sealed record CreatedKey(Key Key, string Secret);

/// <summary>How to rotate a key.</summary>
/// <param name="OverlapMinutes">How long the old secret stays good: 0 to 10,080; null is a day.</param>
/// <param name="ExpiresAt">The new key's end; null is a life as long as the old one's.</param>
public sealed record KeyRotation(int? OverlapMinutes = null, DateTimeOffset? ExpiresAt = null);

/// <summary>A key's successor with its secret, and the key that it replaces.</summary>
public sealed record RotatedKey(Key Key, string Secret, Key Replaced);

/// <summary>A key that somebody showed, and what for.</summary>
/// <param name="Key">The secret.</param>
/// <param name="Operation">An operation, or a name of the app's own, which begins with <c>app.</c></param>
/// <param name="Address">The IP address that it came from.</param>
/// <param name="Origin">The origin that it came from, where a browser sent it.</param>
/// <param name="Tenant">The tenant that is meant.</param>
public sealed record KeyToVerify(
    string Key, string? Operation = null, string? Address = null, string? Origin = null, string? Tenant = null);

/// <summary>What is to be said of a key.</summary>
/// <param name="Valid">True where it is good for what was asked.</param>
/// <param name="Outcome">valid, or the first reason why it is not, such as expired.</param>
/// <param name="Detail">The same in a sentence.</param>
/// <param name="Key">The key without its secret; null where there is none.</param>
/// <param name="RetryAfterS">Seconds to wait where its limit is used up.</param>
public sealed record VerifiedKey(bool Valid, string Outcome, string Detail, Key? Key, long? RetryAfterS);

internal sealed record NoMembers;

/// <summary>The operations <c>keys.*</c>. All need an operator's token.</summary>
public sealed class KeyOperations
{
    private readonly Transport transport;

    internal KeyOperations(Transport transport) => this.transport = transport;

    /// <summary>
    /// <c>keys.create</c>: makes a key and shows it once. Needs the role admin. Where the first answer was lost
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

    /// <summary>
    /// <c>keys.disable</c>: the key is refused from the next request on, until <see cref="Enable"/>. Needs the role
    /// admin. A key that has ended is <c>key_ended</c>.
    /// </summary>
    public Task<Response<Key>> Disable(
        string app, string environment, string key, string reason, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, Path(app, environment, key, "disable"), new StopReason(reason), ClientJson.Default.StopReason,
        ClientJson.Default.Key, ct);

    /// <summary><c>keys.enable</c>: takes a disabled key again. Needs the role admin.</summary>
    public Task<Response<Key>> Enable(string app, string environment, string key, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, Path(app, environment, key, "enable"), new NoMembers(), ClientJson.Default.NoMembers,
            ClientJson.Default.Key, ct);

    /// <summary>
    /// <c>keys.rotate</c>: makes a key with the same bounds and shows it once; the old one stays good for the overlap.
    /// Needs the role admin.
    /// </summary>
    public Task<Response<RotatedKey>> Rotate(
        string app, string environment, string key, KeyRotation how, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, Path(app, environment, key, "rotate"), how, ClientJson.Default.KeyRotation,
            ClientJson.Default.RotatedKey, ct);

    /// <summary>
    /// <c>keys.verify</c>: says whether a key is good, and for what it is not; a bad key is an answer, not an error.
    /// Needs the role admin or support; an app's secret key may ask about its own app's.
    /// </summary>
    public Task<Response<VerifiedKey>> Verify(KeyToVerify key, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, "v1/keys/verify", key, ClientJson.Default.KeyToVerify, ClientJson.Default.VerifiedKey, ct);

    private static string Path(string app, string environment, string key, string act) =>
        $"{Path(app, environment)}/{Query.Segment(key)}/{act}";

    private static string Path(string app, string environment) => AppOperations.Path(app, environment) + "/keys";
}
