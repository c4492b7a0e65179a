using Castellan.Platform.Storage;

namespace Castellan.Installation;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: storage answers too, within <see cref="Patience"/>;
/// a load balancer sends no requests otherwise.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void MapHealth(this WebApplication app)
    {
        var database = app.Services.GetRequiredService<IDatabase>();
        app.MapGet("/health/live", (HttpContext context) => Say(context, 200, "live"));
        app.MapGet("/health/ready", async (HttpContext context) =>
        {
            var ready = await IsReady(database, context.RequestAborted);
            await Say(context, ready ? 200 : 503, ready ? "ready" : "storage does not answer");
        });
    }

    private static async Task<bool> IsReady(IDatabase database, CancellationToken ct)
    {
        try
        {
            return await database.IsReady(ct).AsTask().WaitAsync(Patience, ct);
        }
        catch (Exception error) when (error is TimeoutException or StorageException or InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task Say(HttpContext context, int status, string what)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync($$"""{"status":"{{what}}"}""", context.RequestAborted);
    }
}
