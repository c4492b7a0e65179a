using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AwesomeAssertions;
using Castellan.Installation;
using Castellan.Installation.Commands;
using Castellan.Platform;
using Castellan.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Installation;

/// <summary>What keeps a server from starting, and that the message names the fix.</summary>
public sealed class StartupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_file_that_others_may_read_is_refused()
    {
        await using var database = await Installed();
        var key = Path.Combine(database.Folder, "keys", "master.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var refusal = await Refusal(database);

        refusal.Why.Should().Contain("Others may read the key file");
        refusal.Fix.Should().Be($"Run: chmod 600 {key}");
        (await Examine(database)).Should().Contain(f => f.Subject == "master key" && f.Health == Health.Ill);
    }

    [Fact]
    public async Task A_key_file_of_another_account_is_refused()
    {
        await using var database = await Installed();
        var key = Path.Combine(database.Folder, "keys", "master.key");
        const uint Another = 65_534;

        FileOwner.Of(key).Should().Be(FileOwner.OfProcess);
        FileOwner.Of("/").Should().Be(FileOwner.Root);
        StartupChecks.RequireOwner(key, FileOwner.Root, process: Another);
        var act = () => StartupChecks.RequireOwner(key, Another, process: 1_000);
        act.Should().Throw<UnsafeStartException>().Which.Fix.Should().EndWith($"chown 1000 {key}");
        // Only root can give a file away; who is not has shown the rule.
        if (!Environment.IsPrivilegedProcess) return;
        using (var chown = Process.Start("chown", [$"{Another}", key])) await chown.WaitForExitAsync(Ct);

        var refusal = await Refusal(database);

        refusal.Why.Should().Contain($"belongs to account {Another}");
        refusal.Fix.Should().Be($"Run the server as account {Another}, or: chown 0 {key}");
        (await Examine(database)).Should().Contain(f => f.Subject == "master key" && f.Health == Health.Ill);
    }

    [Fact]
    public async Task A_data_folder_that_others_may_read_is_refused()
    {
        await using var database = await Installed();
        File.SetUnixFileMode(database.Folder, (UnixFileMode)0b111_101_101);
        (await Refusal(database)).Fix.Should().Be($"Run: chmod 700 {database.Folder}");
    }

    [Theory]
    [InlineData("http://castellan.example.com", "http://127.0.0.1:0", "not https")]
    [InlineData("https://castellan.example.com", "http://127.0.0.1:0", "no proxy that ends TLS")]
    [InlineData("castellan.example.com", "http://127.0.0.1:0", "not an http or https address")]
    [InlineData("http://127.0.0.1:7300", "http://0.0.0.0:0", "beyond this machine and in the clear")]
    [InlineData("http://127.0.0.1:7300", "http://127.0.0.1:0/;http://0.0.0.0:80", "not one scheme, host and port")]
    [InlineData("http://127.0.0.1:7300", "http://127.0.0.1:0/base", "not one scheme, host and port")]
    public async Task An_unsafe_public_address_is_refused(string publicUrl, string listen, string why)
    {
        await using var database = await TestDatabase.Create();
        var refusal = await Refusal(database, "--PublicUrl", publicUrl, "--Listen", listen);
        refusal.Why.Should().Contain(why);
        refusal.Fix.Should().StartWith("Set ");
    }

    [Fact]
    public async Task A_missing_key_beside_an_existing_database_is_refused_and_none_is_made()
    {
        await using var database = await Installed();
        var key = Path.Combine(database.Folder, "keys", "master.key");
        File.Delete(key);
        (await Refusal(database)).Why.Should().Contain("is missing, and the database was made with one");
        File.Exists(key).Should().BeFalse();
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        await using var database = await Installed();
        var key = Path.Combine(database.Folder, "keys", "master.key");
        await File.WriteAllTextAsync(key, Convert.ToBase64String(new byte[32]), Ct);
        (await Refusal(database)).Why.Should().Contain("not the one that this database was made with");
        (await Examine(database)).Should().Contain(f => f.Subject == "master key" && f.Health == Health.Ill);
        await File.WriteAllTextAsync(key, "short", Ct);
        (await Refusal(database)).Why.Should().Contain("does not hold 32 bytes");
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await using var database = await Installed();
        await using (var app = Server.Build(Settings(database)))
        {
            await app.Services.GetRequiredService<IDatabase>().Transact(write => write.Run(
                $"insert into migration (name, checksum, applied_at) values ({"9999_future"}, {"x"}, {0L})"));
        }
        var error = await Assert.ThrowsAsync<MigrationException>(() => Start(database));
        var (message, code) = StartFailures.Explain(error, new InstallationOptions())!.Value;
        message.Should().Contain("9999_future").And.Contain("newer version");
        code.Should().Be(StartFailures.Configuration);
        (await Examine(database)).Should().Contain(f => f.Subject == "migrations" && f.Health == Health.Ill);
    }

    [Fact]
    public async Task A_port_in_use_is_one_message()
    {
        await using var database = await TestDatabase.Create();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var listen = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var error = await Assert.ThrowsAnyAsync<IOException>(() => ServeCommand.Serve(
            settings => Server.Build(settings), Settings(database, "--Listen", listen, "--PublicUrl", listen), Ct));
        var (message, code) = StartFailures.Explain(error, new InstallationOptions { Listen = listen })!.Value;

        message.Should().Be($"Another program listens on {listen}.\nFix: Stop it, or set Listen to another port.");
        code.Should().Be(StartFailures.Unavailable);
    }

    [Fact]
    public async Task A_postgres_that_does_not_answer_is_one_message()
    {
        await using var database = await TestDatabase.Create();
        var settings = Settings(database, "--Postgres", "Host=127.0.0.1;Port=1;Database=x;Username=y;Timeout=3");
        var error =
            await Assert.ThrowsAnyAsync<Exception>(() => ServeCommand.Serve(s => Server.Build(s), settings, Ct));
        var (message, code) = StartFailures.Explain(error, new InstallationOptions())!.Value;
        message.Should().StartWith("PostgreSQL cannot be reached").And.Contain("Fix: ");
        code.Should().Be(StartFailures.Unavailable);
    }

    [Fact]
    public void One_process_owns_a_data_folder()
    {
        var options = new InstallationOptions
        {
            DataFolder = Path.Combine(Path.GetTempPath(), $"castellan-test-{Guid.CreateVersion7():n}"),
        };
        try
        {
            using (DataFolderLock.Take(options))
            {
                var second = () => DataFolderLock.Take(options);
                second.Should().Throw<UnsafeStartException>().Which.Fix.Should().Contain("--DataFolder");
            }
            using var afterwards = DataFolderLock.Take(options);
            afterwards.Should().NotBeNull();
        }
        finally
        {
            Directory.Delete(options.DataFolder, recursive: true);
        }
    }

    [Fact]
    public async Task A_sound_installation_has_nothing_ill()
    {
        await using var database = await Installed();
        var findings = await Examine(database);
        findings.Should().NotContain(f => f.Health == Health.Ill);
        findings.Select(f => f.Subject).Should()
            .Contain(["addresses", "disk", "migrations", "database", "master key", "clock"]);
        findings.Where(f => f.Health != Health.Well).Should().OnlyContain(f => f.Fix != null);
    }

    [Theory]
    [InlineData("RateLimits:User:PerSecond", "0")]
    [InlineData("RateLimits:Tenant:PerSecond", "NaN")]
    [InlineData("RateLimits:Address:PerSecond", "1E300")]
    [InlineData("RateLimits:Credential:Burst", "0")]
    [InlineData("RateLimits:App:Burst", "0")]
    [InlineData("RateLimits:Operations:records.bulk:PerSecond", "0")]
    [InlineData("RateLimits:User:WhenUnshared", "7")]
    [InlineData("RateLimits:RedisTimeoutMs", "0")]
    [InlineData("RateLimits:Redis", "127.0.0.1:6379,passwort=secret")]
    [InlineData("RateLimits:Redis", "ssl=true")]
    [InlineData("Load:CallsMax", "9")]
    [InlineData("Tenants:MembersMax", "0")]
    [InlineData("Mail:Port", "65536")]
    [InlineData("Mail:Attempts", "0")]
    [InlineData("Mail:Security", "7")]
    [InlineData("Passwords:BreachedList", "/nowhere/list.txt")]
    public async Task A_setting_out_of_its_range_is_refused_by_name(string setting, string value)
    {
        await using var database = await TestDatabase.Create();
        var refusal = await Refusal(database, $"--{setting}", value);
        refusal.Why.Should().Contain(setting).And.NotContain("secret");
        refusal.Fix.Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_limit_of_an_operation_that_there_is_not_is_refused_with_the_one_that_was_meant()
    {
        await using var database = await TestDatabase.Create();
        var refusal = await Refusal(database, "--RateLimits:Operations:records.bluk:PerSecond", "1");
        refusal.Why.Should().Contain("RateLimits:Operations:records.bluk");
        refusal.Fix.Should().Contain("records.bulk");
    }

    [Fact]
    public async Task Other_addresses_to_listen_on_are_refused()
    {
        await using var database = await TestDatabase.Create();
        (await Refusal(database, "--Kestrel:Endpoints:Other:Url", "http://0.0.0.0:0")).Why
            .Should().Contain("Kestrel:Endpoints");
    }

    [Theory]
    [InlineData("--DataFoldr=x", "--DataFolder")]
    [InlineData("--RateLimits:User:Brust=9", "--RateLimits:User:Burst")]
    [InlineData("--mail:prot=25", "--Mail:Port")]
    public void A_misspelt_setting_is_refused_with_the_one_that_was_meant(string word, string meant) =>
        Assert.Throws<UnsafeStartException>(() => InstallationSettings.Check([word])).Fix.Should().Contain(meant);

    [Fact]
    public void Variables_of_ours_that_nobody_reads_are_refused()
    {
        InstallationSettings.CheckVariables(
            ["PATH", "CASTELLAN_LISTEN", "CASTELLAN_MAIL__HOST", "CASTELLAN_RATELIMITS__USER__BURST", "CASTELLAN_URL",
                "CASTELLAN_CONFIG", "CASTELLAN_SERVICE_HOST", "CASTELLAN_PORT_7300_TCP"]);
        Assert.Throws<UnsafeStartException>(() => InstallationSettings.CheckVariables(["CASTELLAN_MAIL_HOST"]))
            .Fix.Should().Contain("CASTELLAN_MAIL__HOST");
    }

    [Theory]
    [InlineData("serv")]
    [InlineData("--Listen")]
    public void Words_that_are_no_settings_are_refused(string word) =>
        Assert.Throws<UnsafeStartException>(() => InstallationSettings.Check([word]));

    private static async Task<TestDatabase> Installed()
    {
        var database = await TestDatabase.Create();
        await Start(database);
        return database;
    }

    private static async Task<UnsafeStartException> Refusal(TestDatabase database, params string[] settings) =>
        await Assert.ThrowsAsync<UnsafeStartException>(() => Start(database, settings));

    private static async Task Start(TestDatabase database, params string[] settings)
    {
        await using WebApplication app = Server.Build(Settings(database, settings));
        await app.Services.GetRequiredService<FirstStart>().Run(Ct);
    }

    private static string[] Settings(TestDatabase database, params string[] settings) =>
    [
        "--DataFolder", database.Folder, .. database.Postgres is null ? [] : new[] { "--Postgres", database.Postgres },
        .. settings,
    ];

    private static Task<IReadOnlyList<Finding>> Examine(TestDatabase database) => new Doctor(
        new InstallationOptions { DataFolder = database.Folder, Postgres = database.Postgres }, TimeProvider.System)
            .Examine(Ct);
}
