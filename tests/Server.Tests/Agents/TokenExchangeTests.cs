using System.Net;
using AwesomeAssertions;

namespace Castellan.Tests.Agents;

/// <summary>The form of RFC 8693 at the token endpoint.</summary>
public sealed class TokenExchangeTests
{
    [Fact]
    public async Task It_answers_as_the_standard_says()
    {
        await using var world = await AgentWorld.Start();

        var taken = await world.Take(world.Hostile.Agent, "records.list");

        taken.Answer["issued_token_type"]!.ToString().Should().Be(AgentWorld.AccessToken);
        taken.Answer["token_type"]!.ToString().Should().Be("Bearer");
        taken.Answer["scope"]!.ToString().Should().Be("records.list");
        taken.Answer["expires_in"]!.GetValue<long>().Should().BeInRange(880, 900);
        var metadata = await world.Hostile.Server.Http.GetStringAsync(
            "/sandbox/.well-known/oauth-authorization-server", TestContext.Current.CancellationToken);
        metadata.Should().Contain(AgentWorld.Grant);
    }

    [Theory]
    [InlineData("subject_token", null, "invalid_request")]
    [InlineData("subject_token", "garbage", "invalid_request")]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:saml2", "invalid_request")]
    [InlineData("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token", "invalid_request")]
    [InlineData("actor_token", null, "invalid_client")]
    [InlineData("actor_token", "cas_ag_sandbox_garbage", "invalid_client")]
    [InlineData("actor_token_type", "urn:ietf:params:oauth:token-type:jwt", "invalid_request")]
    [InlineData("audience", "https://elsewhere.example", "invalid_request")]
    [InlineData("scope", "no.such_thing", "invalid_scope")]
    [InlineData("scope", "records.create", "invalid_scope")]
    [InlineData("run_id", "run_01h455vb4pex5vsknk084sn02q", "invalid_request")]
    public async Task A_form_that_is_wrong_gets_the_standards_error(string field, string? value, string error)
    {
        await using var world = await AgentWorld.Start();
        var lent = await world.Lend(world.Hostile.Agent, "records.list");
        var fields = new Dictionary<string, string?>
        {
            ["grant_type"] = AgentWorld.Grant,
            ["subject_token"] = lent["id"]!.ToString(),
            ["subject_token_type"] = AgentWorld.DelegationType,
            ["actor_token"] = world.Hostile.Agent.Bearer,
            [field] = value,
        };

        var (status, answer) = await world.Token(fields);

        status.Should().BeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized);
        answer["error"]!.ToString().Should().Be(error);
        answer["error_description"]!.ToString().Should().NotBeEmpty();
    }

    [Fact]
    public async Task Only_the_agent_it_was_lent_to_takes_it()
    {
        await using var world = await AgentWorld.Start();
        var lent = (await world.Lend(world.Hostile.Agent, "records.list"))["id"]!.ToString();
        var (other, live) = (await world.Hostile.NewAgent(), await world.Hostile.NewAgent("live"));

        (await world.RefusedExchange(other, lent, AgentWorld.DelegationType)).Should().Be("invalid_request");
        (await world.RefusedExchange(live, lent, AgentWorld.DelegationType)).Should().Be("invalid_client");
        (await world.RefusedExchange(world.Hostile.Ada, lent, AgentWorld.DelegationType)).Should().Be("invalid_client");
        (await world.RefusedExchange(world.Hostile.Key, lent, AgentWorld.DelegationType)).Should().Be("invalid_client");
        await world.Hostile.CallAs(world.Hostile.Ada, "delegations.revoke", new { delegation = lent });
        (await world.RefusedExchange(world.Hostile.Agent, lent, AgentWorld.DelegationType))
            .Should().Be("invalid_request");
    }

    [Fact]
    public async Task It_is_taken_in_one_run_alone()
    {
        await using var world = await AgentWorld.Start();
        var agent = world.Hostile.Agent;
        var (one, two) = (await world.Hostile.NewRun(agent), await world.Hostile.NewRun(agent));
        var foreign = await world.Hostile.NewRun(await world.Hostile.NewAgent());
        var lent = (await world.Lend(agent, "records.list"))["id"]!.ToString();
        (await world.RefusedExchange(agent, lent, AgentWorld.DelegationType, run: foreign))
            .Should().Be("invalid_request");

        var taken = await world.Exchange(agent, lent, AgentWorld.DelegationType, run: one);
        var again = await world.Exchange(agent, lent, AgentWorld.DelegationType);

        again.Run.Should().Be(taken.Run).And.Be(one);
        (await world.RefusedExchange(agent, lent, AgentWorld.DelegationType, run: two)).Should().Be("invalid_request");
        await world.Hostile.CallAs(agent, "runs.end", new { run = one });
        (await world.RefusedExchange(agent, lent, AgentWorld.DelegationType)).Should().Be("invalid_request");
        var ended = await world.Hostile.Server.InProcess.Invoke(agent.Caller, "runs.end", new { run = one });
        ended.Problem!.Type.Code.Should().Be("run_ended");
    }

    [Fact]
    public async Task By_what_was_lent_nobody_learns_who_the_user_is()
    {
        await using var world = await AgentWorld.Start();
        var taken = await world.Take(world.Hostile.Agent, "records.list");
        using var client = world.Hostile.Server.With(taken.Token);

        using var answer = await client.GetAsync("/sandbox/oauth/userinfo", TestContext.Current.CancellationToken);

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_agent_has_a_name_of_its_own()
    {
        await using var world = await AgentWorld.Start();
        var body = new { name = "One", owner = "ops", purpose = "x", operations = new[] { "records.list" } };
        await world.Hostile.Call("agents.register", body: body);

        var again = await world.Hostile.Server.InProcess.Invoke(InProcess.Owner, "agents.register", body: body);

        again.Problem!.Type.Code.Should().Be("agent_name_taken");
    }
}
