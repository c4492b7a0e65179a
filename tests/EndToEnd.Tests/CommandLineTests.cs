using System.Diagnostics;
using AwesomeAssertions;
using Xunit;

namespace Castellan.EndToEnd;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Version_is_the_products()
    {
        var (exitCode, output) = await Cli("--version");

        exitCode.Should().Be(0);
        output.Should().StartWith("0.1.0");
    }

    [Fact]
    public async Task Unknown_verb_is_refused_by_name()
    {
        var (exitCode, output) = await Cli("nonsense");

        exitCode.Should().NotBe(0);
        output.Should().Contain("nonsense");
    }

    private static async Task<(int ExitCode, string Output)> Cli(params string[] args)
    {
        var start = new ProcessStartInfo(Published.CommandLine, args)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output + await errors);
    }
}
