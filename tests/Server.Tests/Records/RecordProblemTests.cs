using AwesomeAssertions;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Records;

namespace Castellan.Tests.Records;

/// <summary>Each way of writing a record, refused in each way that it may be.</summary>
public sealed class RecordProblemTests
{
    private const string Contract = """
        {"castellan": 1, "collections": {
          "parents": {
            "schema": {"properties": {"name": {"type": "string"}}},
            "rules": {"list": "tenant_member", "read": "owner", "create": "tenant_member", "delete": "tenant_member"}},
          "items": {
            "schema": {"properties": {
              "a": {"type": "string", "maxLength": 20}, "b": {"type": "string", "maxLength": 20},
              "parent_id": {"type": "string", "maxLength": 40}, "locked": {"type": "boolean"}}},
            "unique": [["a"], ["b"]],
            "references": {"parent_id": {"collection": "parents", "on_delete": "restrict"}},
            "soft_delete": true,
            "rules": {
              "list": "tenant_member", "read": "tenant_member", "create": "tenant_member && record.locked != true",
              "update": "owner && record.locked != true", "delete": "owner"}},
          "careful": {
            "schema": {"properties": {"a": {"type": "string", "maxLength": 20}}},
            "unique": [["a"]],
            "require_if_match": true,
            "rules": {"read": "tenant_member", "create": "tenant_member", "update": "tenant_member",
                      "delete": "tenant_member"}}}}
        """;

    private static readonly string[] Changes = ["records.update", "records.replace"];

    [Fact]
    public async Task A_rule_denies_every_kind_of_write()
    {
        await using var world = await RecordWorld.Start(Contract);
        var id = await world.Id(world.Ada, "items", new { a = "1" });
        var gone = await world.Id(world.Ada, "items", new { a = "2" });
        await world.Tenants.Call(world.Ada, "records.delete", world.At("items", gone));

        (await world.Code(world.Ben, "records.create", "items", body: new { locked = true }))
            .Should().Be("rule_denied");
        foreach (var change in Changes)
            (await world.Code(world.Ben, change, "items", id, new { b = "x" })).Should().Be("rule_denied");
        (await Upsert(world, world.Ben, new { a = "1" })).Should().Be("rule_denied");
        (await world.Code(world.Ben, "records.delete", "items", id)).Should().Be("rule_denied");
        (await world.Code(world.Ben, "records.restore", "items", gone)).Should().Be("rule_denied");
        (await world.Code(world.Ada, "records.update", "items", id, new { locked = true }))
            .Should().Be("rule_denied", "it would not be true of what the update makes");
    }

    [Fact]
    public async Task A_unique_key_refuses_every_kind_of_write()
    {
        await using var world = await RecordWorld.Start(Contract);
        await world.Id(world.Ada, "items", new { a = "1", b = "1" });
        var other = await world.Id(world.Ada, "items", new { a = "2", b = "2" });
        var gone = await world.Id(world.Ada, "items", new { a = "3" });
        await world.Tenants.Call(world.Ada, "records.delete", world.At("items", gone));
        await world.Id(world.Ada, "items", new { a = "3" });

        (await world.Code(world.Ada, "records.create", "items", body: new { a = "1" })).Should().Be("unique_taken");
        foreach (var change in Changes)
            (await world.Code(world.Ada, change, "items", other, new { a = "1" })).Should().Be("unique_taken");
        (await Upsert(world, world.Ada, new { a = "2", b = "1" })).Should().Be("unique_taken");
        (await Upsert(world, world.Ada, new { a = "9", b = "1" })).Should().Be("unique_taken");
        (await world.Code(world.Ada, "records.restore", "items", gone)).Should().Be("unique_taken");
    }

    [Fact]
    public async Task A_unique_key_refuses_one_item_of_a_bulk_call_and_not_the_others()
    {
        await using var world = await RecordWorld.Start(Contract);
        await world.Id(world.Ada, "items", new { a = "1", b = "1" });
        var other = await world.Id(world.Ada, "items", new { a = "2", b = "2" });
        object[] items =
        [
            new { op = "create", record = new { a = "3" } },
            new { op = "upsert", on = new[] { "a" }, record = new { a = "2", b = "1" } },
            new { op = "update", id = other, record = new { b = "1" } },
        ];

        var done = await world.Tenants.Call(
            world.Ada, "records.bulk", world.At("items"), new { atomic = false, items });

        done["results"]!.AsArray().Select(r => r!["code"]?.ToString() ?? r["status"]!.ToString())
            .Should().Equal("created", "unique_taken", "unique_taken");
    }

    [Fact]
    public async Task A_reference_to_nothing_that_one_may_read_refuses_every_kind_of_write()
    {
        await using var world = await RecordWorld.Start(Contract);
        var hidden = await world.Id(world.Ben, "parents", new { name = "Ben's" });
        var mine = await world.Id(world.Ada, "parents", new { name = "Ada's" });
        var id = await world.Id(world.Ada, "items", new { a = "1" });
        var gone = await world.Id(world.Ada, "items", new { a = "2", parent_id = mine });
        await world.Tenants.Call(world.Ada, "records.delete", world.At("items", gone));
        await world.Tenants.Call(world.Ada, "records.delete", world.At("parents", mine));

        foreach (var parent_id in (string[])[hidden, "rec_01h455vb4pex5vsknk084sn02q", "x"])
        {
            (await world.Code(world.Ada, "records.create", "items", body: new { parent_id }))
                .Should().Be("reference_missing");
            foreach (var change in Changes)
                (await world.Code(world.Ada, change, "items", id, new { parent_id })).Should().Be("reference_missing");
            (await Upsert(world, world.Ada, new { a = "7", parent_id })).Should().Be("reference_missing");
        }
        (await world.Code(world.Ada, "records.restore", "items", gone)).Should().Be("reference_missing");
    }

