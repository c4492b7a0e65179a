using AwesomeAssertions;
using Castellan.Platform.Storage;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Installation;

/// <summary>Anybody may ask for health, and that costs the database next to nothing.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task Readiness_is_asked_of_the_database_once_a_second_for_all_who_ask()
    {
        await using var server = await TestServer.Start(CountedDatabase.AddTo);
        var database = CountedDatabase.Of(server);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        database.BeforeReady = () => goOn.Task;

        var together = Enumerable.Range(0, 20).Select(_ => Ask(server)).ToList();
        await Poll.Until(() => database.ReadinessAsked > 0);
        goOn.SetResult();
        (await Task.WhenAll(together)).Should().AllSatisfy(a => a.Status.Should().Be(200));
        (await Ask(server)).Status.Should().Be(200);
        database.ReadinessAsked.Should().Be(1);

        server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await Ask(server)).Status.Should().Be(200);
        database.ReadinessAsked.Should().Be(2);
    }

    [Fact]
    public async Task A_database_that_fails_or_hangs_is_not_ready_and_is_not_asked_more_often()
    {
        await using var server = await TestServer.Start(CountedDatabase.AddTo);
        var database = CountedDatabase.Of(server);
        database.BeforeReady = () => throw new StorageException(StorageFailure.Unavailable, "It is away.");
        (await Ask(server)).Status.Should().Be(503);

        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        database.BeforeReady = () => goOn.Task;
        (await Ask(server)).Status.Should().Be(503);
        server.Clock.Advance(TimeSpan.FromSeconds(10));
        var waiting = Ask(server);
        database.ReadinessAsked.Should().Be(2);
        goOn.SetResult();

        (await waiting).Status.Should().BeOneOf(200, 503);
        await Poll.Until(async () => (await Ask(server)).Status == 200,
            eachTime: () => server.Clock.Advance(TimeSpan.FromSeconds(1)));
    }

    private static Task<HttpAnswer> Ask(TestServer server) => HttpAnswer.Send(server.Http, "GET", "/health/ready");
}
