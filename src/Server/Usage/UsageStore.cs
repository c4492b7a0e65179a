using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Usage;

/// <summary>Reads usage events. Writing is the gate's, in the transaction of the change.</summary>
internal sealed class UsageStore(IDatabase database)
{
    private static readonly Raw Tenant = new("tenant_id");
    private static readonly Raw App = new("app_id");
    private static readonly Raw Subject = new("subject_id");

    /// <summary>
    /// Sums by subject and meter, in that order. Ids of usage events hold their time, so the primary key finds the
    /// range.
    /// </summary>
    public ValueTask<List<UsageCount>> Sum(
        EnvironmentScope scope, UsageBy by, DateTimeOffset since, DateTimeOffset until, string? after, long limit,
        CancellationToken ct)
    {
        var column = by switch
        {
            UsageBy.Tenant => Tenant,
            UsageBy.App => App,
            _ => Subject,
        };
        var own = scope.App is { } app ? Sql.Of($"and app_id = {app}") : null;
        return database.Many(
            $"""
            select owner, meter, sum(quantity), count(*) from (
                select coalesce({column}, '') as owner, meter, quantity from usage_event
                where environment_id = {scope.Environment} and id >= {UsageId.Earliest(since)}
                    and id < {UsageId.Earliest(until)} {own}
            ) used
            where owner || ' ' || meter > {after ?? ""}
            group by owner, meter order by owner || ' ' || meter limit {limit}
            """,
            row => new UsageCount(row.Text() is { Length: > 0 } id ? id : null, row.Text(), row.Int64(), row.Int64()),
            ct);
    }
}
