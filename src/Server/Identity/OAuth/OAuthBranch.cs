using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Castellan.Identity.OAuth;

/// <summary>
/// The way into OpenIddict, for <c>/{environment}/oauth/</c> and <c>/{environment}/.well-known/</c> only; other requests
/// cost one look at their path. These endpoints answer inside the middleware, so what the gate does for operations is done
/// here: the environment, limits, bounded reading.
/// </summary>
internal sealed class OAuthBranch(
    EnvironmentDirectory environments, SigningKeys signingKeys, EnvironmentOptions options, RateLimiter rates,
    SecretKeys secretKeys, TimeProvider time)
{
    private const int FormBytes = 64 * 1024;

    /// <summary>RFC 8414 section 3.1 puts the issuer's path behind the well-known one.</summary>
    private const string Inserted = "/.well-known/oauth-authorization-server/";

    private static readonly WorkerOperation Operation = new("oauth");

    /// <summary>The environment whose OAuth endpoints the request is for, or null.</summary>
    public string? Match(HttpRequest request)
    {
        var path = request.Path.Value!;
        if (path.StartsWith(Inserted, StringComparison.Ordinal) && environments.Exists(path[Inserted.Length..]))
            return path[Inserted.Length..];
        var end = path.IndexOf('/', startIndex: Math.Min(1, path.Length));
        if (end < 0) return null;
        var rest = path.AsSpan(end);
        return rest.StartsWith("/oauth/") || rest.StartsWith("/.well-known/")
            ? environments.Names.FirstOrDefault(name => path.AsSpan(1, end - 1).SequenceEqual(name))
            : null;
    }

    public async Task Handle(HttpContext context, RequestDelegate next)
    {
        if (Match(context.Request) is not { } environment)
        {
            await next(context);
            return;
        }
        OAuthEnvironment.Enter(await Prepare(environment));
        if (context.Request.Path.StartsWithSegments("/.well-known"))
            context.Request.Path = $"/{environment}/.well-known/oauth-authorization-server";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        if (!await MayEnter(context) || !await ReadForm(context) || !await secretKeys.Use(context, environment)) return;
        var handlers = context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var handler = await handlers.GetHandlerAsync(context, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (!await ((IAuthenticationRequestHandler)handler!).HandleRequestAsync()) await next(context);
    }

    /// <summary>Builds what the environment's first request would build.</summary>
    public async Task WarmUp(string environment)
    {
        OAuthEnvironment.Enter(await Prepare(environment));
        _ = options.CurrentValue;
    }

    public static async Task<bool> Refuse(HttpContext context, int status, string error, string description)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync($$"""{"error":"{{error}}","error_description":"{{description}}"}""");
        return false;
    }

    private async ValueTask<OAuthEnvironment> Prepare(string environment)
    {
        var current = await signingKeys.Current(environment);
        var published = await signingKeys.Published(environment);
        return new OAuthEnvironment(environment, [current, .. published.Where(key => key.Id != current.Id)]);
    }

    private async ValueTask<bool> MayEnter(HttpContext context)
    {
        var request = HttpGateRequest.From(context, time);
        var invocation = new Invocation(Caller.Nobody, Operation, request, time.GetUtcNow(), context.RequestAborted);
        if (rates.TryCharge(invocation)) return true;
        context.Response.Headers.RetryAfter = $"{Math.Max(1, (int)Math.Ceiling(invocation.Rates[^1].Wait.TotalSeconds))}";
        return await Refuse(context, 429, Errors.TemporarilyUnavailable, "Too many requests from this address.");
    }

    /// <summary>
    /// OpenIddict reads the form without a bound and fails on one that cannot be read. Read here, it finds it read.
    /// </summary>
    private static async ValueTask<bool> ReadForm(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = FormBytes;
        if (!context.Request.HasFormContentType) return true;
        try
        {
            await context.Request.ReadFormAsync(context.RequestAborted);
            return true;
        }
        catch (BadHttpRequestException refused)
        {
            return await Refuse(context, refused.StatusCode, Errors.InvalidRequest, "The form cannot be read.");
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException or IOException)
        {
            return await Refuse(context, 400, Errors.InvalidRequest, "The form cannot be read.");
        }
    }
}
