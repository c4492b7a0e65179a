using System.Text.Json;
using Castellan.Agents.Signatures;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Agents;

/// <summary>Every statement about agents.</summary>
internal sealed class AgentStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, environment_id, name, owner, builder, model, purpose, operations, signatures, signing_keys, "
        + "prefix, state, state_reason, created_at, updated_at, expires_at, version");

    private static Agent Read(Row row) => new(
        row.Id<AgentKind>(), row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.TextOrNull(), row.Text(),
        Names.Read(row.Text()), Wire.Parse<SignatureRule>(row.Text()), SigningKey.Read(row.Text()), row.Text(),
        Wire.Parse<AgentState>(row.Text()), row.TextOrNull(), row.Time(), row.Time(), row.TimeOrNull(), row.Int64());

    /// <summary>The agent with this token, whatever its state.</summary>
    public ValueTask<Agent?> FindByHash(InstallationScope scope, byte[] hash) =>
        database.One($"select {Columns} from agent where hash = {hash}", Read);

    public ValueTask<Agent?> Find(EnvironmentScope scope, AgentId id, IReads? within = null) =>
        (within ?? database).One(
            $"select {Columns} from agent where id = {id} and environment_id = {scope.Environment}", Read);

    public ValueTask<List<Agent>> List(
        EnvironmentScope scope, AgentState? state, string? after, long limit, CancellationToken ct)
    {
        var inState = state is { } wanted ? Sql.Of($"and state = {Wire.Name(wanted)}") : null;
        return database.Many(
            $"""
            select {Columns} from agent where environment_id = {scope.Environment} and id > {after ?? ""} {inState}
            order by id limit {limit}
            """,
            Read, ct);
    }

    public async ValueTask<Agent> Lock(Change change, EnvironmentScope scope, AgentId id) =>
        await change.One(
            $"""
            select {Columns} from agent where id = {id} and environment_id = {scope.Environment} {change.ForUpdate}
            """,
            Read)
        ?? throw new Refusal(GateProblems.NotFound);

    public ValueTask<int> Insert(Change change, EnvironmentScope scope, Agent agent, string token) => change.Run($"""
        insert into agent (id, environment_id, name, owner, builder, model, purpose, operations, signatures,
            signing_keys, prefix, hash, state, created_at, updated_at, expires_at, version)
        values ({agent.Id}, {scope.Environment}, {agent.Name}, {agent.Owner}, {agent.Builder}, {agent.Model},
            {agent.Purpose}, {Names.Write(agent.Operations)}, {Wire.Name(agent.Signatures)},
            {SigningKey.Write(agent.SigningKeys)}, {agent.Prefix}, {OpaqueToken.Hash(token)}, {Wire.Name(agent.State)},
            {agent.CreatedAt}, {agent.UpdatedAt}, {agent.ExpiresAt}, {agent.Version})
        """);

    public ValueTask<int> Update(Change change, EnvironmentScope scope, Agent agent) => change.Run($"""
        update agent set name = {agent.Name}, owner = {agent.Owner}, builder = {agent.Builder}, model = {agent.Model},
            purpose = {agent.Purpose}, operations = {Names.Write(agent.Operations)},
            signatures = {Wire.Name(agent.Signatures)}, signing_keys = {SigningKey.Write(agent.SigningKeys)},
            state = {Wire.Name(agent.State)},
            state_reason = {agent.StateReason}, updated_at = {agent.UpdatedAt}, expires_at = {agent.ExpiresAt},
            version = {agent.Version}
        where id = {agent.Id} and environment_id = {scope.Environment}
        """);

    public ValueTask<int> SetToken(Change change, EnvironmentScope scope, Agent agent, string token) => change.Run($"""
        update agent set hash = {OpaqueToken.Hash(token)}, prefix = {agent.Prefix}, updated_at = {agent.UpdatedAt},
            version = {agent.Version}
        where id = {agent.Id} and environment_id = {scope.Environment}
        """);

    /// <summary>Ends every token of an environment; operators give new ones.</summary>
    public ValueTask<int> EndTokens(Change change, string environment) => change.Run($"""
        update agent set hash = null, updated_at = {change.Now}, version = version + 1
        where environment_id = {environment} and hash is not null
        """);

    public async ValueTask<bool> HasToken(EnvironmentScope scope, AgentId id, byte[] hash, IReads within) =>
        await within.One(
            $"select id from agent where id = {id} and environment_id = {scope.Environment} and hash = {hash}",
            row => row.Text()) is not null;

    /// <summary>As a condition of a Change: nothing about the agent has changed.</summary>
    public static Sql IsStill(EnvironmentScope scope, AgentId id, long version) => $"""
        exists (select 1 from agent
            where id = {id} and environment_id = {scope.Environment} and version = {version})
        """;
}

/// <summary>Names of operations as a column of JSON.</summary>
internal static class Names
{
    public static IReadOnlyList<string> Read(string json) =>
        JsonSerializer.Deserialize(json, AgentsJson.Wire.IReadOnlyListString)!;

    public static Json Write(IReadOnlyList<string> names) =>
        new(JsonSerializer.Serialize(names, AgentsJson.Wire.IReadOnlyListString));
}
