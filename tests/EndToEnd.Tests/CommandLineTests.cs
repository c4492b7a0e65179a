using System.Text.Json.Nodes;
using AwesomeAssertions;
using Xunit;

namespace Castellan.EndToEnd;

/// <summary>What the command line does without a server.</summary>
public sealed class CommandLineTests : IDisposable
{
    private const string NoServer = "http://127.0.0.1:1";
    private const UnixFileMode OwnerReadsAndWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Cli cli = new();

    public void Dispose() => cli.Dispose();

    [Fact]
    public async Task Version_is_the_products()
    {
        var result = await cli.Run("--version");

        result.ExitCode.Should().Be(0);
        result.Output.Should().StartWith("0.1.0");
    }

    [Fact]
    public async Task Unknown_verb_is_refused_by_name()
    {
        var result = await cli.Run("nonsense");

        result.ExitCode.Should().Be(2);
        result.Errors.Should().Contain("nonsense").And.Contain("castellan --help");
    }

    [Fact]
    public async Task Help_has_examples_and_the_exit_codes()
    {
        (await cli.Must("--help")).Should().Contain("Exit codes:").And.Contain("CASTELLAN_TOKEN");
        (await cli.Must("keys", "create", "--help")).Should().Contain("Examples:\n  castellan keys create app_");
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("1y")]
    [InlineData("99999999d")]
    [InlineData("2026-01-31T09:30:00")]
    [InlineData("2026-01-31")]
    public async Task What_is_no_time_is_refused_before_anything_is_sent(string since)
    {
        var result = await cli.Run("audit", "list", "--since", since);

        result.ExitCode.Should().Be(2);
        result.Output.Should().BeEmpty();
        result.Errors.Should().Contain(since).And.Contain("15m, 1h, 2d");
    }

    [Theory]
    [InlineData("apps", "create", "--name", "Portal")]
    [InlineData("apps", "transition", "app_x", "frozen")]
    [InlineData("apps", "get")]
    [InlineData("apps", "list", "--output", "yaml")]
    [InlineData("apps", "list", "--limit", "many")]
    public async Task An_incomplete_or_wrong_command_is_a_mistake_of_usage(params string[] args)
    {
        var result = await cli.Run(args);

        result.ExitCode.Should().Be(2);
        result.Output.Should().BeEmpty();
        result.Errors.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Nobody_signed_in_is_told_how_to_sign_in()
    {
        var result = await cli.Run("apps", "list");

        result.ExitCode.Should().Be(2);
        result.Errors.Should().Contain("not logged in").And.Contain("castellan login");
    }

    [Fact]
    public async Task No_server_has_an_exit_code_of_its_own()
    {
        var result = await cli.RunWith("token", "login", "--url", NoServer);

        result.ExitCode.Should().Be(3);
        result.Errors.Should().Contain(NoServer).And.Contain("refused");
        File.Exists(cli.ProfilesPath).Should().BeFalse();
    }

    [Fact]
    public async Task A_token_never_travels_in_the_clear()
    {
        var result = await cli.Run("login", "--url", "http://castellan.example.com", "--token", "secret");

        result.ExitCode.Should().Be(2);
        result.Errors.Should().Contain("https").And.NotContain("secret");
    }

    [Fact]
    public async Task A_token_and_its_server_come_from_the_environment_together()
    {
        cli.Variables["CASTELLAN_TOKEN"] = "token";
        var alone = await cli.Run("whoami");
        cli.Variables["CASTELLAN_URL"] = NoServer;
        var both = await cli.Run("whoami");

        alone.ExitCode.Should().Be(2);
        alone.Errors.Should().Contain("CASTELLAN_URL");
        both.ExitCode.Should().Be(3);
    }

    [Theory]
    [InlineData("profiles.json", "600", OwnerReadsAndWrites | UnixFileMode.OtherRead)]
    [InlineData("", "700", OwnerReadsAndWrites | UnixFileMode.UserExecute | UnixFileMode.GroupWrite)]
    public async Task Profiles_that_others_could_read_or_replace_are_refused(
        string name, string mend, UnixFileMode mode)
    {
        WriteProfiles("""{"current": "default", "all": {}}""");
        var path = Path.Combine(Path.GetDirectoryName(cli.ProfilesPath)!, name).TrimEnd('/');
        File.SetUnixFileMode(path, mode);

        var result = await cli.Run("whoami");

        result.ExitCode.Should().Be(2);
        result.Errors.Should().Contain($"chmod {mend} {path}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"current": null}""")]
    [InlineData("""{"current": "x", "all": {"x": null}}""")]
    public async Task Damaged_profiles_are_told_without_a_stack_trace(string text)
    {
        WriteProfiles(text);

        var result = await cli.Run("whoami");

        result.ExitCode.Should().Be(2);
        result.Errors.Should().Contain("fix:").And.NotContain("   at ");
    }

    [Fact]
    public async Task Doctor_finds_that_no_server_answers()
    {
        cli.Variables["CASTELLAN_TOKEN"] = "token";
        cli.Variables["CASTELLAN_URL"] = NoServer;

        var result = await cli.Run("doctor", "--output", "json");

        result.ExitCode.Should().Be(3);
        var findings = JsonNode.Parse(result.Output)!.AsArray();
        findings.Select(finding => $"{finding!["check"]} {finding["result"]}")
            .Should().Equal("profile ok", "server fail");
        findings[1]!["fix"]!.ToString().Should().Contain("castellan-server");
    }

    private void WriteProfiles(string text)
    {
        Directory.CreateDirectory(
            Path.GetDirectoryName(cli.ProfilesPath)!, OwnerReadsAndWrites | UnixFileMode.UserExecute);
        File.WriteAllText(cli.ProfilesPath, text);
        File.SetUnixFileMode(cli.ProfilesPath, OwnerReadsAndWrites);
    }
}
