using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AwesomeAssertions;
using Castellan.Tests.Identity;
using Castellan.Tests.Identity.Pages;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Conformance;

/// <summary>
/// A certified client library, openid-client on Node, walks through the OAuth endpoints and the hosted pages.
/// </summary>
public sealed class OAuthConformanceTests
{
    [Theory]
    [InlineData("sandbox")]
    [InlineData("live")]
    public async Task A_certified_client_finds_what_the_standards_promise(string environment)
    {
        // The issuer is the public address, so it has to be where the server truly listens.
        var address = $"http://127.0.0.1:{FreePort()}";
        await using var hosted = await HostedWorld.Start("--Listen", address, "--PublicUrl", address);
        var other = await IdentityWorld.Register(hosted.World.Server, "Other");
        await HostedWorld.AllowCallback(hosted.World.Server, other);
        if (environment == "live") await hosted.World.SignUpLive(HostedWorld.Ada);
        else await hosted.SignUpAda();

        var world = await Describe(hosted, other, environment);
        await using var judge = Judge.Start("oauth.mjs", address, environment, world);
        var verdicts = await judge.Judged("");

        verdicts.Where(verdict => !verdict["held"]!.GetValue<bool>()).Select(verdict => verdict.ToJsonString())
            .Should().BeEmpty();
        verdicts.Select(verdict => verdict["name"]!.ToString()).Should().EndWith("the judge came to its end")
            .And.HaveCountGreaterThan(70);
    }

    private static async Task<string> Describe(HostedWorld hosted, App other, string environment)
    {
        var secret = await hosted.World.Server.InProcess.Call(InProcess.Owner, "keys.create",
            path: new { app = hosted.App.Id, environment }, body: new { name = "judge" });
        return JsonSerializer.Serialize(new
        {
            key = environment == "live" ? hosted.App.Live : hosted.App.Sandbox,
            other = environment == "live" ? other.Live : other.Sandbox,
            secret = secret["secret"]!.ToString(),
            callback = PageBrowser.Callback,
            signedOut = "http://127.0.0.1:9/",
            email = HostedWorld.Ada,
            password = IdentityWorld.Password,
            now = hosted.World.Server.Clock.GetUtcNow().ToUnixTimeSeconds(),
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