    private static async Task<string> Upsert(RecordWorld world, Caller caller, object record) =>
        (await world.Refused(caller, "records.upsert", "items", body: record, query: new { on = "a" })).Type.Code;

    [Fact]
    public async Task A_record_that_is_referred_to_with_restrict_stays()
    {
        await using var world = await RecordWorld.Start(Contract);
        var parent = await world.Id(world.Ada, "parents", new { name = "P" });
        var item = await world.Id(world.Ada, "items", new { a = "1", parent_id = parent });

        (await world.Code(world.Ada, "records.delete", "parents", parent)).Should().Be("still_referenced");
        await world.Tenants.Call(world.Ada, "records.delete", world.At("items", item));
        await world.Tenants.Call(world.Ada, "records.delete", world.At("parents", parent));
    }

    [Fact]
    public async Task A_careful_collection_wants_to_know_the_version()
    {
        await using var world = await RecordWorld.Start(Contract);
        var id = await world.Id(world.Ada, "careful", new { a = "1" });

        foreach (var change in Changes)
            (await world.Code(world.Ada, change, "careful", id, new { a = "2" })).Should().Be("if_match_required");
        (await world.Code(world.Ada, "records.delete", "careful", id)).Should().Be("if_match_required");
        (await world.Refused(
            world.Ada, "records.upsert", "careful", body: new { a = "1" }, query: new { on = "a" })).Type.Code
            .Should().Be("if_match_required");
        (await world.Code(world.Ada, "records.delete", "careful", id, ifMatch: "\"1\"")).Should().BeNull();
    }

    [Fact]
    public async Task A_write_that_another_contract_has_decided_does_not_commit()
    {
        await using var world = await RecordWorld.Start(Contract);
        var decided = await world.Tenants.Service<ContractDirectory>().Find(world.Tenants.App, "sandbox");
        var operation = world.Tenants.Service<OperationTable>().ByName["records.create"];
        var now = world.Tenants.Server.Clock.GetUtcNow();
        var invocation = new Invocation(
            world.Ada, operation, new WorkerRequest { Id = RequestId.New(now) }, now, CancellationToken.None)
        {
            Found = decided,
            Conditions = [],
        };
        var standing = world.Tenants.Service<IEnumerable<IStanding>>().OfType<RecordStanding>().Single();

        (await standing.Check(invocation, world.Tenants.Server.Database, inChange: true)).Should().BeNull();
        await world.Apply(Contract.Replace(
            "\"locked\"", "\"c\": {\"type\": \"string\"}, \"locked\"", StringComparison.Ordinal));
        (await standing.Check(invocation, world.Tenants.Server.Database, inChange: true))!.Type.Code
            .Should().Be("contract_changed");
    }

    [Fact]
    public async Task In_sandbox_a_denial_and_a_list_explain_themselves()
    {
        await using var world = await RecordWorld.Start();
        await world.Id(world.Ben, "tasks", new { title = "Ben's" });

        var listed = await world.List(world.Ada, "tasks");
        listed["withheld"]!.GetValue<int>().Should().Be(1);
        var denied = await world.Refused(world.Ada, "records.create", "locked", body: new { text = "x" });
        denied.Detail.Should().Contain("no create rule");
        denied.Fix.Should().Contain("castellan.json");
        (await world.List(world.Eve, "posts")).ContainsKey("withheld").Should().BeFalse("a stranger learns nothing");
    }

    [Fact]
    public async Task An_explanation_says_which_rule_decides_and_what_is_missing()
    {
        await using var world = await RecordWorld.Start(Contract);
        var id = await world.Id(world.Ada, "items", new { a = "1" });

        var denied = await Explain(world, world.Ben, new { operation = "update", record_id = id });
        denied["allowed"]!.GetValue<bool>().Should().BeFalse();
        denied["rule"]!.ToString().Should().Be("owner && record.locked != true");
        denied["missing"]![0]!.ToString().Should().Contain(world.Ben.User!.Value.Value);
        (await Explain(world, world.Ada, new { operation = "update", record_id = id }))["allowed"]!.GetValue<bool>()
            .Should().BeTrue();
        (await Explain(world, world.Ada, new { operation = "create", record = new { locked = true } }))["allowed"]!
            .GetValue<bool>().Should().BeFalse();
        (await Explain(world, world.Ada, new { operation = "update" }, "parents"))["rule"].Should().BeNull();
        var hidden = await world.Id(world.Ben, "parents", new { name = "Ben's" });
        var asked = new { operation = "read", record_id = hidden };
        (await world.Refused(world.Ada, "records.explain", "parents", body: asked)).Type.Code
            .Should().Be("not_found", "whoever may not read it learns nothing of it");
        (await world.Refused(world.Ben, "records.update", "items", id, new { b = "x" })).Detail
            .Should().Contain("record.owner_id").And.Contain(world.Ada.User!.Value.Value);
    }

    private static Task<System.Text.Json.Nodes.JsonObject> Explain(
        RecordWorld world, Caller caller, object question, string collection = "items") =>
        world.Tenants.Call(caller, "records.explain", world.At(collection), question);
}
