using Castellan.Installation;
using Castellan.Platform;

namespace Castellan.Mail;

/// <summary>How mail leaves the server. Section <c>Mail</c>.</summary>
[Settings("Mail")]
internal sealed record MailOptions
{
    /// <summary>Name of the SMTP server. Absent: nothing is sent, and mails of <c>live</c> wait.</summary>
    public string? Host { get; init; }

    /// <summary>Port of the SMTP server, 1 to 65535. 587 is the submission port (RFC 6409).</summary>
    public int Port { get; init; } = 587;

    /// <summary>How the connection is protected; <c>None</c> only for a server on this machine.</summary>
    public MailSecurity Security { get; init; } = MailSecurity.StartTls;

    /// <summary>Name to sign in with. Absent: no sign-in.</summary>
    public string? User { get; init; }

    /// <summary>File that holds the password, mode 0600. Needed where <c>User</c> is set.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The sender: <c>Castellan &lt;no-reply@example.com&gt;</c>. Needed where <c>Host</c> is set.</summary>
    public string? From { get; init; }

    /// <summary>
    /// Also sends the mails of <c>sandbox</c>. Off, so that an experiment never writes to real people: its mails stay
    /// in the development mailbox.
    /// </summary>
    public bool SendSandbox { get; init; }

    /// <summary>Attempts before a mail is given up, 1 to 50. The pauses double from 30 seconds to an hour.</summary>
    public int Attempts { get; init; } = 12;

    /// <summary>True when mails of the environment leave the server.</summary>
    public bool Sends(string environment) => environment != EnvironmentDirectory.Sandbox || SendSandbox;
}

/// <summary>How an SMTP connection is protected.</summary>
internal enum MailSecurity
{
    /// <summary>Plain at first, then TLS, which the server must offer.</summary>
    StartTls,

    /// <summary>TLS from the first byte; port 465.</summary>
    Tls,

    /// <summary>No protection.</summary>
    None,
}
