using System.Globalization;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Mail;

namespace Castellan.Operators;

/// <summary>
/// Tells operators by mail, where mail leaves this server, what changed about their sign-in, so that who did not do it
/// hears of it, and what must not wait until somebody looks.
/// </summary>
internal sealed class OperatorNotices(
    OperatorStore store, MailOutbox outbox, MailOptions mail, PublicAddress address)
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

    /// <summary>To every owner, and to the operator whom it concerns.</summary>
    public async ValueTask Alarm(Change change, OperatorId? concerned, string subject, string text)
    {
        foreach (var to in await store.AddressesOfOwners(change, new InstallationScope(), concerned))
            await Queue(change, to, subject, $"{text}\n");
    }

    private ValueTask Send(Change change, string? to, string subject, string text) => Queue(change, to, subject, $"""
        {text}

        If it was not you, ask an owner for a new one-time link.

        """);

    private async ValueTask Queue(Change change, string? to, string subject, string text)
    {
        if (mail.Host is null || to is null) return;
        // Operators belong to no environment; mail to real people is sent as in live.
        await outbox.Queue(change, new EnvironmentScope(EnvironmentDirectory.Live, App: null), new OutgoingMail(
            to, subject, text, "operator_notice"));
    }
}
