using System.Diagnostics;
using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Access.Questions;
using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Access.Simulation;

/// <summary>
/// Decides questions twice, by what the tenant gives away and by what it would: by the rule that guards every
/// operation. Only members whom the proposal reaches can be decided about otherwise, so others are not looked at.
/// </summary>
internal sealed class AccessSimulator(
    DecisionStore store, AccessExplainer explainer, MemberDirectory members, IAppPermissions apps,
    GrantConditions conditions)
{
    private AccessExplainer Explainer { get; } = explainer;

    private MemberDirectory Members { get; } = members;

    private IAppPermissions Apps { get; } = apps;

    /// <summary>Decisions that were counted and are tried; those made most often come first.</summary>
    private const int RecordedMax = 2_000;

    /// <summary>Questions that the proposal itself raises.</summary>
    private const int PossibleMax = 1_000;

    private const int FlipsMax = 200;

    /// <summary>Conditions are evaluated in each question, so it is time that bounds them.</summary>
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(1);

    public async ValueTask<AccessSimulation> Simulate<TIn>(
        Call<TIn> call, Proposal proposal, AppId? only, int days)
    {
        var scope = call.Tenant;
        var trial = new Trial(this, scope, proposal, call.Now);
        var recorded = await store.List(
            scope, only, call.Now - TimeSpan.FromDays(days), RecordedMax + 1, call.Aborted);
        var reached = proposal.Reached();
        foreach (var (user, permission, resource, times) in recorded.Take(RecordedMax))
        {
            if (reached(user)) await trial.Try(user, permission, resource, times);
        }
        var possible = proposal.Questions(only, call.Caller.App).Take(PossibleMax + 1).ToList();
        foreach (var (user, permission, resource) in possible.Take(PossibleMax))
            await trial.Try(user, permission, resource, times: 0);
        var complete = recorded.Count <= RecordedMax && possible.Count <= PossibleMax && trial.Flips.Count <= FlipsMax
            && !trial.HasLeftOut && !proposal.ShowsInCallsOnly(conditions);
        return new AccessSimulation(
            proposal.Before.Revision, trial.Recorded, trial.Possible, complete, [.. trial.Flips.Take(FlipsMax)]);
    }

    /// <summary>One simulation under way: each question is tried once.</summary>
    private sealed class Trial(AccessSimulator simulator, TenantScope scope, Proposal proposal, DateTimeOffset now)
    {
        private readonly HashSet<(UserId, Permission, ResourcePattern)> tried = [];
        private readonly Dictionary<(UserId, AppId), IReadOnlyList<HeldAppRole>> held = [];

        private readonly long began = Stopwatch.GetTimestamp();

        public List<SimulatedFlip> Flips { get; } = [];

        /// <summary>True where there was no time for all.</summary>
        public bool HasLeftOut { get; private set; }

        public SimulatedCount Recorded { get; private set; } = new(0, 0, 0, 0);

        public SimulatedCount Possible { get; private set; } = new(0, 0, 0, 0);

        public async ValueTask Try(UserId user, Permission permission, ResourcePattern resource, long times)
        {
            HasLeftOut |= Stopwatch.GetElapsedTime(began) > TimeMax;
            if (HasLeftOut || !tried.Add((user, permission, resource))) return;
            var facts = await simulator.Members.Find(scope, user);
            // Whoever has left is decided about no more.
            if (facts.Members.Count == 0) return;
            var question = new GrantQuestion(
                scope.Tenant, user, AccessExplainer.RoleAt(facts, resource.Workspace), permission, resource, now);
            var roles = await Held(user, permission);
            var basis = AccessExplainer.NoBasis(question);
            var before = simulator.Explainer.Explain(proposal.Before, question, roles, basis);
            var after = simulator.Explainer.Explain(proposal.After, question, roles, basis);
            Count(times, before.Allowed, after.Allowed);
            if (before.Allowed == after.Allowed) return;
            var by = after.Allowed ? after.By : before.By;
            Flips.Add(new SimulatedFlip(
                user, permission.Name, resource.App, resource.Workspace, resource.Collection, resource.Record,
                after.Allowed, times, proposal.IsProposed(by) ? null : by));
        }

        private void Count(long times, bool before, bool after)
        {
            var count = times > 0 ? Recorded : Possible;
            count = count with { Looked = count.Looked + 1 };
            if (before != after)
            {
                count = after
                    ? count with { WouldAllow = count.WouldAllow + 1, Times = count.Times + times }
                    : count with { WouldDeny = count.WouldDeny + 1, Times = count.Times + times };
            }
            if (times > 0) Recorded = count;
            else Possible = count;
        }

        private async ValueTask<IReadOnlyList<HeldAppRole>> Held(UserId user, Permission permission)
        {
            if (permission.App is not { } app) return [];
            return held.TryGetValue((user, app), out var known)
                ? known
                : held[(user, app)] = await simulator.Apps.Held(scope, app, user);
        }
    }
}
