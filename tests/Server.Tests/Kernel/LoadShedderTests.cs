using System.Net;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tests.Isolation;

namespace Castellan.Tests.Kernel;

public sealed class LoadShedderTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 15, 12, 0, 0, TimeSpan.Zero);
    private readonly LoadShedder load = new(new LoadOptions { CallsMax = 100 });

    private static Invocation Call(AppId? app = null, bool urgent = false, WriteCost cost = WriteCost.Usual) => new(
        app is { } of ? Caller.OfApp("sandbox", of, KeyId.New(Now)) : InProcess.Owner,
        new WorkerOperation("tests.call") { Urgent = urgent, Cost = cost },
        new WorkerRequest { Id = RequestId.New(Now) }, Now, CancellationToken.None);

    private List<LoadShedder.Place> Fill(int calls, AppId? app)
    {
        var places = Enumerable.Range(0, calls).Select(_ => load.Enter(Call(app))).ToList();
        return places.FindAll(place => !place.IsRefused);
    }

    private bool Enters(AppId? app = null, bool urgent = false, WriteCost cost = WriteCost.Usual)
    {
        using var place = load.Enter(Call(app, urgent, cost));
        return !place.IsRefused;
    }

    [Fact]
    public void Up_to_half_of_its_places_nobody_is_refused()
    {
        Fill(49, AppId.New(Now)).Should().HaveCount(49);
        Enters(AppId.New(Now), cost: WriteCost.Heavy).Should().BeTrue();
    }

    [Fact]
    public void In_a_crowd_heavy_calls_and_the_app_with_more_than_its_share_go_first()
    {
        var (greedy, modest) = (AppId.New(Now), AppId.New(Now));
        Fill(500, greedy).Should().HaveCount(50, "half of the places are for whoever comes");

        Enters(greedy).Should().BeFalse();
        Enters(modest).Should().BeTrue();
        Enters(modest, cost: WriteCost.Heavy).Should().BeFalse();
        Fill(100, modest).Should().HaveCount(26, "it is one of two apps, and a third may come");
        Enters(AppId.New(Now)).Should().BeTrue();
    }

    [Fact]
    public void The_last_fifth_is_for_operators_and_for_what_takes_a_right_away()
    {
        var apps = Enumerable.Range(0, 20).Select(_ => AppId.New(Now)).ToList();
        var places = Enumerable.Range(0, 200).Select(i => load.Enter(Call(apps[i % 20])))
            .Where(place => !place.IsRefused).ToList();
        load.UnderWay.Should().Be(places.Count).And.Be(60, "each has one of twenty-one shares of eighty");

        Fill(200 - places.Count, app: null).Should().HaveCount(100 - places.Count);
        Enters().Should().BeFalse();
        places[0].Dispose();
        Enters(apps[0]).Should().BeFalse();
        Enters(apps[0], urgent: true).Should().BeTrue();
        Enters().Should().BeTrue();
    }

    [Fact]
    public void Every_place_is_given_back()
    {
        var apps = Enumerable.Range(0, 5).Select(_ => AppId.New(Now)).ToList();
        Parallel.For(0, 20_000, i => Enters(apps[i % 5], urgent: i % 7 == 0));

        load.UnderWay.Should().Be(0);
        Fill(49, apps[0]).Should().HaveCount(49);
    }

    /// <summary>Bodies that never end hold the places of an app whose turn it is not, and no others.</summary>
    [Fact]
    public async Task A_crowded_server_says_so_to_the_app_that_crowds_it()
    {
        await using var world = await HostileWorld.Start(adjust: null, "--Load:CallsMax", "10");
        using var end = new CancellationTokenSource();
        using var crowd = world.Server.With(world.Key.Bearer);
        var held = new List<Task>();
        for (var i = 0; i < 5; i++)
        {
            var body = new NeverEnding(end.Token);
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/tenants") { Content = new StreamContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            // The body is asked for when the server reads it.
            request.Headers.ExpectContinue = true;
            held.Add(crowd.SendAsync(request, end.Token));
            await body.Asked;
        }
        await Poll.Until(() => world.Service<LoadShedder>().UnderWay == 5);

        using var refused = await crowd.GetAsync(new Uri("/v1/tenants", UriKind.Relative), CancellationToken.None);
        using var other = world.Server.With(world.OtherKey.Bearer);
        using var answered = await other.GetAsync(new Uri("/v1/tenants", UriKind.Relative), CancellationToken.None);

        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
        var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync(CancellationToken.None))!;
        problem["code"]!.ToString().Should().Be("unavailable");
        problem["detail"]!.ToString().Should().Contain("as much to do");
        answered.StatusCode.Should().Be(HttpStatusCode.OK);
        await end.CancelAsync();
        await Poll.Until(() => world.Service<LoadShedder>().UnderWay == 0);
        foreach (var call in held) await call.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
