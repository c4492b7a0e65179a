namespace Castellan.Tests.Isolation;

/// <summary>
/// Asks every declared operation in every wrong way that its declaration lets one think of: none may fail, none may
/// change a row. A new operation is walked without a line being written for it.
/// </summary>
public sealed class HostileWalkTests
{
    [Fact]
    public async Task Bad_input_is_refused_by_name_and_changes_nothing()
    {
        await using var world = await HostileWorld.Start();
        var walk = new Walk(world);
        foreach (var operation in world.Operations) await InputWalk.Forms(walk, operation);
        walk.Clean("forms");
    }

    [Fact]
    public async Task Ids_that_are_none_or_of_others_are_absent()
    {
        await using var world = await HostileWorld.Start();
        var walk = new Walk(world);
        var strangers = await Strangers.Find(world);
        foreach (var operation in world.Operations) await InputWalk.Ids(walk, operation, strangers);
        walk.Clean("ids");
    }

    [Fact]
    public async Task Callers_who_are_nobody_or_may_not_are_refused()
    {
        await using var world = await HostileWorld.Start();
        var walk = new Walk(world);
        var callers = await CallerWalk.Prepare(world);
        foreach (var operation in world.Operations) await callers.Of(walk, operation);
        walk.Clean("callers");
    }

    [Fact]
    public async Task Good_requests_are_done_once_however_often_they_come()
    {
        await using var world = await HostileWorld.Start();
        var walk = new Walk(world);
        foreach (var operation in world.Operations)
        {
            await RepeatWalk.Of(walk, operation);
            await RepeatWalk.AtOnce(walk, operation);
            await RepeatWalk.OddTexts(walk, operation);
        }
        walk.Clean("repeats");
    }

    [Theory]
    [InlineData("frozen", "app_frozen")]
    [InlineData("retired", "app_retired")]
    public async Task A_stopped_app_changes_nothing(string state, string code)
    {
        await using var world = await HostileWorld.Start();
        var walk = new Walk(world);
        var asked = new List<Asked>();
        foreach (var operation in world.Operations.Where(o => o.Writes || state == "retired"))
        {
            if (state == "frozen" && operation.AllowedWhenFrozen) continue;
            foreach (var kind in Scenes.Kinds(operation)) asked.Add(await walk.Scenes.Make(operation, kind));
        }
        await world.Call("apps.transition", new { app = world.App.Value }, new { state, reason = "a test" });
        foreach (var one in asked.Where(a => a.By.Caller.App is not null))
            await walk.WithoutTrace(one.Operation, () => walk.Refused(one, state, code));
        walk.Clean(state);
    }

    [Fact]
    public async Task A_limit_that_is_used_up_is_said_and_nothing_is_done()
    {
        const int Burst = 100;
        string[] policies = ["User", "Agent", "Key", "Operator", "Address", "NativeApp", "Credential"];
        await using var world = await HostileWorld.Start(adjust: null, [.. policies.SelectMany(name => new[]
        {
            $"--RateLimits:{name}:Burst", $"{Burst}", $"--RateLimits:{name}:PerSecond", "1000",
        })]);
        var walk = new Walk(world);
        foreach (var operation in world.Operations)
        {
            var good = await walk.Scenes.Make(operation, Scenes.Kinds(operation).First());
            // Time stands still from here on, and what is not valid costs as much.
            for (var i = 0; i < Burst + 1; i++) await walk.Send(good with { Query = "nonsense=1" });
            await walk.WithoutTrace(operation, async () =>
            {
                var answer = await walk.Refused(good, "without limit", "rate_limited");
                if (answer.RetryAfter is null) walk.Add(good, "without limit", "no Retry-After");
            });
            world.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        walk.Clean("limits");
    }
}
