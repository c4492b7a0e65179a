using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>The slice's wiring.</summary>
internal static class IdentitySetup
{
    public static IServiceCollection AddIdentity(
        this IServiceCollection services) => services
        .AddSingleton<UserStore>()
        .AddSingleton<SessionStore>()
        .AddSingleton<RefreshTokens>()
        .AddSingleton<SessionDirectory>()
        .AddSingleton<IStanding>(provider => provider.GetRequiredService<SessionDirectory>())
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
        .AddSingleton<IEndpoints, UserEndpoints>();
}
