using Castellan.Identity.Pages;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Kernel.RateLimits;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Castellan.Identity.OAuth;

/// <summary>
/// The way into OpenIddict, for <c>/{environment}/oauth/</c> and <c>/{environment}/.well-known/</c> only; other
/// requests cost one look at their path. These endpoints answer inside the middleware, so what the gate does for
/// operations is done here: the environment, limits, bounded reading.
/// </summary>
internal sealed class OAuthBranch(
    OAuthIssuers issuers, RateLimiter rates, SecretKeys secretKeys, PageWriter pages, IEnumerable<ITokenGrant> grants,
    TimeProvider time)
{
    private const int FormBytes = 64 * 1024;

    private static readonly WorkerOperation Operation = new("oauth");

    public async Task Handle(HttpContext context, RequestDelegate next)
    {
        if (issuers.Match(context.Request.Path.Value!) is not { } environment)
        {
            if (OAuthIssuers.Resembles(context.Request.Path.Value!)) context.Response.StatusCode = 404;
            else await next(context);
            return;
        }
        OAuthEnvironment.Enter(await issuers.Prepare(environment));
        context.Request.Path = OAuthIssuers.Inside(environment, context.Request.Path.Value!);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        if (!await MayEnter(context) || !await HidesToken(context) || !await ReadForm(context)
            || !await secretKeys.Use(context, environment))
        {
            return;
        }
        if (GrantOf(context) is { } grant)
        {
            await grant.Answer(context, environment);
            return;
        }
        var handlers = context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var handler = await handlers.GetHandlerAsync(context, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (await ((IAuthenticationRequestHandler)handler!).HandleRequestAsync()) return;
        if (context.GetOpenIddictServerResponse() is { Error: not null } response)
            await ShowRefusal(context, environment, response);
        else
            await next(context);
    }

    public static async Task<bool> Refuse(HttpContext context, int status, string error, string description)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync($$"""{"error":"{{error}}","error_description":"{{description}}"}""");
        return false;
    }

    /// <summary>
    /// What may not be sent to the client, because client or address are wrong, is said on a page of ours.
    /// </summary>
    private Task ShowRefusal(HttpContext context, string environment, OpenIddictResponse response) => pages.Message(
        context, environment, "The app asked wrongly",
        "The app that sent you here made a mistake, so nothing was done. Its makers can mend it.",
        status: 400, detail: $"{response.Error}: {response.ErrorDescription}");

    private ITokenGrant? GrantOf(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType
            && context.Request.Path.Value!.EndsWith("/oauth/token", StringComparison.Ordinal)
            && context.Request.Form[Parameters.GrantType] is [{ } type]
                ? grants.FirstOrDefault(grant => grant.GrantType == type)
                : null;

    private async ValueTask<bool> MayEnter(HttpContext context)
    {
        var request = HttpGateRequest.From(context, time);
        var invocation = new Invocation(Caller.Nobody, Operation, request, time.GetUtcNow(), context.RequestAborted);
        var verdict = await rates.Charge(invocation);
        if (verdict is RateVerdict.Within) return true;
        var wait = verdict is RateVerdict.Over ? invocation.Rates[^1].Wait : GateProblems.Uncounted.RetryAfter!.Value;
        context.Response.Headers.RetryAfter = $"{Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))}";
        return verdict is RateVerdict.Over
            ? await Refuse(context, 429, Errors.TemporarilyUnavailable, "Too many requests from this address.")
            : await Refuse(context, 503, Errors.TemporarilyUnavailable, GateProblems.Uncounted.Detail!);
    }

    /// <summary>
    /// Addresses are logged, kept and passed on, so no token is taken from one (RFC 6750 section 2.3; OAuth 2.1 dropped
    /// it). OpenIddict would.
    /// </summary>
    private static async ValueTask<bool> HidesToken(HttpContext context)
    {
        if (!context.Request.Query.ContainsKey(Parameters.AccessToken)) return true;
        context.Response.Headers.WWWAuthenticate = $"{Schemes.Bearer} error=\"{Errors.InvalidRequest}\"";
        return await Refuse(
            context, 400, Errors.InvalidRequest, "Send the token as Authorization: Bearer, never in the address.");
    }

    /// <summary>
    /// OpenIddict reads the form without a bound and fails on one that cannot be read. Read here, it finds it read.
    /// </summary>
    private static async ValueTask<bool> ReadForm(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = FormBytes;
        if (!context.Request.HasFormContentType) return true;
        // Kept as it came, for whoever compares it with its digest.
        if (context.Request.Headers.ContainsKey("Content-Digest"))
            context.Request.EnableBuffering(bufferThreshold: FormBytes, bufferLimit: FormBytes);
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

/// <summary>
/// A grant of the token endpoint beside OpenIddict's own, contributed by another slice (RFC 6749 section 4.5).
/// </summary>
internal interface ITokenGrant
{
    string GrantType { get; }

    /// <summary>The form was read within its bound, and holds this grant type.</summary>
    Task Answer(HttpContext context, string environment);
}
