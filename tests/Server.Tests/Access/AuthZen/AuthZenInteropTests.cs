using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Tests.Judges;
using Castellan.Tests.Tidy;

namespace Castellan.Tests.Access.AuthZen;

/// <summary>
/// The scenarios by which decision points were tried against each other at AuthZEN's interoperability events: the same
/// requests, from outside, by names that are not ours.
/// </summary>
public sealed class AuthZenInteropTests
{
    private static readonly string Vectors =
        Path.Combine(Tree.Root, "..", "shared", "vectors", "authzen", "decisions.json");

    /// <summary>People of the scenario: the roles that they have, and the id by which a gateway knows them.</summary>
    private static readonly (string Name, string Identity, string Group)[] People =
    [
        ("rick", "CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "geniuses"),
        ("morty", "CiRmZDE2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "editors"),
        ("summer", "CiRmZDI2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "editors"),
        ("beth", "CiRmZDM2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "viewers"),
        ("jerry", "CiRmZDQ2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs", "viewers"),
    ];

    /// <summary>The gateway's scenario: methods on routes.</summary>
    [Fact]
    public async Task A_gateway_gets_the_published_decisions()
    {
        const string Routes = "asked.resource.id in ['/users/{userId}', '/todos', '/todos/{todoId}']";
        await using var world = await AuthZenWorld.Start(["route.get", "route.post", "route.put", "route.delete"]);
        var groups = await Peopled(world);
        var reads = await world.Access.Role("Reads", "route.get");
        var writes = await world.Access.Role("Writes", "route.post", "route.put", "route.delete");
        foreach (var group in groups.Values)
            await world.Access.Grant(new { group_id = group, role_id = reads, condition = Routes });
        foreach (var group in new[] { groups["geniuses"], groups["editors"] })
            await world.Access.Grant(new { group_id = group, role_id = writes, condition = Routes });

        if (!File.Exists(Vectors))
        {
            TestNotes.Write("AuthZEN's decisions.json is not on this machine; the scenario was asked in our words");
            foreach (var (_, identity, group) in People)
            {
                (await Asks(world, identity, "GET", "/todos")).Should().BeTrue();
                (await Asks(world, identity, "DELETE", "/todos/{todoId}")).Should().Be(group != "viewers");
            }
            return;
        }
        var published = await File.ReadAllTextAsync(Vectors, TestContext.Current.CancellationToken);
        var cases = JsonNode.Parse(published)!["evaluation"]!.AsArray();
        foreach (var one in cases)
        {
            (await world.Asks(one!["request"]!)).Should().Be(
                one["expected"]!.GetValue<bool>(), one["request"]!.ToJsonString());
        }
        await using var judge = Judge.Start("authzen.mjs", world.Server.Address.ToString(), $"Bearer {world.Secret}");
        var verdicts = await judge.Judged(published);
        verdicts.Select(verdict => verdict["status"]!.ToString()).Should().Equal(cases.Select(_ => "PASS"));
    }

    /// <summary>The to-do application's scenario: who may what of whose item.</summary>
    [Fact]
    public async Task The_to_do_application_gets_the_decisions_of_its_scenario()
    {
        const string Own = "asked.resource.properties.ownerID == asked.subject.id";
        await using var world = await AuthZenWorld.Start([
            "user.can_read_user", "todo.can_read_todos", "todo.can_create_todo", "todo.can_update_todo",
            "todo.can_delete_todo"]);
        var groups = await Peopled(world);
        foreach (var group in groups.Values)
        {
            await Give(world, group, "user.can_read_user");
            await Give(world, group, "todo.can_read_todos");
        }
        foreach (var permission in new[] { "todo.can_create_todo", "todo.can_update_todo", "todo.can_delete_todo" })
        {
            await Give(world, groups["geniuses"], permission);
            await Give(world, groups["editors"], permission, IsCreate(permission) ? null : Own);
        }
        string[] owners = [.. People.Select(person => person.Identity)];
        foreach (var (name, identity, group) in People)
        {
            (await Asks(world, identity, "can_read_user", "someone", "user")).Should().BeTrue(name);
            (await Asks(world, identity, "can_read_todos", "todo-1", "todo")).Should().BeTrue(name);
            (await Asks(world, identity, "can_create_todo", "todo-1", "todo")).Should().Be(group != "viewers", name);
            foreach (var owner in owners)
            {
                var may = group == "geniuses" || (group == "editors" && owner == identity);
                (await Asks(world, identity, "can_update_todo", "7240d0db", "todo", new { ownerID = owner }))
                    .Should().Be(may, $"{name} updates");
                (await Asks(world, identity, "can_delete_todo", "7240d0db", "todo", new { ownerID = owner }))
                    .Should().Be(may, $"{name} deletes");
            }
            (await Asks(world, identity, "can_update_todo", "7240d0db", "todo")).Should().Be(group == "geniuses");
        }
        var boxcar = await world.AsksAll(new
        {
            subject = new { type = "identity", id = owners[1] },
            action = new { name = "can_update_todo" },
            evaluations = owners.Select(owner => new
            {
                resource = new { type = "todo", id = "x", properties = new { ownerID = owner } },
            }),
        });
        boxcar.Should().Equal(false, true, false, false, false);
    }

    /// <summary>What is created has no owner yet.</summary>
    private static bool IsCreate(string permission) => permission.Contains("create", StringComparison.Ordinal);

    private static async Task<Dictionary<string, string>> Peopled(AuthZenWorld world)
    {
        var groups = new Dictionary<string, string>();
        foreach (var (name, identity, group) in People)
        {
            var user = await world.Member(name, "identity", identity);
            if (!groups.ContainsKey(group)) groups[group] = await world.Access.Group(group);
            await world.Access.Join(groups[group], user);
        }
        return groups;
    }

    private static Task<string> Give(AuthZenWorld world, string group, string permission, string? condition = null) =>
        world.Access.Grant(new { group_id = group, permission }, new { condition });

    private static Task<bool> Asks(
        AuthZenWorld world, string identity, string action, string id, string type = "route",
        object? properties = null) => world.Asks(JsonSerializer.SerializeToNode(new
        {
            subject = new { type = "identity", id = identity },
            action = new { name = action },
            resource = new { type, id, properties = properties ?? new { } },
        })!);
}
