using Castellan.Platform.Pages;
using Scalar.AspNetCore;

namespace Castellan.Kernel.Http;

/// <summary>
/// What the server says of itself: the API for programs and for reading, and the page of every problem.
/// </summary>
internal static class DescriptionPages
{
    public static void MapDescriptions(this WebApplication app)
    {
        var document = app.Services.GetRequiredService<OpenApiDocument>();
        var problems = app.Services.GetRequiredService<ProblemCatalogue>().All
            .Select(p => new ProblemsPage.Entry(p.Code, p.Status, p.Title, p.When, p.Fix, p.Retryable)).ToList();
        var pages = app.Services.GetRequiredService<PageRenderer>();
        app.MapGet("/openapi.json", async (HttpContext context) =>
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(document.Text, context.RequestAborted);
        });
        app.MapGet("/errors", (HttpContext context) => pages.Write<ProblemsPage>(
            context, new Dictionary<string, object?> { [nameof(ProblemsPage.Problems)] = problems }));
        // What it would bring besides asks other machines or advertises: fonts, counting, a chat, tools in a cloud.
        app.MapScalarApiReference("/docs", options => options
            .WithOpenApiRoutePattern("/openapi.json").WithTitle("Castellan")
            .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton()
            .HideDeveloperTools());
    }
}
