using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.AdminUi;

/// <summary>
/// Maps pages: finds the operator behind the cookie, refuses posts without antiforgery proof, and sends who is not
/// signed in to the sign-in page.
/// </summary>
internal sealed class AdminRoutes(AdminServices services)
{
    /// <summary>Characters of all fields of a form together, and their number.</summary>
    private const int FormFieldsMax = 200;

    public void Get(IEndpointRouteBuilder routes, string path, Func<AdminCall, Task> page) =>
        routes.MapGet(path, context => Enter(context, form: null, page, open: false));

    public void Post(IEndpointRouteBuilder routes, string path, Func<AdminCall, Task> act) =>
        routes.MapPost(path, context => Receive(context, act, open: false));

    /// <summary>
    /// As <see cref="Post"/>, for what is answered by a page and not by a redirect: loaded again, or opened in another
    /// environment, its address leads to the page of the form.
    /// </summary>
    public void PostShown(
        IEndpointRouteBuilder routes, string path, Func<AdminCall, string> page, Func<AdminCall, Task> act)
    {
        routes.MapPost(path, context => Receive(context, act, open: false));
        Get(routes, path, call => call.Redirect(page(call)));
    }

    /// <summary>A page for who is not signed in.</summary>
    public void GetOpen(IEndpointRouteBuilder routes, string path, Func<AdminCall, Task> page) =>
        routes.MapGet(path, context => Enter(context, form: null, page, open: true));

    public void PostOpen(IEndpointRouteBuilder routes, string path, Func<AdminCall, Task> act) =>
        routes.MapPost(path, context => Receive(context, act, open: true));

    private async Task Receive(HttpContext context, Func<AdminCall, Task> act, bool open)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > Limits.BodyBytes)
        {
            await Refuse(context);
            return;
        }
        if (await Read(context) is not { } form) await Refuse(context, StatusCodes.Status400BadRequest);
        else if (services.Antiforgery.Accepts(context, form)) await Enter(context, form, act, open);
        else await Refuse(context);
    }

    /// <summary>Null for a form that is broken or has too many fields.</summary>
    private static async Task<IFormCollection?> Read(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFormAsync(
                new Microsoft.AspNetCore.Http.Features.FormOptions { ValueCountLimit = FormFieldsMax },
                context.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    private async Task Enter(HttpContext context, IFormCollection? form, Func<AdminCall, Task> handle, bool open)
    {
        var environment = Environment(context);
        var (caller, sessionEnded) = await Resolve(context, environment);
        if (caller.Kind is not CallerKind.Operator && !open)
        {
            if (sessionEnded) services.Cookies.EndSession(context);
            var next = HttpMethods.IsGet(context.Request.Method)
                ? $"?next={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}" : "";
            await new AdminCall(services, context, Caller.Nobody, environment, null).Redirect("/admin/sign-in" + next);
            return;
        }
        await handle(new AdminCall(services, context, caller, environment, form));
    }

    private async ValueTask<(Caller Caller, bool SessionEnded)> Resolve(HttpContext context, string environment)
    {
        if (services.Cookies.Session(context) is not { } cookie) return (Caller.Nobody, false);
        var request = AdminCall.Request(services, context, NoValues, NoValues, null, environment, null);
        var (caller, _) =
            await services.Gate.Resolve(new Presented(null, null, cookie, request), context.RequestAborted);
        return (caller ?? Caller.Nobody, caller is null);
    }

    /// <summary>A link may choose the environment; the choice is kept.</summary>
    private string Environment(HttpContext context)
    {
        if (context.Request.Query["environment"] is [{ } chosen] && services.Environments.Exists(chosen))
        {
            services.Cookies.SetEnvironment(context, chosen);
            return chosen;
        }
        return services.Cookies.Environment(context) is { } kept && services.Environments.Exists(kept)
            ? kept
            : Installation.EnvironmentDirectory.Sandbox;
    }

    private Task Refuse(HttpContext context, int status = StatusCodes.Status403Forbidden) =>
        services.Renderer.Write<RefusedPage>(context, [], status);

    private static readonly Dictionary<string, string> NoValues = [];
}
