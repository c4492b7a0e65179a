using AwesomeAssertions;
using Castellan.Tenants;

namespace Castellan.Tests.Records;

public sealed class RecordApiTests
{
    [Fact]
    public async Task A_record_is_made_read_changed_and_deleted()
    {
        await using var world = await RecordWorld.Start();

        var made = await world.Create(world.Ada, "tasks", new
        {
            title = "Paint", rank = 3, due_at = "2030-02-01T10:00:00.250Z", urgent = true, labels = new[] { "a", "b" },
            place = new { city = "Köln" },
        });
        var id = made["id"]!.ToString();
        var read = await world.Get(world.Ada, "tasks", id);
        var patched = await world.Tenants.Call(world.Ada, "records.update", world.At("tasks", id),
            new { title = "Paint it", rank = (int?)null, place = new { zip = "50667" } });
        var replaced = await world.Tenants.Call(
            world.Ada, "records.replace", world.At("tasks", id), new { title = "New" });
        await world.Tenants.Call(world.Ada, "records.delete", world.At("tasks", id));

        made.ToJsonString().Should().Be(read.ToJsonString(), "what a write answers is what a read gives");
        made["owner_id"]!.ToString().Should().Be(world.Ada.User!.Value.Value);
        made["tenant_id"]!.ToString().Should().Be(world.Tenant);
        made["status"]!.ToString().Should().Be("open", "it is the default");
        made["due_at"]!.ToString().Should().Be("2030-02-01T10:00:00.250Z");
        made["urgent"]!.GetValue<bool>().Should().BeTrue();
        made["labels"]!.ToJsonString().Should().Be("""["a","b"]""");
        patched["title"]!.ToString().Should().Be("Paint it");
        patched["rank"].Should().BeNull();
        patched["place"]!.AsObject().Select(p => p.Key).Should().BeEquivalentTo("city", "zip");
        patched["version"]!.GetValue<long>().Should().Be(2);
        replaced["labels"].Should().BeNull();
        replaced["status"].Should().BeNull("a replacement clears what it does not send");
        (await world.Code(world.Ada, "records.get", "tasks", id)).Should().Be("not_found");
        (await world.Tenants.Events(world.Tenant)).Where(e => e.StartsWith("record.", StringComparison.Ordinal))
            .Should().Equal("record.created", "record.updated", "record.updated", "record.deleted");
        (await world.Tenants.Actions(world.Tenant)).Where(a => a.StartsWith("records.", StringComparison.Ordinal))
            .Should().Equal("records.create", "records.update", "records.replace", "records.delete");
    }

    [Fact]
    public async Task Rules_decide_who_lists_reads_and_writes()
    {
        await using var world = await RecordWorld.Start();
        var task = await world.Id(world.Ben, "tasks", new { title = "Ben's" });
        await world.Id(world.Ada, "tasks", new { title = "Ada's" });

        (await world.Values(world.Ben, "tasks", "title")).Should().Equal("Ben's");
        (await world.Values(world.Ada, "tasks", "title")).Should().Equal("Ada's");
        (await world.Code(world.Ada, "records.get", "tasks", task)).Should().Be("not_found");
        (await world.Code(world.Ada, "records.update", "tasks", task, new { title = "Mine" })).Should().Be("not_found");
        (await world.Code(world.Ada, "records.delete", "tasks", task)).Should().Be("not_found");
        (await world.Code(world.Ada, "records.create", "locked", body: new { text = "x" })).Should().Be("rule_denied");
        (await world.Values(world.Ada, "locked", "text")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_role_of_the_app_lets_through_what_its_rule_says()
    {
        await using var world = await RecordWorld.Start();
        await world.Id(world.Ben, "tasks", new { title = "Ben's" });
        var members = await world.Tenants.Call(world.Ada, "members.list", new { tenant = world.Tenant });
        var ada = members["items"]!.AsArray().First(m => m!["user_id"]!.ToString() == world.Ada.User!.Value.Value)!;
        var path = new { tenant = world.Tenant, member = ada["id"]!.ToString() };

        (await world.Values(world.Ada, "tasks", "title")).Should().BeEmpty();
        await world.Tenants.Call(world.Ada, "members.app_roles.set", path, new { roles = new[] { "editor" } });
        (await world.Values(world.Ada, "tasks", "title")).Should().Equal("Ben's");
        await world.Tenants.Call(world.Ada, "members.app_roles.set", path, new { roles = Array.Empty<string>() });
        (await world.Values(world.Ada, "tasks", "title")).Should().BeEmpty();
        (await world.Tenants.Code(world.Ada, "members.app_roles.set", path, new { roles = new[] { "edtor" } }))
            .Should().Be("input_invalid");
    }

    [Fact]
    public async Task A_rule_follows_a_reference()
    {
        await using var world = await RecordWorld.Start();
        var project = await world.Id(world.Ada, "projects", new { name = "House" });
        var task = await world.Id(world.Ben, "tasks", new { title = "Roof", project_id = project });

        (await world.Get(world.Ada, "tasks", task))["title"]!.ToString().Should().Be("Roof");
        (await world.Code(world.Ada, "records.update", "tasks", task, new { title = "x" })).Should().Be("rule_denied");
    }

    [Fact]
    public async Task A_stranger_comes_to_what_is_public_and_to_nothing_else()
    {
        await using var world = await RecordWorld.Start();
        var project = await world.Id(world.Ada, "projects", new { name = "dropped plan" });
        await world.Tenants.Call(
            world.Ada, "records.update", world.At("projects", project), new { name = "another plan" });
        var without = System.Text.Json.Nodes.JsonNode.Parse(RecordWorld.Portal)!;
        without["collections"]!.AsObject().Remove("projects");
        without["collections"]!["tasks"]!.AsObject().Remove("references");
        without["collections"]!["tasks"]!["rules"]!["read"] = "owner";
        await world.Apply(without.ToJsonString(), "drop projects");
        await world.Tenants.Call(world.Ada, "tenants.delete", new { tenant = world.Tenant });

        world.Tenants.Server.Clock.Advance(TimeSpan.FromDays(31));
        await world.Tenants.Service<TenantErasure>().RunOnce(TestContext.Current.CancellationToken);

        var rows = (await Isolation.Tables.Read(world.Tenants.Server)).Rows;
        rows.Should().NotContain(row => row.Contains("plan", StringComparison.Ordinal));
    }
}
