using System.Text.Json.Serialization;
using Castellan.Agents.Delegations;
using Castellan.Agents.Runs;
using Castellan.Agents.Signatures;
using Castellan.Kernel;

namespace Castellan.Agents;

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(Agent))]
[JsonSerializable(typeof(RegisteredAgent))]
[JsonSerializable(typeof(ListOf<Agent>))]
[JsonSerializable(typeof(Delegation))]
[JsonSerializable(typeof(ListOf<Delegation>))]
[JsonSerializable(typeof(ExchangedToken))]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(ListOf<Run>))]
[JsonSerializable(typeof(IReadOnlyList<SigningKey>))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class AgentsJson : JsonSerializerContext
{
    public static AgentsJson Wire { get; } = new(Kernel.Wire.Options);
}
