using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Tenants;

/// <summary>
/// A customer organisation, shared by all apps that are installed for it. <paramref name="Role"/> is the caller's own,
/// and absent where the caller is no member.
/// </summary>
internal sealed record Tenant(
    TenantId Id, string Name, string Slug,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TenantRole? Role,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? DeletedAt, long Version)
    : IVersioned
{
    /// <summary>By whom and why it is suspended. For operators; absent for everybody else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Stop? Stop { get; init; }

    /// <summary>Since when calls on it are refused; null where they are not.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    [JsonIgnore]
    public Target Target => new("tenant", Id.Value);

    /// <summary>The tenant without what depends on who looks.</summary>
    public Snapshot Snapshot() => Kernel.Snapshot.Of(this with { Role = null, Stop = null }, TenantsJson.Wire.Tenant);

    /// <summary>As this caller sees it: why it is suspended is the operators' to know.</summary>
    public Tenant SeenBy(Caller caller) => caller.Kind is CallerKind.Operator ? this : this with { Stop = null };
}

[JsonConverter(typeof(NameConverter<TenantState>))]
internal enum TenantState
{
    Active,

    /// <summary>Deleted, and still to be restored. A user finds here the tenants that he or she owns.</summary>
    Deleted,
}

/// <summary><paramref name="Owner"/> is for callers that are no user; a user becomes the owner.</summary>
internal sealed record CreateTenant(string Name, string? Slug, UserId? Owner)
{
    public static CreateTenant Bind(Input input) => new(
        input.Text("name", max: 200), Tenants.Slug.OrNull(input), input.ReferenceOrNull<UserKind>("owner_user_id"));
}

internal sealed record ListTenants(Page Page, TenantState State)
{
    public static ListTenants Bind(Input input) =>
        new(input.Page(), input.QueryChoice<TenantState>("state") ?? TenantState.Active);
}

/// <summary>Operations whose only input is the tenant of the path.</summary>
internal sealed record InTenant
{
    public static InTenant Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new InTenant();
    }
}

/// <summary>A list of a tenant.</summary>
internal sealed record ListInTenant(Page Page)
{
    public static ListInTenant Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ListInTenant(input.Page());
    }
}

/// <summary>An operator's act on a tenant, with its written reason.</summary>
internal sealed record ActOnTenant(string Reason)
{
    public static ActOnTenant Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ActOnTenant(Stop.Because(input));
    }
}

/// <summary>A patch: what is not sent stays.</summary>
internal sealed record UpdateTenant(string? Name, string? Slug)
{
    public static UpdateTenant Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new UpdateTenant(input.TextOrNull("name", max: 200), Tenants.Slug.OrNull(input));
    }
}
