using System.Net;
using AwesomeAssertions;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Agents;

/// <summary>Runs are bounded: how many are open, how long one lasts, and how long what is over is kept.</summary>
public sealed class RunTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task An_agent_has_so_many_open_runs_and_is_told_to_end_some()
    {
        await using var world = await AgentWorld.Start("--Agents:OpenRunsMax", "3");
        var agent = world.Hostile.Agent;
        var other = await world.Hostile.NewAgent();
        // The world has taken something already, and so begun a run.
        var runs = new[] { await world.Hostile.NewRun(agent), await world.Hostile.NewRun(agent) };
        var lent = (await world.Lend(agent, "records.list"))["id"]!.ToString();

        var refused = await world.Send(agent.Bearer!, "POST", "/v1/runs", new { });
        var exchange = await world.RefusedExchange(agent, lent, AgentWorld.DelegationType);
        var named = await world.Exchange(agent, lent, AgentWorld.DelegationType, run: runs[0]);
        var others = await world.Send(other.Bearer!, "POST", "/v1/runs", new { });
        await world.Hostile.CallAs(agent, "runs.end", new { run = runs[1] });
        var again = await world.Send(agent.Bearer!, "POST", "/v1/runs", new { });

        refused.Status.Should().Be(HttpStatusCode.Conflict);
        refused.Answer["code"]!.ToString().Should().Be("runs_open");
        refused.Answer["detail"]!.ToString().Should().Contain("3 runs open");
        refused.Answer["fix"]!.ToString().Should().Contain("runs.end");
        exchange.Should().Be("invalid_request");
        named.Run.Should().Be(runs[0]);
        others.Status.Should().Be(HttpStatusCode.Created);
        again.Status.Should().Be(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Starts_at_once_do_not_pass_the_bound()
    {
        await using var world = await AgentWorld.Start("--Agents:OpenRunsMax", "5");
        var agent = await world.Hostile.NewAgent();
        var lent = new List<string>();
        for (var i = 0; i < 6; i++) lent.Add((await world.Lend(agent, "records.list"))["id"]!.ToString());

        var starts = Enumerable.Range(0, 6).Select(_ => world.Send(agent.Bearer!, "POST", "/v1/runs", new { }));
        var takes = lent.Select(id => world.Token(new()
        {
            ["grant_type"] = AgentWorld.Grant,
            ["subject_token"] = id,
            ["subject_token_type"] = AgentWorld.DelegationType,
            ["actor_token"] = agent.Bearer,
        }));
        var answers = await Task.WhenAll(starts.Concat(takes));

        answers.Count(answer => answer.Status is HttpStatusCode.Created or HttpStatusCode.OK).Should().Be(5);
        answers.Count(answer => (int)answer.Status >= 500).Should().Be(0);
    }

    [Fact]
    public async Task A_run_that_nobody_ends_is_over_after_a_day()
    {
        await using var world = await AgentWorld.Start("--Agents:OpenRunsMax", "2");
        var agent = await world.Hostile.NewAgent();
        var run = await world.Hostile.NewRun(agent);
        world.Hostile.Server.Clock.Advance(Day - TimeSpan.FromMinutes(5));
        await world.Hostile.SignEverybodyIn();
        var lent = (await world.Lend(agent, "records.list", "records.create"))["id"]!.ToString();
        var taken = await world.Exchange(agent, lent, AgentWorld.DelegationType, run: run);
        (await world.CreateRecord(taken.Token)).Should().BeNull();

        world.Hostile.Server.Clock.Advance(TimeSpan.FromMinutes(5));

        (await world.CreateRecord(taken.Token)).Should().Be("run_ended");
        var shown = await world.Hostile.Call("runs.get", new { run });
        shown["outcome"]!.ToString().Should().Be("expired");
        shown["ended_at"]!.ToString().Should().Be(shown["expires_at"]!.ToString());
        (await world.Send(agent.Bearer!, "POST", $"/v1/runs/{run}/end", new { })).Answer["code"]!.ToString()
            .Should().Be("run_ended");
        (await world.Code(agent.Bearer!, "POST", "/v1/runs", new { })).Should().BeNull();
        (await world.Code(agent.Bearer!, "POST", "/v1/runs", new { })).Should().BeNull("the old one counts no more");
    }

    [Fact]
    public async Task A_run_that_began_with_something_lent_lasts_as_long_as_what_is_taken_in_it()
    {
        await using var world = await AgentWorld.Start();
        var agent = world.Hostile.Agent;
        var first = await world.Take(agent, "records.list");
        world.Hostile.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await world.Hostile.SignEverybodyIn();
        var more = (await world.Lend(agent, "records.list"))["id"]!.ToString();
        var second = await world.Exchange(agent, more, AgentWorld.DelegationType, run: first.Run);
        world.Hostile.Server.Clock.Advance(TimeSpan.FromMinutes(10));

        (await world.ListRecords(second.Token)).Should().BeNull();
        (await world.Hostile.Call("runs.get", new { run = first.Run }))["outcome"].Should().BeNull();
        world.Hostile.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        (await world.Hostile.Call("runs.get", new { run = first.Run }))["outcome"]!.ToString().Should().Be("expired");
    }

    [Fact]
    public async Task What_is_over_goes_after_a_while_and_the_audit_log_keeps_what_was_done()
    {
        await using var world = await AgentWorld.Start("--Agents:KeptDays", "10");
        var (agent, other) = (world.Hostile.Agent, await world.Hostile.NewAgent());
        var taken = await world.Take(agent, "records.list", "records.create");
        await world.Exchange(other, taken.Token, AgentWorld.AccessToken, "records.list");
        (await world.CreateRecord(taken.Token)).Should().BeNull();
        var clock = world.Hostile.Server.Clock;

        clock.Advance(TimeSpan.FromDays(9));
        var fresh = await world.Hostile.NewRun(agent);
        (await Listed(world, "agents.delegations")).Should().Contain(taken.Delegation);
        (await Listed(world, "agents.runs")).Should().Contain(taken.Run);
        clock.Advance(TimeSpan.FromDays(1));

        await Poll.Until(
            async () => !(await Listed(world, "agents.delegations")).Contains(taken.Delegation)
                && !(await Listed(world, "agents.runs")).Contains(taken.Run),
            () => clock.Advance(TimeSpan.FromHours(1)));
        (await Listed(world, "agents.runs")).Should().Equal(fresh);
        (await Rows(world, "delegation")).Should().Be(0);
        var entries = (await world.Hostile.Call("audit.list", query: new { run = taken.Run }))["items"]!.AsArray();
        entries.Select(entry => entry!["action"]!.ToString()).Should().Contain("records.create");
    }

    private static async Task<IReadOnlyList<string>> Listed(AgentWorld world, string operation) =>
    [
        .. (await world.Hostile.Call(operation, new { agent = world.Agent }))["items"]!.AsArray()
            .Select(item => item!["id"]!.ToString()),
    ];

    private static async Task<long> Rows(AgentWorld world, string table) => (await world.Hostile.Server.Database.Many(
        $"select count(*) from {new Raw(table)}", row => row.Int64(),
        TestContext.Current.CancellationToken))[0];
}
