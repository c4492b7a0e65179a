using System.Globalization;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Mail;

namespace Castellan.Identity;

/// <summary>What people get by mail. Links lead to Castellan's own pages, never to an app.</summary>
internal sealed class IdentityMail(MailOutbox outbox, PublicAddress address)
{
    public ValueTask VerifyEmail(Change change, EnvironmentScope scope, string to, string token) => Queue(
        change, scope, to, "Confirm your address", "verify_email",
        $"""
        Somebody signed up with this address. If it was you, confirm it within 24 hours:

        {Link(scope, "verify", token)}

        If it was not you, do nothing: without the confirmation nobody counts as the owner of this address.
        """);

    public ValueTask AlreadySignedUp(Change change, EnvironmentScope scope, string to, string token) => Queue(
        change, scope, to, "You have an account already", "already_signed_up",
        $"""
        Somebody, perhaps you, tried to sign up with this address, and it has an account. Sign in with your password.

        If you have forgotten it, set a new one within 30 minutes:

        {Link(scope, "reset", token)}

        If it was not you, do nothing: nothing has changed.
        """);

    public ValueTask ResetPassword(Change change, EnvironmentScope scope, string to, string token) => Queue(
        change, scope, to, "Set a new password", "reset_password",
        $"""
        Somebody, perhaps you, asked for a new password. Set it within 30 minutes:

        {Link(scope, "reset", token)}

        You will be signed out everywhere. If it was not you, do nothing: your password stays.
        """);

    public ValueTask PasswordChanged(Change change, EnvironmentScope scope, string to) => Queue(
        change, scope, to, "Your password was changed", "password_changed",
        string.Create(CultureInfo.InvariantCulture, $"""
        Your password was changed on {change.Now:yyyy-MM-dd 'at' HH:mm} UTC, and you were signed out everywhere.

        If it was not you, set a new one: {address.At($"{scope.Environment}/forgot")}
        """));

    public ValueTask Impersonated(Change change, EnvironmentScope scope, string to, string app, DateTimeOffset until) =>
        Queue(change, scope, to, "Support looked at your account", "impersonated",
        string.Create(CultureInfo.InvariantCulture, $"""
        On {change.Now:yyyy-MM-dd 'at' HH:mm} UTC somebody who runs this service began to look at {app} as you see it.

        This ends by {until:HH:mm} UTC at the latest. They can read, and change nothing; your password stays unknown to
        them, and each page that they read is in the log. If you did not ask for help, ask the service why.
        """));

    private string Link(EnvironmentScope scope, string page, string token) =>
        address.At($"{scope.Environment}/{page}?token={Uri.EscapeDataString(token)}");

    private ValueTask Queue(
        Change change, EnvironmentScope scope, string to, string subject, string purpose, string text) =>
        outbox.Queue(change, scope, new OutgoingMail(to, subject, text + "\n", purpose));
}
