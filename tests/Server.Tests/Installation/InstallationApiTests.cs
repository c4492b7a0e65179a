using AwesomeAssertions;
using Castellan.Tests.Operators;

namespace Castellan.Tests.Installation;

public sealed class InstallationApiTests
{
    [Fact]
    public async Task Operators_read_what_the_installation_is_and_nobody_else()
    {
        await using var server = await TestServer.Start();
        using var billing = await server.SignedInOperator("billing");

        var (status, installation) = await billing.Send(HttpMethod.Get, "/v1/installation");
        var (anonymous, _) = await server.Http.Send(HttpMethod.Get, "/v1/installation");

        status.Should().Be(200);
        installation["engine"]!.ToString().Should().Be(TestServer.Engine);
        installation["environments"]!.AsArray().Select(e => e!.ToString()).Should().Equal("live", "sandbox");
        installation["public_url"]!.ToString().Should().StartWith("http");
        installation["version"]!.ToString().Should().NotContain("+");
        anonymous.Should().Be(401);
    }
}
