using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Keys;
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
    EnvironmentDirectory environments, RateLimiter rates, KeyResolver keys, OAuthClients clients, TimeProvider time)
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
        OAuthEnvironment.Enter(environment);
        if (context.Request.Path.StartsWithSegments("/.well-known"))
            context.Request.Path = $"/{environment}/.well-known/oauth-authorization-server";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        if (!await MayEnter(context) || !await ReadForm(context) || !await UseSecretKey(context, environment)) return;
        var handlers = context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var handler = await handlers.GetHandlerAsync(context, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (!await ((IAuthenticationRequestHandler)handler!).HandleRequestAsync()) await next(context);
    }

    public static async Task<bool> Refuse(HttpContext context, int status, string error, string description)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync($$"""{"error":"{{error}}","error_description":"{{description}}"}""");
        return false;
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

    /// <summary>
    /// A server introspects with its secret key, as RFC 7662 section 2.1 wants (Basic, or Bearer). OpenIddict knows apps as
    /// public clients, so the key is judged here and stands for its app from here on.
    /// </summary>
    private async ValueTask<bool> UseSecretKey(HttpContext context, string environment)
    {
        var request = context.Request;
        if (request.Headers.Authorization.Count == 0 || !request.HasFormContentType
            || request.Path.Value!.EndsWith("/oauth/introspect", StringComparison.Ordinal) is false)
        {
            return true;
        }
        var secret = SecretOf(HttpGateRequest.One(request.Headers.Authorization));
        if (secret is null || request.Headers.Origin.Count > 0
            || await keys.Find(secret) is not { Kind: KeyType.Secret } key || key.Environment != environment
            || await clients.Find(environment, key.AppId) is not { } client)
        {
            context.Response.Headers.WWWAuthenticate = "Basic";
            return await Refuse(context, 401, Errors.InvalidClient, "The secret key is not valid here.");
        }
        request.Headers.Remove("Authorization");
        var fields = request.Form.ToDictionary(StringComparer.Ordinal);
        fields["client_id"] = client.ClientId;
        request.Form = new FormCollection(fields);
        return true;
    }

    private static string? SecretOf(string? authorization)
    {
        if (authorization is null) return null;
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization[7..].Trim();
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        Span<byte> bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[6..].Trim(), bytes, out var length)) return null;
        var pair = System.Text.Encoding.UTF8.GetString(bytes[..length]);
        return pair.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
            ? Uri.UnescapeDataString(pair[(colon + 1)..])
            : null;
    }
}
