using Castellan.Access.Granting;

namespace Castellan.Access.Policies;

/// <summary>
/// Which policies a question meets. A condition that cannot be answered forbids: what is written to keep somebody out
/// does not let in by a mistake. Where nobody's body was read, those that look at <c>input</c> say nothing yet.
/// </summary>
internal sealed class PolicyJudge(GrantConditions conditions)
{
    /// <summary>Those that are met, in the order of their ids. Without any it costs nothing.</summary>
    public PolicyFindings Find(TenantGrants grants, GrantQuestion question)
    {
        var found = default(PolicyFindings);
        ConditionFacts? facts = null;
        foreach (var policy in grants.About(question.Permission, question.AlsoDoes))
        {
            if (IsMet(grants, policy, question, ref facts)) found = found.With(policy.Policy);
        }
        return found;
    }

    /// <summary>The first that refuses it to everybody, under no condition.</summary>
    public static AccessPolicy? FindRefusingAll(TenantGrants grants, GrantQuestion question)
    {
        foreach (var policy in grants.About(question.Permission, question.AlsoDoes))
        {
            if (policy is { When: null, Policy: { Mode: PolicyMode.Enforce } refuses }
                && refuses.Covers(question.Resource))
            {
                return refuses;
            }
        }
        return null;
    }

    /// <summary>Whether one that refuses is met: what rules of apps ask.</summary>
    public bool Forbids(TenantGrants grants, GrantQuestion question)
    {
        ConditionFacts? facts = null;
        foreach (var policy in grants.About(question.Permission, question.AlsoDoes))
        {
            if (policy.Policy.Mode is PolicyMode.Enforce && IsMet(grants, policy, question, ref facts)) return true;
        }
        return false;
    }

    /// <summary>
    /// Whether one that refuses is met on some part of what is asked about. Operations that are granted are in no
    /// collection.
    /// </summary>
    public bool ForbidsWithin(TenantGrants grants, GrantQuestion question)
    {
        foreach (var policy in grants.About(question.Permission, question.AlsoDoes))
        {
            if (policy.Policy.Mode is not PolicyMode.Enforce
                || (question.Permission.App is null && policy.Policy.Collection is not null)
                || policy.Policy.PartOf(question.Resource) is not { } part)
            {
                continue;
            }
            ConditionFacts? facts = null;
            if (IsMet(grants, policy, question with { Resource = part }, ref facts)) return true;
        }
        return false;
    }

    private bool IsMet(TenantGrants grants, PolicyInForce policy, GrantQuestion question, ref ConditionFacts? facts)
    {
        if (!policy.Policy.Covers(question.Resource)) return false;
        if (policy.When is not { } condition) return true;
        facts ??= new ConditionFacts(question, grants.GroupsOf(question.Subject));
        var answer = conditions.Answer(condition, facts);
        return answer.IsTrue
            || (answer.IsError && (question.Input is not null || !conditions.LooksAtInput(condition)));
    }
}

/// <summary>What a question has met: the first policy that refuses, and all.</summary>
internal readonly record struct PolicyFindings(AccessPolicy? Refuses, IReadOnlyList<AccessPolicy>? Met)
{
    public IReadOnlyList<AccessPolicy> All => Met ?? [];

    public PolicyFindings With(AccessPolicy policy) => new(
        Refuses ?? (policy.Mode is PolicyMode.Enforce ? policy : null), [.. All, policy]);

    public const string Fix = "Do it as the policy wants, or ask an admin of the tenant to change the policy.";

    /// <summary>Why it is refused, for who called.</summary>
    public string Reason => Refuses!.Message is { } message
        ? $"The tenant's policy '{Refuses.Name}' forbids it: {message}"
        : $"The tenant's policy '{Refuses.Name}' forbids it.";
}
