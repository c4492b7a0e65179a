using System.Text.Json.Serialization;
using Castellan.Access.AuthZen;
using Castellan.Access.Granting;
using Castellan.Access.Groups;
using Castellan.Access.Names;
using Castellan.Access.Policies;
using Castellan.Access.Questions;
using Castellan.Access.Roles;
using Castellan.Access.Simulation;
using Castellan.Kernel;

namespace Castellan.Access;

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(AccessRole))]
[JsonSerializable(typeof(ListOf<AccessRole>))]
[JsonSerializable(typeof(AccessGroup))]
[JsonSerializable(typeof(ListOf<AccessGroup>))]
[JsonSerializable(typeof(GroupMember))]
[JsonSerializable(typeof(ListOf<GroupMember>))]
[JsonSerializable(typeof(AccessGrant))]
[JsonSerializable(typeof(ListOf<AccessGrant>))]
[JsonSerializable(typeof(AccessPolicy))]
[JsonSerializable(typeof(ListOf<AccessPolicy>))]
[JsonSerializable(typeof(ListOf<PolicyHits>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
[JsonSerializable(typeof(AccessExplanation))]
[JsonSerializable(typeof(AccessSimulation))]
[JsonSerializable(typeof(AccessEvaluation))]
[JsonSerializable(typeof(ListOf<MatrixRow>))]
[JsonSerializable(typeof(AccessAbilities))]
[JsonSerializable(typeof(AccessHolders))]
[JsonSerializable(typeof(AccessName))]
[JsonSerializable(typeof(ListOf<AccessName>))]
[JsonSerializable(typeof(NamedThing))]
[JsonSerializable(typeof(AuthZenDecision))]
[JsonSerializable(typeof(AuthZenDecisions))]
[JsonSerializable(typeof(AuthZenEntities))]
[JsonSerializable(typeof(AuthZenActions))]
[JsonSerializable(typeof(AuthZenConfiguration))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class AccessJson : JsonSerializerContext
{
    public static AccessJson Wire { get; } = new(Kernel.Wire.Options);
}
