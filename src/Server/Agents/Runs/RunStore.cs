using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Agents.Runs;

/// <summary>Every statement about runs.</summary>
internal sealed class RunStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, environment_id, agent_id, model, prompt_digest, purpose, started_at, expires_at, ended_at, outcome, "
        + "reason, version");

    private static Run Read(Row row) => new(
        row.Id<RunKind>(), row.Text(), row.Id<AgentKind>(), row.TextOrNull(), row.TextOrNull(), row.Text(), row.Time(),
        row.Time(), row.TimeOrNull(), row.TextOrNull() is { } outcome ? Wire.Parse<RunOutcome>(outcome) : null,
        row.TextOrNull(), row.Int64());

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

    /// <summary>How many of an agent's runs are open; at most <paramref name="max"/> are counted.</summary>
    public async ValueTask<long> CountOpen(Change change, EnvironmentScope scope, AgentId agent, int max) =>
        (await change.Many(
            $"""
            select count(*) from (select 1 from agent_run
                where agent_id = {agent} and environment_id = {scope.Environment} and ended_at is null
                    and expires_at > {change.Now} limit {max}) open
            """,
            row => row.Int64()))[0];

    public ValueTask<int> Insert(Change change, EnvironmentScope scope, Run run) => change.Run($"""
        insert into agent_run (id, environment_id, agent_id, model, prompt_digest, purpose, started_at, expires_at,
            version)
        values ({run.Id}, {scope.Environment}, {run.AgentId}, {run.Model}, {run.PromptDigest}, {run.Purpose},
            {run.StartedAt}, {run.ExpiresAt}, {run.Version})
        """);

    public ValueTask<int> Extend(Change change, EnvironmentScope scope, Run extended) => change.Run($"""
        update agent_run set expires_at = {extended.ExpiresAt}, version = {extended.Version}
        where id = {extended.Id} and environment_id = {scope.Environment}
        """);

    public ValueTask<int> End(Change change, EnvironmentScope scope, Run ended) => change.Run($"""
        update agent_run set ended_at = {ended.EndedAt}, outcome = {Wire.Name(ended.Outcome!.Value)},
            reason = {ended.Reason}, version = {ended.Version}
        where id = {ended.Id} and environment_id = {scope.Environment}
        """);

    /// <summary>Removes runs that were over before, of which nothing is left that was lent.</summary>
    public static Sql Prune(DateTimeOffset before, int piece) => $"""
        delete from agent_run where id in (
            select r.id from agent_run r
            where r.expires_at < {before} and not exists (select 1 from delegation d where d.run_id = r.id)
            order by r.expires_at limit {piece})
        """;

    /// <summary>As a condition of a Change: nothing about it has changed.</summary>
    public static Sql IsStill(EnvironmentScope scope, RunId id, long version) => $"""
        exists (select 1 from agent_run
            where id = {id} and environment_id = {scope.Environment} and version = {version})
        """;
}
