using Castellan.Kernel;
using Castellan.Platform.Cel;

namespace Castellan.Contracts.Rules;

/// <summary>
/// What a rule may know of the caller, in the tenant of the call. Nothing of it comes from the request.
/// <paramref name="Id"/> is a user's or key's, null for who shows an app's key alone. <paramref name="Role"/> is the
/// role in the tenant as a whole, null for guests of a workspace, keys and strangers. Unless
/// <paramref name="IsInside"/>, no rule but <c>public</c> is asked at all.
/// </summary>
internal sealed record RuleCaller(
    string? Id, CallerKind Kind, TenantRole? Role, bool IsInside, IReadOnlyList<string> Workspaces,
    IReadOnlyList<string> Roles, IReadOnlyList<string> Permissions) : ICelObject
{
    public CelObjectType Type => RuleTypes.Caller;

    /// <summary>Who the caller is before another collection; null where it is the same before all.</summary>
    public Func<string, RuleCaller>? Elsewhere { get; init; }

    /// <summary>Hears of each permission that a rule asks for.</summary>
    public Action<string>? WhenAsked { get; init; }

    /// <summary>The same caller before another collection, along a reference.</summary>
    public RuleCaller At(string collection) => Elsewhere is { } there ? there(collection) : this;

    public bool Can(string permission)
    {
        WhenAsked?.Invoke(permission);
        return Permissions.Contains(permission);
    }

    public CelValue Field(CelField field) => field.Name switch
    {
        "id" => CelValue.Of(Id),
        "kind" => CelValue.OfKnown(Wire.Name(Kind)),
        "tenant_role" => Role is { } role ? CelValue.OfKnown(Wire.Name(role)) : CelValue.Null,
        "workspaces" => Texts(Workspaces),
        "roles" => Texts(Roles),
        "permissions" => Texts(Permissions),
        _ => CelValue.Fail($"The caller has no {field.Name}."),
    };

    public bool HasRole(string least) => Role >= Wire.Parse<TenantRole>(least);

    private static CelValue Texts(IReadOnlyList<string> texts) => CelValue.Of([.. texts.Select(CelValue.OfKnown)]);
}
