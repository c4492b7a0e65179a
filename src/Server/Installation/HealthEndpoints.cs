using Castellan.Platform.Storage;

namespace Castellan.Installation;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: storage answers too; a load balancer sends no
/// requests otherwise.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        var readiness = app.Services.GetRequiredService<Readiness>();
        app.MapGet("/health/live", (HttpContext context) => Say(context, 200, "live"));
        app.MapGet("/health/ready", async (HttpContext context) =>
        {
            var ready = await readiness.Ask(context.RequestAborted);
            await Say(context, ready ? 200 : 503, ready ? "ready" : "storage does not answer");
        });
    }

    private static async Task Say(HttpContext context, int status, string what)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync($$"""{"status":"{{what}}"}""", context.RequestAborted);
    }
}

/// <summary>
/// Whether storage answers. Anybody may ask, so it is found out once a second at most, and for all who ask meanwhile.
/// </summary>
internal sealed class Readiness(IDatabase database, TimeProvider time)
{
    /// <summary>How long one asker waits: a load balancer gives up after that too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(1);
    private readonly Lock sync = new();
    private Task<bool> last = Task.FromResult(false);
    private long? askedAt;

    public async Task<bool> Ask(CancellationToken ct)
    {
        try
        {
            return await Latest().WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private Task<bool> Latest()
    {
        lock (sync)
        {
            var isOver = askedAt is not { } since || (last.IsCompleted && time.GetElapsedTime(since) >= Trusted);
            if (!isOver) return last;
            askedAt = time.GetTimestamp();
            return last = Task.Run(Find);
        }
    }

    private async Task<bool> Find()
    {
        try
        {
            return await database.IsReady(CancellationToken.None);
        }
        catch (Exception error) when (error is StorageException or InvalidOperationException)
        {
            return false;
        }
    }
}
