using System.Text.Json.Serialization;
using Castellan.Kernel;
using Castellan.Tenants.Installations;
using Castellan.Tenants.Invitations;
using Castellan.Tenants.Members;
using Castellan.Tenants.Workspaces;

namespace Castellan.Tenants;

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(ListOf<Tenant>))]
[JsonSerializable(typeof(AppInstallation))]
[JsonSerializable(typeof(ListOf<AppInstallation>))]
[JsonSerializable(typeof(Workspace))]
[JsonSerializable(typeof(ListOf<Workspace>))]
[JsonSerializable(typeof(Membership))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(ListOf<Member>))]
[JsonSerializable(typeof(InvitationFact))]
[JsonSerializable(typeof(Invitation))]
[JsonSerializable(typeof(ListOf<Invitation>))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class TenantsJson : JsonSerializerContext
{
    public static TenantsJson Wire { get; } = new(Kernel.Wire.Options);
}
