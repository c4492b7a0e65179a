using Castellan.Apps;
using Castellan.Identity.Pages;
using Castellan.Kernel;

namespace Castellan.Agents.Pages;

/// <summary>
/// What a user has lent to agents, on Castellan's own page, where no app stands between: seen, taken back.
/// </summary>
internal sealed class LentPages(
    Visits visits, HostedCalls calls, PageWriter pages, AgentDirectory agents, AppDirectory apps)
{
    private const string Page = "/{environment}/account/agents";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Page, context => With(context, visit => Show(visit)));
        routes.MapPost(Page, context => With(context, TakeBack));
    }

    private async Task With(HttpContext context, Func<Visit, Task> page)
    {
        if (await visits.Begin(context) is not { } visit) return;
        if (visit.Visitor.User is null) visit.Go($"/{visit.Environment}/sign-in");
        else await page(visit);
    }

    private async Task TakeBack(Visit visit)
    {
        var outcome = await calls.Invoke(
            visit.Http, visit.Visitor.Caller, "delegations.revoke", fields: null, "delegation",
            visit.Field("delegation"));
        var problem = outcome.Problem?.Type == GateProblems.NotFound
            ? outcome.Problem with { Detail = "This has ended already." }
            : outcome.Problem;
        await Show(visit, problem, "Taken back. The agent can do nothing more with it, nor whoever has it from there.");
    }

    private async Task Show(Visit visit, Problem? problem = null, string? done = null)
    {
        var listed = await calls.Invoke(visit.Http, visit.Visitor.Caller, "delegations.list");
        if (listed.Problem is { } failed)
        {
            await pages.Message(
                visit.Http, visit.Environment, "This did not work", PageWords.Of(failed, visit.Environment)[0].Text,
                status: failed.Type.Status);
            return;
        }
        var shown = new List<LentView>();
        foreach (var lent in listed.Value(AgentsJson.Wire.ListOfDelegation).Items)
        {
            var agent = await agents.Find(visit.Visitor.Scope, lent.AgentId);
            var app = await apps.Find(lent.AppId);
            shown.Add(new LentView(
                lent.Id.Value, agent?.Name ?? lent.AgentId.Value, agent?.Purpose, app?.Name ?? lent.AppId.Value,
                lent.Operations, lent.ExpiresAt)
            {
                IsHandedOn = lent.HandedOnBy.Count > 0,
            });
        }
        await pages.Form<LentPage>(visit, problem, part: null, problem is null ? done : null, new()
        {
            [nameof(LentPage.Lent)] = shown,
        });
    }
}

/// <summary>One thing that was lent, in words for the person who did.</summary>
public sealed record LentView(
    string Id, string Agent, string? Purpose, string App, IReadOnlyList<string> Operations, DateTimeOffset ExpiresAt)
{
    /// <summary>Another agent gave it on to this one.</summary>
    public bool IsHandedOn { get; init; }
}
