using System.Globalization;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Mail;

namespace Castellan.Operators;

/// <summary>
/// Tells operators by mail, where mail leaves this server, what changed about their sign-in: who did not do it should
/// hear of it.
/// </summary>
internal sealed class OperatorNotices(MailOutbox outbox, MailOptions mail, PublicAddress address)
{
    /// <summary>To both addresses.</summary>
    public async ValueTask EmailChanged(Change change, Operator before, Operator after)
    {
        var text = $"The address with which you sign in to Castellan at {address.Base} is {after.Email} now.";
        await Send(change, before.Email, "Your e-mail address was changed", text);
        if (EmailAddress.Key(after.Email!) != EmailAddress.Key(before.Email!))
            await Send(change, after.Email, "Your e-mail address was changed", text);
    }

    public ValueTask PasswordChanged(Change change, Operator whose) => Send(
        change, whose.Email, "Your password was changed",
        string.Create(CultureInfo.InvariantCulture, $"""
            Your password for Castellan at {address.Base} was changed on {change.Now:yyyy-MM-dd 'at' HH:mm} UTC, and
            your other sessions were ended.
            """));

    private async ValueTask Send(Change change, string? to, string subject, string text)
    {
        if (mail.Host is null || to is null) return;
        // Operators belong to no environment; mail to real people is sent as in live.
        await outbox.Queue(change, new EnvironmentScope(EnvironmentDirectory.Live, App: null), new OutgoingMail(
            to, subject, $"""
            {text}

            If it was not you, ask an owner for a new one-time link.

            """, "operator_notice"));
    }
}
