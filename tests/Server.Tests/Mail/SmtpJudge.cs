using System.Text.Json.Nodes;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Mail;

/// <summary>An SMTP server that others wrote; <c>tests/judges/smtp.mjs</c> says which addresses it refuses.</summary>
internal sealed class SmtpJudge : IAsyncDisposable
{
    private readonly Judge judge;

    private SmtpJudge(Judge judge, int port) => (this.judge, Port) = (judge, port);

    public int Port { get; }

    public IReadOnlyList<JsonNode> Taken => [.. judge.Lines.Select(l => l["taken"]).OfType<JsonNode>()];

    public IReadOnlyList<string> Refused =>
        [.. judge.Lines.Select(l => l["refused"]?["to"]?.ToString()).OfType<string>()];

    /// <summary>Settings of a server that sends to it.</summary>
    public string[] Settings =>
    [
        "--Mail:Host", "127.0.0.1", "--Mail:Port", $"{Port}", "--Mail:Security", "None",
        "--Mail:From", "Castellan <no-reply@castellan.example>",
    ];

    public static async Task<SmtpJudge> Start()
    {
        var started = Judge.Start("smtp.mjs");
        await Poll.Until(() => started.Lines.Count > 0);
        return new SmtpJudge(started, started.Lines[0]["listening"]!.GetValue<int>());
    }

    public ValueTask DisposeAsync() => judge.DisposeAsync();
}
