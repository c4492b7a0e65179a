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
    JsonElement? Input = null)
{
    /// <summary>Operations that count as asked for too, where somebody forbids them.</summary>
    public IReadOnlyList<string> AlsoDoes { get; init; } = [];
}

/// <summary>What a grant says to a question.</summary>
internal enum GrantVerdict
{
    Allows,
    GivesOther,
    OtherResource,
    Expired,
    ConditionFails,
}

/// <summary>
/// A grant of the permission that does not allow it, and why. <paramref name="Error"/> is that of a condition that
/// cannot be answered, null where it is false.
/// </summary>
internal readonly record struct Failing(AccessGrant Grant, GrantVerdict Verdict, string? Error);

/// <summary>The rule by which grants allow: one place for the gate, for rules of apps and for questions.</summary>
internal sealed class GrantJudge(GrantConditions conditions)
{
    /// <summary>
    /// The grant with the shortest way to whom it is about, the older of equals; null where none allows. Without grants
    /// it costs nothing. Those that were asked and do not allow are added to <paramref name="failing"/>.
    /// </summary>
    public Reaching? Find(TenantGrants grants, GrantQuestion question, List<Failing>? failing = null)
    {
        Reaching? best = null;
        ConditionFacts? facts = null;
        foreach (var reaching in grants.Giving(question.Subject, question.Permission))
        {
            if (best is { } found && !IsShorter(reaching, found)) continue;
            var verdict = JudgeGiving(grants, reaching.Grant, question, ref facts, out var error);
            if (verdict is GrantVerdict.Allows) best = reaching;
            else failing?.Add(new Failing(reaching.Grant, verdict, error));
        }
        return best;
    }

    /// <summary>Whether one may allow it once the body is read.</summary>
    public bool MayFind(TenantGrants grants, GrantQuestion question)
    {
        ConditionFacts? facts = null;
        foreach (var reaching in grants.Giving(question.Subject, question.Permission))
        {
            if (reaching.Grant.When is { } condition && conditions.LooksAtInput(condition)
                && JudgeGiving(grants, reaching.Grant, question, ref facts, out _) is GrantVerdict.ConditionFails)
            {
                return true;
            }
        }
        return false;
    }

    public GrantVerdict Judge(TenantGrants grants, AccessGrant grant, GrantQuestion question)
    {
        ConditionFacts? facts = null;
        return grants.Gives(grant, question.Permission)
            ? JudgeGiving(grants, grant, question, ref facts, out _)
            : GrantVerdict.GivesOther;
    }

    /// <summary>
    /// Of a grant that gives the permission somewhere. <paramref name="error"/> is that of a condition that cannot be
    /// answered, null where it is false; <paramref name="facts"/> are made by the first condition of a question.
    /// </summary>
    private GrantVerdict JudgeGiving(
        TenantGrants grants, AccessGrant grant, GrantQuestion question, ref ConditionFacts? facts, out string? error)
    {
        error = null;
        if (!grant.Resource.Covers(question.Resource)) return GrantVerdict.OtherResource;
        if (grant.HasExpired(question.Now)) return GrantVerdict.Expired;
        if (grant.When is not { } condition) return GrantVerdict.Allows;
        var answer = conditions.Answer(condition, facts ??= Facts(grants, question));
        if (answer.IsTrue) return GrantVerdict.Allows;
        if (answer.IsError) error = answer.AsError.Message;
        return GrantVerdict.ConditionFails;
    }

    private static ConditionFacts Facts(TenantGrants grants, GrantQuestion question) =>
        new(question, grants.GroupsOf(question.Subject));

    private static bool IsShorter(Reaching one, Reaching other) => one.Steps != other.Steps
        ? one.Steps < other.Steps
        : one.Grant.Id.CompareTo(other.Grant.Id) < 0;
}
