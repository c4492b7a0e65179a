using Microsoft.AspNetCore.WebUtilities;
using OpenIddict.Abstractions;

namespace Castellan.Identity.Pages;

/// <summary>The first sign-in to each app names the app and asks.</summary>
internal sealed class ConsentPages(Visits visits, HostedCalls calls, PageWriter pages, AccessTokens tokens)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{environment}/consent", Show);
        routes.MapPost("/{environment}/consent", Decide);
    }

    private async Task Show(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        if (visit is not { Request: not null, Visitor.User: { } user }) visit.Go($"/{visit.Environment}/account");
        else await pages.Form<ConsentPage>(visit, parameters: new() { [nameof(ConsentPage.Email)] = user.Email });
    }

    private async Task Decide(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        if (visit is not { Request: { } request, Visitor.User: not null })
        {
            visit.Go($"/{visit.Environment}/account");
            return;
        }
        if (visit.Field("decision") != "agree")
        {
            visit.Go(Refusal(visit.Environment, request));
            return;
        }
        // The app stands beside the user, so that its own standing is judged too.
        var outcome = await calls.Invoke(
            context, visit.Visitor.Caller with { App = request.Client.App }, "consents.grant",
            new() { ["app_id"] = request.Client.App.Value });
        if (outcome.Problem is { } problem)
        {
            await pages.Message(
                context, visit.Environment, "This did not work", problem.Type.Code == "not_found"
                    ? "This app does not exist here any more."
                    : PageWords.Of(problem, visit.Environment)[0].Text,
                status: problem.Type.Status);
        }
        else
        {
            visit.Go(request.Address);
        }
    }

    /// <summary>RFC 6749 section 4.1.2.1, with the issuer (RFC 9207).</summary>
    private string Refusal(string environment, SignInRequest request)
    {
        var answer = new Dictionary<string, string?>
        {
            [OpenIddictConstants.Parameters.Error] = OpenIddictConstants.Errors.AccessDenied,
            [OpenIddictConstants.Parameters.ErrorDescription] = "The user did not agree.",
            [OpenIddictConstants.Parameters.Iss] = tokens.Issuer(environment),
        };
        if (request.State is { Length: > 0 } state) answer[OpenIddictConstants.Parameters.State] = state;
        return QueryHelpers.AddQueryString(request.RedirectUri, answer);
    }
}
