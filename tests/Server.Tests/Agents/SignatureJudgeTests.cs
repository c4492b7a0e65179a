using System.Text.Json;
using AwesomeAssertions;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Agents;

/// <summary>A library of others signs what the server takes.</summary>
public sealed class SignatureJudgeTests
{
    [Fact]
    public async Task What_another_library_signs_is_taken_and_what_was_changed_is_not()
    {
        await using var world = await AgentWorld.Start();
        using var signer = new AgentSigner();
        var (agent, clock) = (world.Hostile.Agent, world.Hostile.Server.Clock);
        var taken = await world.Take(agent, "records.list", "records.create");
        await world.Hostile.Call("agents.add_key", new { agent = world.Agent }, new { public_key = signer.PublicKey });
        await world.Hostile.Call("agents.update", new { agent = world.Agent }, new { signatures = "required" });
        clock.Advance(TimeSpan.FromSeconds(10));

        await using var judge = Judge.Start("signatures.mjs", JsonSerializer.Serialize(new
        {
            @base = world.Hostile.Server.Address.GetLeftPart(UriPartial.Authority),
            token = agent.Bearer,
            lent = taken.Token,
            tenant = world.Tenant,
            pem = signer.PrivatePem,
            keyId = signer.KeyId,
            now = clock.GetUtcNow().ToUnixTimeSeconds(),
        }));
        var verdicts = await judge.Judged("");

        verdicts.Where(verdict => !verdict["held"]!.GetValue<bool>()).Select(verdict => verdict.ToJsonString())
            .Should().BeEmpty();
        verdicts.Should().HaveCount(9);
    }
}
