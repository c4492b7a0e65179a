using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Installation.Environments;

/// <summary>Every statement about environments, after the first start has made them.</summary>
internal sealed class EnvironmentStore(IDatabase database)
{
    private static readonly Raw Own = new("id, created_at");

    private static DataEnvironment Read(Row row) => new(row.Text(), row.Time(), Stop.Read(row), row.Int64());

    public ValueTask<DataEnvironment?> Find(
        InstallationScope scope, string name, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One(
            $"select {Own}, {Stop.Columns}, version from environment where id = {name}", Read, ct);

    /// <summary>As a condition of a Change.</summary>
    public static Sql IsStill(InstallationScope scope, string name, StopKind? how) => $"""
        exists (select 1 from environment
            where id = {name} and coalesce(stop, '') = {(how is { } kind ? Wire.Name(kind) : "")})
        """;

    public ValueTask<List<DataEnvironment>> List(InstallationScope scope, CancellationToken ct) =>
        database.Many($"select {Own}, {Stop.Columns}, version from environment order by id", Read, ct);

    public async ValueTask<DataEnvironment> Lock(Change change, InstallationScope scope, string name) =>
        await change.One(
            $"select {Own}, {Stop.Columns}, version from environment where id = {name} {change.ForUpdate}", Read)
        ?? throw new Refusal(GateProblems.NotFound);

    public ValueTask Update(Change change, InstallationScope scope, DataEnvironment environment) => change.Queue($"""
        update environment set {Stop.Set(environment.Stop)}, version = {environment.Version}
        where id = {environment.Id}
        """);
}
