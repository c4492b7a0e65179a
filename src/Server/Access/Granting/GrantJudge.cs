using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Granting;

/// <summary>
/// Whether a user may, by a grant. <paramref name="Role"/> is the one in the tenant, for conditions; <paramref
/// name="Operation"/> and <paramref name="Address"/> are the call's, null where somebody only asks; <paramref
/// name="Asked"/> is what he or she tells about the question, null in a call, where nobody's word counts.
/// </summary>
internal sealed record GrantQuestion(
    TenantId Tenant, UserId User, TenantRole? Role, Permission Permission, ResourcePattern Resource, DateTimeOffset Now,
    string? Operation = null, string? Address = null, AskedAttributes? Asked = null);

/// <summary>What a grant says to a question.</summary>
internal enum GrantVerdict
{
    Allows,
    GivesOther,
    OtherResource,
    Expired,
    ConditionFails,
}

/// <summary>The rule by which grants allow: one place for the gate, for rules of apps and for questions.</summary>
internal sealed class GrantJudge(GrantConditions conditions)
{
    /// <summary>
    /// The grant with the shortest way to the user, the older of equals; null where none allows. Without grants it
    /// costs nothing.
    /// </summary>
    public Reaching? Find(TenantGrants grants, GrantQuestion question)
    {
        Reaching? best = null;
        foreach (var reaching in grants.Reaching(question.User))
        {
            if (best is { } found && !IsShorter(reaching, found)) continue;
            if (Judge(grants, reaching.Grant, question) is GrantVerdict.Allows) best = reaching;
        }
        return best;
    }

    public GrantVerdict Judge(TenantGrants grants, AccessGrant grant, GrantQuestion question)
    {
        if (!grants.Gives(grant, question.Permission)) return GrantVerdict.GivesOther;
        if (!grant.Resource.Covers(question.Resource)) return GrantVerdict.OtherResource;
        if (grant.HasExpired(question.Now)) return GrantVerdict.Expired;
        return grant.Condition is null || conditions.Holds(grant.Condition, question, grants.GroupsOf(question.User))
            ? GrantVerdict.Allows
            : GrantVerdict.ConditionFails;
    }

    /// <summary>Why the condition of a grant fails, for people.</summary>
    public string WhyNot(TenantGrants grants, AccessGrant grant, GrantQuestion question)
    {
        var error = conditions.Error(grant.Condition!, question, grants.GroupsOf(question.User));
        return error is null
            ? $"Its condition is not true: {grant.Condition}"
            : $"Its condition cannot be answered: {error}";
    }

    private static bool IsShorter(Reaching one, Reaching other) => one.Steps != other.Steps
        ? one.Steps < other.Steps
        : one.Grant.Id.CompareTo(other.Grant.Id) < 0;
}
