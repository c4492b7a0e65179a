using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Agents.Runs;

/// <summary>Every statement about runs.</summary>
internal sealed class RunStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, environment_id, agent_id, model, prompt_digest, purpose, started_at, ended_at, outcome, reason, version");

    private static Run Read(Row row) => new(
        row.Id<RunKind>(), row.Text(), row.Id<AgentKind>(), row.TextOrNull(), row.TextOrNull(), row.Text(), row.Time(),
        row.TimeOrNull(), row.TextOrNull() is { } outcome ? Wire.Parse<RunOutcome>(outcome) : null, row.TextOrNull(),
        row.Int64());

    public ValueTask<Run?> Find(EnvironmentScope scope, RunId id, IReads? within = null) => (within ?? database).One(
        $"select {Columns} from agent_run where id = {id} and environment_id = {scope.Environment}", Read);

    public ValueTask<Run?> Lock(Change change, EnvironmentScope scope, RunId id) => change.One(
        $"""
        select {Columns} from agent_run where id = {id} and environment_id = {scope.Environment} {change.ForUpdate}
        """,
        Read);

    /// <summary>An agent's runs, newest first.</summary>
    public ValueTask<List<Run>> List(
        EnvironmentScope scope, AgentId agent, string? before, long limit, CancellationToken ct)
    {
        var older = before is null ? null : Sql.Of($"and id < {before}");
        return database.Many(
            $"""
            select {Columns} from agent_run where agent_id = {agent} and environment_id = {scope.Environment} {older}
            order by id desc limit {limit}
            """,
            Read, ct);
    }

    public ValueTask<int> Insert(Change change, EnvironmentScope scope, Run run) => change.Run($"""
        insert into agent_run (id, environment_id, agent_id, model, prompt_digest, purpose, started_at, version)
        values ({run.Id}, {scope.Environment}, {run.AgentId}, {run.Model}, {run.PromptDigest}, {run.Purpose},
            {run.StartedAt}, {run.Version})
        """);

    public ValueTask<int> End(Change change, EnvironmentScope scope, Run ended) => change.Run($"""
        update agent_run set ended_at = {ended.EndedAt}, outcome = {Wire.Name(ended.Outcome!.Value)},
            reason = {ended.Reason}, version = {ended.Version}
        where id = {ended.Id} and environment_id = {scope.Environment}
        """);

    /// <summary>As a condition of a Change: nothing about it has changed.</summary>
    public static Sql IsStill(EnvironmentScope scope, RunId id, long version) => $"""
        exists (select 1 from agent_run
            where id = {id} and environment_id = {scope.Environment} and version = {version})
        """;
}
