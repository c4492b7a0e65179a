using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>The slice's wiring.</summary>
internal static class IdentitySetup
{
    public static IServiceCollection AddIdentity(
        this IServiceCollection services) => services
        .AddSingleton(new Noun("users",
            "People: one identity over all apps of an environment; how they sign up and in."))
        .AddSingleton(new Noun("me", "The user who makes the call."))
        .AddSingleton(new Noun("sessions", "Where the user is signed in, and the refresh of tokens."))
        .AddSingleton<UserStore>()
        .AddSingleton<SessionStore>()
        .AddSingleton<RefreshTokens>()
        .AddSingleton<SessionDirectory>()
        .AddSingleton<IStanding>(provider => provider.GetRequiredService<SessionDirectory>())
        .AddSingleton<IUserStanding>(provider => provider.GetRequiredService<SessionDirectory>())
        .AddSingleton<Sessions>()
        .AddSingleton<SigningKeyStore>()
        .AddSingleton<SigningKeys>()
        .AddSingleton<AccessTokens>()
        .AddSingleton<IResolver, UserTokenResolver>()
        .AddSingleton<SessionAnswers>()
        .AddSingleton<IdentityMail>()
        .AddSingleton<EmailLinks>()
        .AddSingleton<PasswordForms>()
        .AddSingleton<SignInFailureStore>()
        .AddSingleton<SignInThrottle>()
        .AddSingleton<PasswordSignIn>()
        .AddSingleton<SignUps>()
        .AddSingleton<PasswordResets>()
        .AddSingleton<IEndpoints, PasswordEndpoints>()
        .AddSingleton<IEndpoints, EmailLinkEndpoints>()
        .AddSingleton<IEndpoints, SessionEndpoints>()
        .AddSingleton<IEndpoints, MeEndpoints>()
        .AddSingleton<UserSignOut>()
        .AddSingleton<IEndpoints, UserEndpoints>()
        .AddSingleton<ImpersonationStore>()
        .AddSingleton<ImpersonationDirectory>()
        .AddSingleton<IResolver>(provider => provider.GetRequiredService<ImpersonationDirectory>())
        .AddSingleton<IStanding>(provider => provider.GetRequiredService<ImpersonationDirectory>())
        .AddSingleton<Impersonations>()
        .AddSingleton<IStopListener, IdentityStops>()
        .AddSingleton<IEndpoints, ImpersonationEndpoints>();
}
