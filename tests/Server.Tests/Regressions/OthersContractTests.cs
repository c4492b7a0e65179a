using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Isolation;
using Castellan.Tests.Records;

namespace Castellan.Tests.Regressions;

/// <summary>
/// What the public clients of ScaleMule show of its interface, each shown not to be so here. That a write carries its
/// idempotency key from the first attempt on is tested where it is done, in the TypeScript client.
/// </summary>
public sealed class OthersContractTests
{
    /// <summary>An upload named its owner in a field of the form, with the secret key.</summary>
    [Fact]
    public async Task Owner_is_who_calls_and_never_what_the_body_says()
    {
        await using var world = await RecordWorld.Start();

        foreach (var field in new[] { "owner_id", "tenant_id", "created_by", "id", "workspace_id" })
        {
            var record = new JsonObject { ["title"] = "x", [field] = world.Ben.User!.Value.Value };
            (await world.Refused(world.Ada, "records.create", "tasks", body: record))
                .Type.Code.Should().Be("input_invalid", field);
        }
        var made = await world.Create(world.Ada, "tasks", new { title = "x" });
        made["owner_id"]!.ToString().Should().Be(world.Ada.User!.Value.Value);
    }

    /// <summary>The first attempt had no key, so that a lost answer could still be done twice.</summary>
    [Fact]
    public async Task Key_of_another_body_is_refused_and_a_repetition_says_that_it_is_one()
    {
        await using var world = await HostileWorld.Start();
        var tenant = await world.NewTenant();

        var first = await Create("a");
        var again = await Create("a");
        var other = await Create("b");

        again.Body.ToArray().Should().Equal(first.Body.ToArray());
        (first.Replayed, again.Replayed).Should().Be((false, true));
        other.Problem!.Type.Code.Should().Be("idempotency_key_reused");

        Task<Answer> Create(string name) => world.Server.InProcess.Invoke(
            world.Ada.Caller, "groups.create", new { tenant }, new { name }, idempotencyKey: "one");
    }

    /// <summary>Pages had a fixed size and told nothing of what follows.</summary>
    [Fact]
    public async Task Every_list_is_bounded_and_goes_on_from_a_cursor()
    {
        await using var world = await HostileWorld.Start();
        var scenes = new Scenes(world);
        // An installation has a handful of environments.
        var lists = world.Operations
            .Where(o => o is { Hosted: false, Method: "GET", Name: not "environments.list" } && IsList(o)).ToList();

        lists.Count.Should().BeGreaterThan(25);
        foreach (var list in lists)
        {
            var fields = list.DescribeInput().Where(f => f.Place is FieldPlace.Query).Select(f => f.Name).ToList();
            fields.Should().Contain("limit", list.Name);
            fields.Should().Contain(name => name == "cursor" || name == "after", list.Name);
            var good = await scenes.Make(list, Scenes.Kinds(list).First());
            foreach (var limit in new[] { "0", "201", "-1", "1e3" })
            {
                var answer = await world.Messenger.Send(good with { Query = $"limit={limit}" });
                answer.Code.Should().Be("input_invalid", $"{list.Name} {limit}");
            }
        }
    }

    private static bool IsList(Operation operation) =>
        operation.Output.Properties.Any(property => property.Name == "items");
}
