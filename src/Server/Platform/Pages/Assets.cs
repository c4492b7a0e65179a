namespace Castellan.Platform.Pages;

/// <summary>The pages' one style sheet, from the executable.</summary>
internal static class Assets
{
    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream("castellan.css")!;
        var css = new byte[stream.Length];
        stream.ReadExactly(css);
        routes.MapGet("/assets/castellan.css", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/css; charset=utf-8";
            context.Response.Headers.CacheControl = "public, max-age=300";
            await context.Response.Body.WriteAsync(css, context.RequestAborted);
        });
    }
}
