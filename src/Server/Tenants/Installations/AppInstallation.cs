using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Tenants.Installations;

/// <summary>An app that may see a tenant. <paramref name="AppName"/> is absent in events: names change.</summary>
internal sealed record AppInstallation(
    TenantId TenantId, AppId AppId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AppName,
    DateTimeOffset CreatedAt)
{
    [JsonIgnore]
    public Target Target => new("installation", $"{TenantId}/{AppId}");

    public Snapshot Snapshot() =>
        Kernel.Snapshot.Of(this with { AppName = null }, TenantsJson.Wire.AppInstallation);
}

internal sealed record NameInstallation(AppId App)
{
    public static NameInstallation Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new NameInstallation(input.Path<AppKind>("app"));
    }
}
