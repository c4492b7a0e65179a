using Castellan.Access.Granting;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Policies;

/// <summary>That somebody met a policy.</summary>
internal readonly record struct PolicyHit(
    TenantId Tenant, PolicyId Policy, PolicyMode Mode, string Permission, string Subject)
    : ICounted
{
    public string Order => $"{Tenant} {Policy} {Mode} {Permission} {Subject}";
}

/// <summary>How often policies were met.</summary>
internal sealed class PolicyLog : Counts<PolicyHit>
{
    public void Note(GrantQuestion question, PolicyFindings found)
    {
        foreach (var policy in found.All)
        {
            Note(new PolicyHit(
                question.Tenant, policy.Id, policy.Mode, question.Permission.Name,
                question.Subject.Agent?.Value ?? question.Subject.Id));
        }
    }
}

/// <summary>Every statement about how often policies were met.</summary>
internal sealed class PolicyHitStore(IDatabase database, Upkeep upkeep)
{
    /// <summary>Of whoever has left meanwhile, and of a tenant that is gone, nothing is kept.</summary>
    public ValueTask Add(IReadOnlyList<(PolicyHit Hit, int Times)> counted, DateTimeOffset now)
    {
        var day = DailyCounts.Day(now);
        return DailyCounts.Add(upkeep, counted, (hit, times) => Added(hit, times, day));
    }

    /// <summary>Of one policy, in the order of days.</summary>
    public ValueTask<List<PolicyHits>> List(
        TenantScope scope, PolicyId policy, string? after, long limit, CancellationToken ct)
    {
        var (day, mode, permission, subject) = after?.Split(' ') is [var a, var b, var c, var d]
            ? (a, b, c, d)
            : ("", "", "", "");
        return database.Many(
            $"""
            select policy_id, day, mode, permission, subject_id, times from access_policy_hit
            where tenant_id = {scope.Tenant} and policy_id = {policy}
                and (day, mode, permission, subject_id) > ({day}, {mode}, {permission}, {subject})
            order by day, mode, permission, subject_id limit {limit}
            """,
            row => new PolicyHits(
                row.Id<PolicyKind>(), row.Text(), Wire.Parse<PolicyMode>(row.Text()), row.Text(), row.Text(),
                row.Int64()),
            ct);
    }

    /// <summary>Where a page ends.</summary>
    public static string Place(PolicyHits hits) =>
        $"{hits.Day} {Wire.Name(hits.Mode)} {hits.Permission} {hits.SubjectId}";

    public ValueTask<int> Prune(DateTimeOffset before) =>
        upkeep.Prune($"delete from access_policy_hit where day < {DailyCounts.Day(before)}");

    public ValueTask DeleteOf(Change change, TenantScope scope, UserId user) => change.Queue(
        $"delete from access_policy_hit where tenant_id = {scope.Tenant} and subject_id = {user}");

    private static Sql Added(PolicyHit hit, long times, string day)
    {
        var isMember = UserId.TryParse(hit.Subject, out var user)
            ? Sql.Of($"and {DailyCounts.IsMember(hit.Tenant, user)}")
            : null;
        return $"""
            insert into access_policy_hit (tenant_id, policy_id, day, mode, permission, subject_id, times)
            select {hit.Tenant}, {hit.Policy}, {day}, {Wire.Name(hit.Mode)}, {hit.Permission}, {hit.Subject}, {times}
            where exists (select 1 from access_policy p where p.id = {hit.Policy} and p.tenant_id = {hit.Tenant})
                {isMember}
            on conflict (tenant_id, policy_id, day, mode, permission, subject_id)
            do update set times = access_policy_hit.times + excluded.times
            """;
    }
}
