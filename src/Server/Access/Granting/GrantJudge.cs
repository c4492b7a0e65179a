using System.Text.Json;
using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Granting;

/// <summary>
/// Whether somebody may, by a grant. <paramref name="Role"/> is the one in the tenant, for conditions; <paramref
/// name="Operation"/> and <paramref name="Address"/> are the call's, null where somebody only asks; <paramref
/// name="Asked"/> is what he or she tells about the question, null in a call, where nobody's word counts; <paramref
/// name="Input"/> is the call's body, null until it is read, and where somebody only asks.
/// </summary>
internal sealed record GrantQuestion(
    TenantId Tenant, GrantSubject Subject, TenantRole? Role, Permission Permission, ResourcePattern Resource,
    DateTimeOffset Now, string? Operation = null, string? Address = null, AskedAttributes? Asked = null,
    JsonElement? Input = null);

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
        foreach (var reaching in grants.Reaching(question.Subject))
        {
            if (best is { } found && !IsShorter(reaching, found)) continue;
            if (Judge(grants, reaching.Grant, question) is GrantVerdict.Allows) best = reaching;
        }
        return best;
    }

    /// <summary>Whether one may allow it once the body is read.</summary>
    public bool MayFind(TenantGrants grants, GrantQuestion question)
    {
        foreach (var reaching in grants.Reaching(question.Subject))
        {
            if (reaching.Grant.Condition is { } condition && GrantConditions.LooksAtInput(condition)
                && Judge(grants, reaching.Grant, question) is GrantVerdict.ConditionFails)
            {
                return true;
            }
        }
        return false;
    }

    public GrantVerdict Judge(TenantGrants grants, AccessGrant grant, GrantQuestion question)
    {
        if (!grants.Gives(grant, question.Permission)) return GrantVerdict.GivesOther;
        if (!grant.Resource.Covers(question.Resource)) return GrantVerdict.OtherResource;
        if (grant.HasExpired(question.Now)) return GrantVerdict.Expired;
        return grant.Condition is null || conditions.Holds(grant.Condition, question, grants.GroupsOf(question.Subject))
            ? GrantVerdict.Allows
            : GrantVerdict.ConditionFails;
    }

    /// <summary>Why the condition of a grant fails, for people.</summary>
    public string WhyNot(TenantGrants grants, AccessGrant grant, GrantQuestion question)
    {
        var error = conditions.Error(grant.Condition!, question, grants.GroupsOf(question.Subject));
        return error is null
            ? $"Its condition is not true: {grant.Condition}"
            : $"Its condition cannot be answered: {error}";
    }

    private static bool IsShorter(Reaching one, Reaching other) => one.Steps != other.Steps
        ? one.Steps < other.Steps
        : one.Grant.Id.CompareTo(other.Grant.Id) < 0;
}
