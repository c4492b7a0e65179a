using Castellan.Apps;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Mail;

namespace Castellan.Tenants.Invitations;

/// <summary>
/// The mail of an invitation: the only place where its token is shown. The link leads to the app's first registered
/// origin, or to Castellan's own page where the app has none.
/// </summary>
internal sealed class InvitationMail(MailOutbox outbox, AppDirectory apps, PublicAddress address)
{
    /// <summary>Castellan's own page.</summary>
    public const string Page = "/{environment}/invite";

    /// <summary>Where a link leads and in whose name it is sent: found out before the change.</summary>
    public sealed record Sender(string Link, string? AppName);

    public async ValueTask<Sender> Prepare(EnvironmentScope scope, string token)
    {
        var app = scope.App is { } id ? await apps.Find(id) : null;
        var settings = app is null ? null : await apps.FindSettings(app.Id, scope.Environment);
        var page = settings is { Origins: [var origin, ..] }
            ? $"{origin}/invite"
            : address.At($"{scope.Environment}/invite");
        return new Sender($"{page}?token={token}", app?.Name);
    }

    public ValueTask Queue(Change change, EnvironmentScope scope, Invitation invitation, Sender sender)
    {
        var through = sender.AppName is { } name ? $" in {name}" : "";
        var text = $"""
            You are invited to join "{invitation.TenantName}"{through}.

            Accept the invitation here, signed in with this address:
            {sender.Link}

            The link works once, until {invitation.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC.
            If you did not expect this mail, leave it: nothing happens without you.
            """;
        return outbox.Queue(change, scope, new OutgoingMail(
            invitation.Email, $"Invitation to {invitation.TenantName}", text, "invitation"));
    }
}
