using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Mail;
using Castellan.Platform;
using Castellan.Platform.Crypto;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Castellan.Tests.Mail;

public sealed class MailTests
{
    [Fact]
    public async Task A_mail_of_live_is_sent_once_after_the_commit_and_its_text_goes()
    {
        await using var smtp = await SmtpJudge.Start();
        await using var server = await TestServer.Start(smtp.Settings);

        await Queue(server, "live",
            Letter("ada@example.com") with { Subject = "Grüße", Text = "Open https://x/?t=1\n" });
        await Poll.Until(() => smtp.Taken.Count > 0);

        var taken = smtp.Taken.Single();
        taken["to"]!.AsArray().Single()!.ToString().Should().Be("ada@example.com");
        var data = taken["data"]!.ToString();
        data.Should().Contain("Open https://x/?t=1").And.Contain("From: Castellan <no-reply@castellan.example>")
            .And.Contain("Subject: =?utf-8?").And.Contain("Auto-Submitted: auto-generated")
            .And.MatchRegex("Message-Id: <mail_[0-9a-z]{26}@castellan.example>");
        await Poll.Until(async () =>
            (await Rows(server)).Single() is { SentAt: not null, Sealed: null, Next: null, Attempts: 1 });
    }

    [Fact]
    public async Task A_mail_that_is_refused_for_now_is_tried_again_after_growing_pauses()
    {
        await using var smtp = await SmtpJudge.Start();
        await using var server = await TestServer.Start(smtp.Settings);

        await Queue(server, "live", Letter("busy-2@example.com"));
        await Poll.Until(async () => (await Rows(server)).Single() is { Attempts: 1, Error: not null });
        var first = (await Rows(server)).Single().Next - server.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await Poll.Until(async () => (await Rows(server)).Single() is { Attempts: 2, Error: not null }, Second(server));
        await Poll.Until(() => smtp.Taken.Count > 0, Second(server));

        first.Should().BeInRange(25_000, 30_000);
        smtp.Refused.Should().HaveCount(2);
        await Poll.Until(async () => (await Rows(server)).Single() is { SentAt: not null, Attempts: 3, Error: null });
        smtp.Taken.Should().ContainSingle();
    }

    [Fact]
    public async Task A_refusal_for_good_ends_the_attempts()
    {
        await using var smtp = await SmtpJudge.Start();
        await using var server = await TestServer.Start(smtp.Settings);

        await Queue(server, "live", Letter("gone@example.com"));

        await Poll.Until(async () => (await Rows(server)).Single() is { FailedAt: not null, Next: null, Attempts: 1 });
        smtp.Taken.Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_tried_as_often_as_the_setting_says()
    {
        await using var smtp = await SmtpJudge.Start();
        await using var server = await TestServer.Start([.. smtp.Settings, "--Mail:Port", "1", "--Mail:Attempts", "3"]);

        await Queue(server, "live", Letter("ada@example.com"));

        await Poll.Until(async () => (await Rows(server)).Single() is { FailedAt: not null, Attempts: 3 },
            () => server.Clock.Advance(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task The_mail_of_a_sender_that_died_is_sent_by_another_when_its_lease_ends()
    {
        await using var smtp = await SmtpJudge.Start();
        await using var server = await TestServer.Start();
        var store = server.App.Services.GetRequiredService<MailStore>();
        var other = Sender(server, smtp);
        await Queue(server, "live", Letter("ada@example.com"));

        var taken = await store.Take(server.Clock.GetUtcNow(), MailWorker.Lease, limit: 8);
        server.Clock.Advance(MailWorker.Lease - TimeSpan.FromSeconds(1));
        (await other.RunOnce(TestContext.Current.CancellationToken)).Should().Be(0);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await other.RunOnce(TestContext.Current.CancellationToken)).Should().Be(1);

        smtp.Taken.Should().ContainSingle();
        // What the dead one would say later counts no more.
        (await store.GiveUp(taken.Single(), server.Clock.GetUtcNow(), "late")).Should().Be(0);
        (await Rows(server)).Single().Should().Match<MailRow>(m => m.SentAt != null && m.Attempts == 2);
    }

    [Fact]
    public async Task Several_senders_never_send_the_same_mail()
    {
        const int Mails = 60;
        await using var smtp = await SmtpJudge.Start();
        await using var server = await TestServer.Start(smtp.Settings);
        await Queue(server, "live", [.. Enumerable.Range(0, Mails).Select(i => Letter($"reader-{i}@example.com"))]);

        var senders = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (await Sender(server, smtp).RunOnce(TestContext.Current.CancellationToken) > 0)
            {
            }
        }));
        await Task.WhenAll(senders);
        await Poll.Until(async () => (await Rows(server)).All(m => m.SentAt is not null));

        smtp.Taken.Select(t => t["to"]![0]!.ToString()).Should().OnlyHaveUniqueItems().And.HaveCount(Mails);
        (await Rows(server)).Should().OnlyContain(m => m.Attempts == 1);
    }

    [Fact]
    public async Task Without_an_SMTP_server_mails_of_live_wait_and_those_of_sandbox_are_captured()
    {
        await using var server = await TestServer.Start();

        await Queue(server, "live", Letter("ada@example.com"));
        await Queue(server, "sandbox", Letter("bob@example.com"));

        (await Sender(server, smtp: null).RunOnce(TestContext.Current.CancellationToken)).Should().Be(0);
        var rows = await Rows(server);
        rows.Should().HaveCount(2).And.OnlyContain(m => m.SentAt == null && m.Attempts == 0);
        rows.Single(m => m.To == "ada@example.com").Next.Should().NotBeNull();
        rows.Single(m => m.To == "bob@example.com").Next.Should().BeNull();
    }

