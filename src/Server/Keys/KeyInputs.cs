using System.Net;
using Castellan.Kernel;

namespace Castellan.Keys;

/// <summary>A key to make. What its kind takes no part in is refused by name.</summary>
internal sealed record CreateKey(
    AppId App, string Environment, KeyType Kind, string Name, string? Description, DateTimeOffset? ExpiresAt,
    IReadOnlyList<string> Permissions, TenantId? Tenant, IReadOnlyList<string> Origins, IReadOnlyList<string> IpRanges,
    int? RatePerMinute, OperatorId? Owner)
{
    private const int PermissionsMax = 200;
    private const int RateMax = 1_000_000;

    public static CreateKey Bind(Input input)
    {
        var permissions = input.TextsOrNull("permissions", PermissionsMax, max: 100);
        var kind = input.ChoiceOrNull<KeyType>("kind") ?? KeyType.Secret;
        var key = new CreateKey(
            input.Path<AppKind>("app"),
            input.PathWord("environment"),
            kind,
            input.Text("name", max: 100),
            input.TextOrNull("description", max: 500),
            input.TimeOrNull("expires_at"),
            permissions ?? (kind is KeyType.Secret ? ["*"] : []),
            input.ReferenceOrNull<TenantKind>("tenant_id"),
            WebOrigin.Bind(input, "origins") ?? [],
            IpRange.Bind(input, "ip_ranges"),
            input.IntOrNull("rate_per_minute", min: 1, RateMax),
            input.ReferenceOrNull<OperatorKind>("owner_id"));
        key.RequireFitting(input);
        return key;
    }

    private void RequireFitting(Input input)
    {
        if (Kind is KeyType.Publishable)
        {
            const string Fix = "Leave it out, or make a secret or restricted key.";
            if (Permissions.Count > 0)
                input.Refuse("permissions", "not_for_kind", "A publishable key names its app and holds nothing.", Fix);
            if (Tenant is not null)
                input.Refuse("tenant_id", "not_for_kind", "A publishable key is for all who sign in.", Fix);
        }
        else if (Origins.Count > 0)
        {
            input.Refuse("origins", "not_for_kind", "Keys for servers are refused from any origin.",
                "Leave it out, or make a publishable key.");
        }
        if (Kind is KeyType.Restricted && (Permissions.Count == 0 || Permissions.Contains("*")))
            input.Refuse("permissions", "required", "A restricted key names each operation that it holds.",
                "Name them: [\"records.list\", \"records.get\"].");
    }
}

internal sealed record ListKeys(AppId App, string Environment, Page Page)
{
    public static ListKeys Bind(Input input) =>
        new(input.Path<AppKind>("app"), input.PathWord("environment"), input.Page());
}

/// <summary>One key, and nothing else to say.</summary>
internal sealed record NamedKey(AppId App, string Environment, KeyId Key)
{
    public static NamedKey Bind(Input input) =>
        new(input.Path<AppKind>("app"), input.PathWord("environment"), input.Path<KeyKind>("key"));
}

internal sealed record DisableKey(NamedKey Which, string Reason)
{
    public static DisableKey Bind(Input input) => new(NamedKey.Bind(input), Stop.Because(input));
}

internal sealed record RevokeKey(NamedKey Which, string Reason)
{
    public static RevokeKey Bind(Input input) => new(NamedKey.Bind(input), Stop.Because(input));
}

/// <summary>Without an end, the new key lives as long as the old one was to.</summary>
internal sealed record RotateKey(NamedKey Which, TimeSpan Overlap, DateTimeOffset? ExpiresAt)
{
    private const int OverlapMinutesMax = 7 * 24 * 60;
    private const int OverlapMinutes = 24 * 60;

    public static RotateKey Bind(Input input) => new(
        NamedKey.Bind(input),
        TimeSpan.FromMinutes(
            input.IntOrNull("overlap_minutes", min: 0, OverlapMinutesMax, OverlapMinutes) ?? OverlapMinutes),
        input.TimeOrNull("expires_at"));
}

/// <summary>
/// A key as somebody showed it to the app's server, and for what: an operation, or one of the app's own that begin with
/// <see cref="KeyRights.OfApp"/>.
/// </summary>
internal sealed record VerifyKey(string Key, string? Operation, IPAddress? Address, string? Origin, string? Tenant)
{
    public static VerifyKey Bind(Input input) => new(
        input.Secret("key", max: 300),
        input.TextOrNull("operation", max: 100),
        IpRange.BindAddress(input, "address"),
        input.TextOrNull("origin", max: 300),
        input.TextOrNull("tenant", max: 100));
}

internal sealed record ReportLeak(string Key, string? FoundAt)
{
    public static ReportLeak Bind(Input input) => new(
        input.Secret("key", max: 300), input.TextOrNull("found_at", max: 500));
}
