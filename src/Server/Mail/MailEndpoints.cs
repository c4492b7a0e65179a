using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Crypto;

namespace Castellan.Mail;

/// <summary>The development mailbox: what would have been sent from sandbox.</summary>
internal sealed class MailEndpoints(MailStore store, Secrets secrets, Cursors cursors) : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListMail, ListOf<MailSummary>>(
            "mail.list", "GET", "/v1/mailbox", ListMail.Bind, List, MailJson.Wire.ListOfMailSummary)
        {
            Summary = "List the mails of sandbox, newest first. Operators, and this machine itself while developing.",
            Grants = [Grants.AnyOperator, Grant.Loopback], OnInstallation = true, Problems = [MailErrors.SandboxOnly],
        },
        new Read<GetMail, MailMessage>(
            "mail.get", "GET", "/v1/mailbox/{mail}", GetMail.Bind, Get, MailJson.Wire.MailMessage)
        {
            Summary = "Read a mail of sandbox, with its text.",
            Grants = [Grants.AnyOperator, Grant.Loopback], OnInstallation = true, Problems = [MailErrors.SandboxOnly],
        },
    ];

    private async ValueTask<ListOf<MailSummary>> List(Call<ListMail> call)
    {
        var (page, to, purpose) = call.Input;
        var sandbox = Sandbox(call);
        return await cursors.Page("mail.list", sandbox, page, [to, purpose],
            (before, limit) => store.List(sandbox, to, purpose, before, limit, call.Aborted), mail => mail.Id.Value);
    }

    private async ValueTask<MailMessage> Get(Call<GetMail> call)
    {
        if (await store.Find(Sandbox(call), call.Input.Mail, call.Aborted) is not ({ } mail, { } sealedText))
            throw new Refusal(GateProblems.NotFound);
        var text = MailOutbox.Open(secrets, mail.Id, sealedText);
        return new MailMessage(mail.Id, mail.To, mail.Subject, text, mail.Purpose, mail.State, mail.CreatedAt);
    }

    /// <summary>
    /// Whoever asks, it is sandbox's mailbox: naming another environment is an error, never a switch.
    /// </summary>
    private static EnvironmentScope Sandbox<T>(Call<T> call) =>
        call.Request.Environment is null or EnvironmentDirectory.Sandbox
            ? new EnvironmentScope(EnvironmentDirectory.Sandbox, App: null)
            : throw new Refusal(MailErrors.SandboxOnly);
}
