using Castellan.Identity.Pages;
using Castellan.Kernel;

namespace Castellan.Tenants.Invitations;

/// <summary>Accepting an invitation on Castellan's own page: for apps that have no page to link to.</summary>
internal sealed class InvitePages(Visits visits, HostedCalls calls, PageWriter pages, PageGuard guard)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(InvitationMail.Page, Show);
        routes.MapPost(InvitationMail.Page, Accept);
    }

    private async Task Show(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        if (visit.Query("token") is not { } token || !InvitationToken.IsWellFormed(token))
        {
            await pages.Message(
                context, visit.Environment, "This link is incomplete",
                "Open it again from the mail, or ask for a new invitation.", status: 400);
            return;
        }
        // Whoever has to sign in, sign up or confirm an address first comes back here.
        guard.RememberPlace(context, visit.Environment, context.Request.Path + context.Request.QueryString);
        await pages.Form<InvitePage>(visit, parameters: Parameters(visit, token));
    }

    private async Task Accept(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        var token = visit.Field("token") ?? "";
        if (visit.Visitor.User is null)
        {
            visit.Go($"/{visit.Environment}/sign-in");
            return;
        }
        var outcome = await calls.Invoke(
            context, visit.Visitor.Caller, "invitations.accept", new() { ["token"] = token });
        if (outcome.Problem is { } problem)
        {
            await pages.Form<InvitePage>(visit, InWords(problem), parameters: Parameters(visit, token));
            return;
        }
        guard.ForgetPlace(context, visit.Environment);
        await pages.Message(
            context, visit.Environment, "You are a member now",
            "Go back to the app that you were invited to: the organisation is there.",
            $"/{visit.Environment}/account", "Your account");
    }

    private static Problem InWords(Problem problem) => problem with
    {
        Detail = problem.Type.Code switch
        {
            "address_unverified" =>
                "Confirm your address first: the link is in the mail that you got when you signed up. Then come back.",
            "invitation_for_another" => "This invitation is for another address. Sign in with that one.",
            "invitation_closed" =>
                "This invitation was used before or withdrawn, has expired, or is by somebody who may not invite now.",
            "not_found" => "This invitation does not exist or has ended.",
            "already_member" => "You are a member of this organisation already.",
            _ => problem.Detail,
        },
    };

    private static Dictionary<string, object?> Parameters(Visit visit, string token) => new()
    {
        [nameof(InvitePage.Email)] = visit.Visitor.User?.Email,
        [nameof(InvitePage.Token)] = token,
    };
}
