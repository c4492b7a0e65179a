using Castellan.Kernel;

namespace Castellan.Mail;

internal static class MailErrors
{
    public static readonly ProblemType AddressRefused = new("mail_address_refused", 422, "Mail cannot be sent to this",
        "The address is not one mailbox, or it or the subject holds a line break or another control character.",
        "Send one address such as ada@example.com.");

    public static readonly ProblemType SandboxOnly = new("mailbox_sandbox_only", 403, "The mailbox is for sandbox only",
        "The development mailbox was asked for another environment. Mails there go to their readers alone.",
        "Leave Castellan-Environment out, or send sandbox.");

    public static IReadOnlyList<ProblemType> All { get; } = [AddressRefused, SandboxOnly];
}
