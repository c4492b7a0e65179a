using System.Text;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using MimeKit;

namespace Castellan.Mail;

/// <summary>
/// Takes mails together with the change that causes them: both are there, or neither. They are sent after the commit.
/// </summary>
internal sealed partial class MailOutbox(
    MailStore store, MailOptions options, Secrets secrets, MailWorker worker, ILogger<MailOutbox> log)
{
    private const string SealPurpose = "mail";
    private int warned;

    public async ValueTask Queue(Change change, EnvironmentScope scope, OutgoingMail mail)
    {
        RequireSafe(mail);
        var id = MailId.New(change.Now);
        // Links in it are credentials, which the database otherwise knows only by their hash.
        var sealedText = secrets.Encrypt(SealPurpose, Encoding.UTF8.GetBytes(mail.Text), id.Value);
        var sends = options.Sends(scope.Environment);
        await store.Insert(change, scope, id, mail, sealedText, sends ? change.Now : null);
        if (!sends) return;
        if (options.Host is null && Interlocked.Exchange(ref warned, 1) == 0) LogWaits(log, scope.Environment);
        change.Evict(worker.Wake);
    }

    public static string Open(Secrets secrets, MailId id, byte[] sealedText) =>
        Encoding.UTF8.GetString(secrets.Decrypt(SealPurpose, sealedText, id.Value));

    private static void RequireSafe(OutgoingMail mail)
    {
        // The address is read back to see that it is one alone. Domains in punycode are read as what they stand for.
        if (mail.To.Any(char.IsControl) || !MailboxAddress.TryParse(mail.To, out var address)
            || (address.Address != mail.To
                && !address.GetAddress(idnEncode: true).Equals(mail.To, StringComparison.OrdinalIgnoreCase)))
        {
            throw new Refusal(MailErrors.AddressRefused);
        }
        if (mail.Subject.Any(char.IsControl))
            throw new Refusal(MailErrors.AddressRefused, "The subject is not one line.");
    }

    [LoggerMessage(1, LogLevel.Warning, "Mail of {Environment} waits: no SMTP server is set (Mail:Host)")]
    private static partial void LogWaits(ILogger log, string environment);
}
