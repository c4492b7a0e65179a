using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Castellan.Platform.Pages;

/// <summary>
/// Renders Razor components to plain HTML: every value is encoded by the component compiler, no script is needed, and
/// nothing of the interactive framework is loaded.
/// </summary>
internal sealed class PageRenderer(IServiceProvider services, ILoggerFactory logs)
{
    /// <summary>Everything comes from this origin; forms post to it; nobody frames it.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
        + "form-action 'self'";

    /// <summary>
    /// Writes a page. <paramref name="formTargets"/> are origins beside our own to which a posted form may be
    /// redirected: browsers apply form-action to the redirects of a post too.
    /// </summary>
    public async Task Write<TPage>(
        HttpContext context, Dictionary<string, object?> parameters, int status = 200, string formTargets = "")
        where TPage : IComponent
    {
        await using var renderer = new HtmlRenderer(services, logs);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = $"{ContentSecurityPolicy} {formTargets}".TrimEnd();
        response.Headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: browsers would then post our own forms with `Origin: null`, which could not be told from a
        // forger's. Other sites see no referrer either way.
        response.Headers["Referrer-Policy"] = "same-origin";
        await response.WriteAsync("<!doctype html>\n" + html, context.RequestAborted);
    }
}
