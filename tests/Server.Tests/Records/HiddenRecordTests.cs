using AwesomeAssertions;

namespace Castellan.Tests.Records;

/// <summary>What calls about other things must not tell of a record that the caller may not read.</summary>
public sealed class HiddenRecordTests
{
    private const string Contract = """
        {"castellan": 1, "collections": {
          "plans": {
            "schema": {"properties": {"name": {"type": "string"}, "cost": {"type": "integer"}}},
            "rules": {"list": "owner", "read": "owner", "create": "tenant_member",
                      "update": "owner && record.cost >= old.cost"}},
          "tasks": {
            "schema": {"properties": {
              "name": {"type": "string"}, "plan_id": {"type": "string", "maxLength": 40}}},
            "references": {"plan_id": {"collection": "plans"}},
            "rules": {"read": "tenant_member",
                      "create": "tenant_member && (record.plan_id == null || record.plan.cost > 5)",
                      "update": "tenant_member && (record.plan_id == null || record.plan.cost > 5)"}},
          "steps": {
            "schema": {"properties": {
              "name": {"type": "string"}, "plan_id": {"type": "string", "maxLength": 40},
              "before_id": {"type": "string", "maxLength": 40}}},
            "references": {
              "plan_id": {"collection": "plans", "on_delete": "set_null", "back": "steps"},
              "before_id": {"collection": "steps", "on_delete": "restrict", "back": "later"}},
            "rules": {"list": "tenant_member", "read": "owner || record.name == 'first'", "create": "tenant_member",
                      "update": "tenant_member", "delete": "tenant_member"}}}}
        """;

    [Fact]
    public async Task An_explanation_of_a_rule_that_compares_with_before_needs_the_record_to_be_readable()
    {
        await using var world = await RecordWorld.Start(Contract);
        var plan = await world.Id(world.Ben, "plans", new { name = "Ben's", cost = 9 });
        var question = new { operation = "update", record_id = plan };

        var refused = await world.Refused(world.Ada, "records.explain", "plans", body: question);
        var told = await world.Tenants.Call(world.Ben, "records.explain", world.At("plans"), question);

        refused.Type.Code.Should().Be("not_found");
        told["allowed"]!.GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task A_record_that_keeps_another_from_being_deleted_is_named_to_whom_may_read_it()
    {
        await using var world = await RecordWorld.Start(Contract);
        var first = await world.Id(world.Ben, "steps", new { name = "first" });
        var second = await world.Id(world.Ben, "steps", new { name = "second", before_id = first });

        var toAda = await world.Refused(world.Ada, "records.delete", "steps", first);
        var toBen = await world.Refused(world.Ben, "records.delete", "steps", first);

        toAda.Type.Code.Should().Be("still_referenced");
        toAda.Detail.Should().NotContain(second).And.Contain("steps");
        toBen.Detail.Should().Contain(second);
    }

    [Fact]
    public async Task A_rule_that_follows_a_reference_does_not_tell_a_hidden_record_from_an_absent_one()
    {
        await using var world = await RecordWorld.Start(Contract);
        var plan = await world.Id(world.Ben, "plans", new { name = "Ben's", cost = 9 });
        var task = await world.Id(world.Ada, "tasks", new { name = "Ada's" });

        foreach (var plan_id in new[] { plan, "rec_01h455vb4pex5vsknk084sn02q" })
        {
            (await world.Code(world.Ada, "records.create", "tasks", body: new { plan_id }))
                .Should().Be("reference_missing");
            (await world.Code(world.Ada, "records.update", "tasks", task, new { plan_id }))
                .Should().Be("reference_missing");
            var question = new { operation = "create", record = new { plan_id } };
            (await world.Code(world.Ada, "records.explain", "tasks", body: question))
                .Should().Be("reference_missing");
        }
        var own = await world.Id(world.Ada, "plans", new { name = "Ada's", cost = 2 });
        (await world.Code(world.Ada, "records.create", "tasks", body: new { plan_id = own }))
            .Should().Be("rule_denied");
    }

    [Fact]
    public async Task A_repeat_in_another_tenant_or_workspace_is_another_request()
    {
        await using var world = await RecordWorld.Start(Contract);
        var other = await world.Tenants.Tenant(world.Ada);
        var workspace = await world.Tenants.Workspace(world.Ada, world.Tenant);
        var server = world.Tenants.Server.InProcess;
        var body = new { name = "once" };
        await server.Call(world.Ada, "records.create", world.At("steps"), body, idempotencyKey: "k");

        foreach (var at in new[] { world.At("steps", tenant: other), world.At("steps", workspace: workspace) })
        {
            var again = await server.Invoke(world.Ada, "records.create", at, body, idempotencyKey: "k");
            again.Problem?.Type.Code.Should().Be("idempotency_key_reused");
            again.Replayed.Should().BeFalse();
        }
        (await server.Invoke(world.Ada, "records.create", world.At("steps"), body, idempotencyKey: "k"))
            .Replayed.Should().BeTrue();
    }
}
