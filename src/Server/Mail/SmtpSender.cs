using System.Net;
using Castellan.Installation;
using Castellan.Platform;
using Castellan.Platform.Crypto;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Castellan.Mail;

/// <summary>Speaks SMTP. A connection that failed is opened again for the next mail.</summary>
internal sealed class SmtpSender(MailOptions options, Secrets secrets)
{
    private const int TimeoutMs = 20_000;

    public async Task Send(SmtpClient connection, LeasedMail mail, CancellationToken ct)
    {
        if (!connection.IsConnected) await Connect(connection, ct);
        using var message = Compose(mail);
        await connection.SendAsync(message, ct);
    }

    /// <summary>Refuses settings that would send a password or mail in the clear, or cannot work.</summary>
    public static void RequireSafe(MailOptions options)
    {
        if (options.Port is < 1 or > 65_535)
            throw new UnsafeStartException($"Mail:Port is {options.Port}.", "Write a port from 1 to 65535.");
        if (options.Attempts is < 1 or > 50)
            throw new UnsafeStartException($"Mail:Attempts is {options.Attempts}.", "Write a number from 1 to 50.");
        if (!Enum.IsDefined(options.Security))
            throw new UnsafeStartException($"Mail:Security is {options.Security}.", "Write StartTls, Tls or None.");
        if (options.Host is null) return;
        if (!MailboxAddress.TryParse(options.From ?? "", out _))
            throw new UnsafeStartException("Mail:Host is set, and Mail:From is no address.",
                "Set Mail:From to the sender, such as \"Castellan <no-reply@example.com>\".");
        if (options.Security is MailSecurity.None && !IsLoopback(options.Host))
            throw new UnsafeStartException($"Mail to {options.Host} would travel in the clear.",
                "Set Mail:Security to StartTls or Tls.");
        if (options.User is null) return;
        if (options.PasswordFile is not { } file || !File.Exists(file))
            throw new UnsafeStartException("Mail:User is set, and Mail:PasswordFile is not there.",
                "Write the password to a file of mode 0600 and set Mail:PasswordFile to its path.");
        StartupChecks.RequireOwnerOnly(file);
    }

    private async Task Connect(SmtpClient connection, CancellationToken ct)
    {
        connection.Timeout = TimeoutMs;
        await connection.ConnectAsync(options.Host!, options.Port, options.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        }, ct);
        if (options.User is null) return;
        var password = (await File.ReadAllTextAsync(options.PasswordFile!, ct)).Trim();
        await connection.AuthenticateAsync(options.User, password, ct);
    }

    private MimeMessage Compose(LeasedMail mail)
    {
        var from = MailboxAddress.Parse(options.From!);
        var message = new MimeMessage
        {
            // The same at each attempt, so that a receiver can tell a repeat.
            MessageId = $"{mail.Id}@{from.Domain}",
            Date = mail.CreatedAt,
            Subject = mail.Subject,
            Body = new TextPart("plain") { Text = MailOutbox.Open(secrets, mail.Id, mail.SealedText) },
        };
        message.From.Add(from);
        message.To.Add(MailboxAddress.Parse(mail.To));
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834 section 5
        return message;
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
