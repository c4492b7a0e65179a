using Castellan.Identity.OAuth.Handlers;
using Castellan.Identity.OAuth.Stores;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace Castellan.Identity.OAuth;

/// <summary>OpenIddict, with our stores, our tokens and one issuer per environment.</summary>
internal static class OAuthSetup
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);

    public static IServiceCollection AddOAuth(this IServiceCollection services)
    {
        services
            .AddSingleton<OAuthClients>()
            .AddSingleton<AuthorizationCodes>()
            .AddSingleton<CodeExchange>()
            .AddSingleton<IEndpoints>(provider => provider.GetRequiredService<CodeExchange>())
            .AddSingleton<AuthorizePage>()
            .AddSingleton<OAuthIssuers>()
            .AddSingleton<OAuthBranch>()
            .AddSingleton<EndSessionPage>()
            .AddSingleton<SecretKeys>()
            .AddSingleton<OAuthUpkeep.Surroundings>()
            .AddHostedService<OAuthUpkeep>()
            .AddSingleton<NotReadYet>();
        services.AddOpenIddict()
            .AddCore(core => core
                .SetDefaultApplicationEntity<OAuthClient>()
                .SetDefaultScopeEntity<NoScope>()
                .SetDefaultTokenEntity<AuthorizationCode>()
                .ReplaceApplicationStore<OAuthClient, ClientStore>(ServiceLifetime.Singleton)
                .ReplaceScopeStore<NoScope, ScopeStore>(ServiceLifetime.Singleton)
                .ReplaceTokenStore<AuthorizationCode, CodeStore>(ServiceLifetime.Singleton)
                // Its cache knows no environment, and our stores compare ordinally already.
                .DisableEntityCaching()
                .DisableAdditionalFiltering())
            .AddServer(server =>
            {
                Describe(server);
                Replace(server);
                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableEndSessionEndpointPassthrough()
                    .EnableErrorPassthrough()
                    // Whether plain http is safe here is decided once, when the server starts.
                    .DisableTransportSecurityRequirement();
            });
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>, EnvironmentCredentials>()
            .RemoveAll<IOptionsMonitor<OpenIddictServerOptions>>()
            .AddSingleton<EnvironmentOptions>()
            .AddSingleton<IOptionsMonitor<OpenIddictServerOptions>>(p => p.GetRequiredService<EnvironmentOptions>());
        RemoveDataProtection(services);
        return services;
    }

    /// <summary>OpenIddict's endpoints, then the page on which a user agrees. After the surface of the gate.</summary>
    public static void UseOAuth(this WebApplication app)
    {
        // Otherwise WebApplication adds the authentication middleware, for every request of the server.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        var branch = app.Services.GetRequiredService<OAuthBranch>();
        app.Use(branch.Handle);
        app.Services.GetRequiredService<AuthorizePage>().Map(app);
        app.Services.GetRequiredService<EndSessionPage>().Map(app);
    }

    private static void Describe(OpenIddictServerBuilder server)
    {
        server
            .SetAuthorizationEndpointUris("oauth/authorize")
            .SetTokenEndpointUris("oauth/token")
            .SetRevocationEndpointUris("oauth/revoke")
            .SetIntrospectionEndpointUris("oauth/introspect")
            .SetEndSessionEndpointUris("oauth/logout")
            .SetUserInfoEndpointUris("oauth/userinfo")
            .SetJsonWebKeySetEndpointUris("oauth/jwks")
            .SetConfigurationEndpointUris(".well-known/openid-configuration", ".well-known/oauth-authorization-server")
            .AllowAuthorizationCodeFlow()
            .AllowRefreshTokenFlow()
            .RequireProofKeyForCodeExchange()
            .RegisterScopes(Principals.AllScopes)
            .RegisterClaims(
                Claims.AuthenticationTime, Claims.Email, Claims.EmailVerified, Claims.Name, Principals.SessionClaim)
            // Every app may do the same; what it may see is decided by its installations.
            .IgnoreEndpointPermissions()
            .IgnoreGrantTypePermissions()
            .IgnoreResponseTypePermissions()
            .IgnoreScopePermissions()
            // The authorization is our session, whose id is given out with the code.
            .DisableAuthorizationStorage()
            .SetAuthorizationCodeLifetime(CodeLifetime)
            .SetAccessTokenLifetime(AccessTokens.Lifetime)
            .SetIdentityTokenLifetime(AccessTokens.Lifetime)
            .SetRefreshTokenLifetime(null)
            .DisableAccessTokenEncryption()
            .Configure(options =>
            {
                options.CodeChallengeMethods.Clear();
                options.CodeChallengeMethods.Add(CodeChallengeMethods.Sha256);
                options.ResponseModes.Remove(ResponseModes.FormPost);
                options.ResponseModes.Remove(ResponseModes.Fragment);
                options.ClientAuthenticationMethods.Clear();
                options.ClientAuthenticationMethods.Add(ClientAuthenticationMethods.None);
            });
    }

    /// <summary>The steps of OpenIddict in whose place, or after which, ours stand.</summary>
    private static void Replace(OpenIddictServerBuilder server)
    {
        server.RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.ResolveRequestUri.Descriptor);
        Add<ProcessRequestContext, BaseFromConfiguration>(
            server, OpenIddictServerAspNetCoreHandlers.ResolveRequestUri.Descriptor.Order);
        Add<ValidateTokenContext, ReadRefreshToken>(
            server, Protection.ValidateReferenceTokenIdentifier.Descriptor.Order - 500);
        // RemoveEventHandler would take the imported successor as well.
        server.Configure(o => o.Handlers.Remove(Protection.ValidateReferenceTokenIdentifier.Descriptor));
        server.AddEventHandler<ValidateTokenContext>(builder => builder
            .Import(Protection.ValidateReferenceTokenIdentifier.Descriptor).AddFilter<NotReadYet>());
        Add<ValidateTokenContext, SessionLives>(server, Protection.ValidateExpirationDate.Descriptor.Order + 500);
        Add<ProcessSignInContext, TokensFromOperations>(server, EvaluateGeneratedTokens.Descriptor.Order + 500);
        Add<GenerateTokenContext, WriteOurTokens>(server, Protection.AttachSecurityCredentials.Descriptor.Order - 500);
        server.RemoveEventHandler(Revocation.RevokeToken.Descriptor);
        Add<HandleRevocationRequestContext, EndSession>(server, Revocation.RevokeToken.Descriptor.Order);
        Add<HandleUserInfoRequestContext, DescribeUser>(server, UserInfo.AttachClaims.Descriptor.Order + 500);
        Add<ApplyAuthorizationResponseContext, RedirectRefusals>(
            server, Authentication.InferResponseMode.Descriptor.Order + 500);
        server.AddEventHandler<ProcessErrorContext>(builder => builder
            .UseSingletonHandler(new NoErrorUri<ProcessErrorContext>(context => context.Response))
            .SetOrder(AttachErrorParameters.Descriptor.Order + 500));
        server.AddEventHandler<ProcessChallengeContext>(builder => builder
            .UseSingletonHandler(new NoErrorUri<ProcessChallengeContext>(context => context.Response))
            .SetOrder(AttachCustomChallengeParameters.Descriptor.Order + 500));
        Add<HandleConfigurationRequestContext, TrueMetadata>(server, int.MaxValue - 100_000);
    }

    private static void Add<TContext, THandler>(OpenIddictServerBuilder server, int order)
        where TContext : BaseContext
        where THandler : class, IOpenIddictServerHandler<TContext> =>
        server.AddEventHandler<TContext>(builder => builder.UseSingletonHandler<THandler>().SetOrder(order));

    /// <summary>
    /// Comes along with authentication and would keep a key ring of its own, which nothing here uses.
    /// </summary>
    private static void RemoveDataProtection(IServiceCollection services)
    {
        var unused = services.Where(service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.Name == "DataProtectionHostedService").ToList();
        foreach (var service in unused) services.Remove(service);
    }
}