    [Theory]
    [InlineData("ada@xn--bcher-kva.example")]
    [InlineData("ada@XN--BCHER-KVA.example")]
    public async Task An_address_with_its_domain_in_punycode_is_queued(string to)
    {
        await using var server = await TestServer.Start();
        await Queue(server, "live", Letter(to));
        (await Rows(server)).Single().To.Should().Be(to);
    }

    [Theory]
    [InlineData("ada@example.com\r\nBcc: all@example.com", "Hello")]
    [InlineData("ada@example.com, bob@example.com", "Hello")]
    [InlineData("Ada <ada@example.com>", "Hello")]
    [InlineData("no address", "Hello")]
    [InlineData("ada@example.com", "Hello\r\nBcc: all@example.com")]
    public async Task A_line_break_or_a_second_address_is_refused_and_nothing_is_queued(string to, string subject)
    {
        await using var server = await TestServer.Start();

        var queue = () => Queue(server, "live", Letter(to) with { Subject = subject });

        (await queue.Should().ThrowAsync<Refusal>()).Which.Problem.Type.Should().Be(MailErrors.AddressRefused);
        (await Rows(server)).Should().BeEmpty();
    }

    [Fact]
    public async Task Sandbox_keeps_the_last_500_and_done_mails_go_after_30_days()
    {
        await using var server = await TestServer.Start();
        var store = server.App.Services.GetRequiredService<MailStore>();
        await Queue(server, "live", Letter("waiting@example.com"));
        await Queue(server, "sandbox", [.. Enumerable.Range(0, 510).Select(i => Letter($"reader-{i}@example.com"))]);

        await store.Prune(server.Clock.GetUtcNow());
        (await Rows(server)).Should().HaveCount(501);

        await store.Prune(server.Clock.GetUtcNow() + TimeSpan.FromDays(4));
        (await Rows(server)).Single(m => m.To == "waiting@example.com").FailedAt.Should().NotBeNull();

        await store.Prune(server.Clock.GetUtcNow() + TimeSpan.FromDays(31));
        (await Rows(server)).Should().BeEmpty();
    }

    [Fact]
    public void Settings_that_would_send_in_the_clear_do_not_start()
    {
        var inTheClear = new MailOptions
        {
            Host = "smtp.example.com", From = "a@example.com", Security = MailSecurity.None,
        };

        FluentActions.Invoking(() => SmtpSender.RequireSafe(inTheClear)).Should().Throw<UnsafeStartException>();
        FluentActions.Invoking(() => SmtpSender.RequireSafe(inTheClear with { From = null }))
            .Should().Throw<UnsafeStartException>();
        FluentActions.Invoking(() => SmtpSender.RequireSafe(
                inTheClear with { Security = MailSecurity.StartTls, User = "u", PasswordFile = "/no/such/file" }))
            .Should().Throw<UnsafeStartException>();
    }

    [Fact]
    public async Task The_password_comes_from_a_file_that_only_its_owner_may_read()
    {
        await using var smtp = await SmtpJudge.Start();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "open sesame\n", TestContext.Current.CancellationToken);
        string[] settings = [.. smtp.Settings, "--Mail:User", "castellan", "--Mail:PasswordFile", file];

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var start = () => TestServer.Start(settings);
        await start.Should().ThrowAsync<UnsafeStartException>();

        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        await using var server = await TestServer.Start(settings);
        await Queue(server, "live", Letter("ada@example.com"));
        await Poll.Until(() => smtp.Taken.Count > 0);
        smtp.Taken.Single()["user"]!.ToString().Should().Be("castellan");
        File.Delete(file);
    }

    internal static async Task Queue(TestServer server, string environment, params OutgoingMail[] mails)
    {
        var outbox = server.App.Services.GetRequiredService<MailOutbox>();
        var changes = server.App.Services.GetRequiredService<Changes>();
        await changes.RunAs(Caller.System("test", environment), "test.mail", async change =>
        {
            foreach (var mail in mails) await outbox.Queue(change, new EnvironmentScope(environment, App: null), mail);
            change.Audit(new Target("test", "mail"), Snapshot.None, Snapshot.None);
            return true;
        });
    }

    internal static OutgoingMail Letter(string to) => new(to, "Hello", "A letter.", "test");

    private static Action Second(TestServer server) => () => server.Clock.Advance(TimeSpan.FromSeconds(1));

    /// <summary>Another node's sender.</summary>
    private static MailWorker Sender(TestServer server, SmtpJudge? smtp)
    {
        var options = smtp is null ? new MailOptions() : new MailOptions
        {
            Host = "127.0.0.1", Port = smtp.Port, Security = MailSecurity.None, From = "no-reply@castellan.example",
        };
        var services = server.App.Services;
        return new MailWorker(
            services.GetRequiredService<MailStore>(), new SmtpSender(options, services.GetRequiredService<Secrets>()),
            options, server.Clock, NullLogger<MailWorker>.Instance);
    }

    private static async Task<List<MailRow>> Rows(TestServer server) => await server.Database.Many(
        $"""
        select to_address, next_attempt_at, attempts, sent_at, failed_at, last_error, sealed_text from mail order by id
        """,
        row => new MailRow(row.Text(), row.Int64OrNull(), row.Int64(), row.Int64OrNull(), row.Int64OrNull(),
            row.TextOrNull(), row.BytesOrNull()));

    internal sealed record MailRow(
        string To, long? Next, long Attempts, long? SentAt, long? FailedAt, string? Error, byte[]? Sealed);
}
