using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Mail;

/// <summary>
/// A mail to be sent. <paramref name="Text"/> is plain text; <paramref name="Purpose"/> is a word for people who look
/// for it in the mailbox, such as <c>verify_email</c>.
/// </summary>
internal sealed record OutgoingMail(string To, string Subject, string Text, string Purpose);

/// <summary>A mail of the development mailbox, without its text.</summary>
internal sealed record MailSummary(
    MailId Id, string To, string Subject, string Purpose, MailState State, DateTimeOffset CreatedAt);

/// <summary>A mail of the development mailbox. <paramref name="Text"/> holds working links.</summary>
internal sealed record MailMessage(
    MailId Id, string To, string Subject, string Text, string Purpose, MailState State, DateTimeOffset CreatedAt);

[JsonConverter(typeof(NameConverter<MailState>))]
internal enum MailState
{
    /// <summary>Kept in the development mailbox; nobody sends it.</summary>
    Captured,

    /// <summary>Waits for its first or next attempt.</summary>
    Queued,

    /// <summary>The SMTP server has taken it.</summary>
    Sent,

    /// <summary>Given up.</summary>
    Failed,
}

/// <summary>
/// A mail in a sender's hands until its lease ends. <paramref name="Attempt"/> counts from 1 and is the fence.
/// </summary>
internal sealed record LeasedMail(
    MailId Id, string Environment, string To, string Subject, byte[] SealedText, DateTimeOffset CreatedAt,
    long Attempt);

internal sealed record ListMail(Page Page, string? To, string? Purpose)
{
    public static ListMail Bind(Input input) =>
        new(input.Page(), input.QueryText("to", max: 320), input.QueryText("purpose", max: 50));
}

internal sealed record GetMail(MailId Mail)
{
    public static GetMail Bind(Input input) => new(input.Path<MailKind>("mail"));
}

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(MailMessage))]
[JsonSerializable(typeof(ListOf<MailSummary>))]
internal sealed partial class MailJson : JsonSerializerContext
{
    public static MailJson Wire { get; } = new(Kernel.Wire.Options);
}
