using Castellan.Kernel;

namespace Castellan.Mail;

/// <summary>The slice's wiring.</summary>
internal static class MailSetup
{
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        var options = configuration.GetSection("Mail").Get<MailOptions>() ?? new MailOptions();
        SmtpSender.RequireSafe(options);
        return services
            .AddSingleton(new Noun("mail", "The development mailbox: mails that sandbox keeps instead of sending."))
            .AddSingleton(options)
            .AddSingleton<MailStore>()
            .AddSingleton<SmtpSender>()
            .AddSingleton<MailWorker>()
            .AddHostedService(provider => provider.GetRequiredService<MailWorker>())
            .AddSingleton<MailOutbox>()
            .AddSingleton<IEndpoints, MailEndpoints>();
    }
}
