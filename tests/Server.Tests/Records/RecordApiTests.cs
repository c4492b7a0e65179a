using AwesomeAssertions;
using Castellan.Kernel;
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
        var post = await world.Id(world.Ada, "posts", new { text = "Hello" });

        foreach (var stranger in (Caller[])[world.Eve, world.Browser])
        {
            (await world.Values(stranger, "posts", "text")).Should().Equal("Hello");
            (await world.Get(stranger, "posts", post))["text"]!.ToString().Should().Be("Hello");
        }
        (await world.Code(world.Eve, "records.list", "projects")).Should().Be("not_found");
        (await world.Code(world.Eve, "records.list", "nothing")).Should().Be("not_found");
        (await world.Code(world.Eve, "records.create", "posts", body: new { text = "x" })).Should().Be("not_found");
        (await world.Code(world.Browser, "records.list", "projects")).Should().Be("not_found");
        (await world.Code(world.Browser, "records.create", "posts", body: new { text = "x" }))
            .Should().Be("not_found");
        (await world.Code(world.Ben, "records.create", "posts", body: new { text = "x" })).Should().Be("rule_denied");
    }

    [Fact]
    public async Task A_record_of_another_tenant_is_not_there()
    {
        await using var world = await RecordWorld.Start();
        var task = await world.Id(world.Ada, "tasks", new { title = "Ours" });
        var other = await world.Tenants.Tenant(world.Ada, "Other");
        var there = world.At("tasks", task, tenant: other);

        (await world.Tenants.Code(world.Ada, "records.get", there)).Should().Be("not_found");
        (await world.Tenants.Code(world.Ada, "records.update", there, new { title = "x" })).Should().Be("not_found");
        (await world.Tenants.Code(world.Ada, "records.delete", there)).Should().Be("not_found");
        (await world.Tenants.Call(world.Ada, "records.list", world.At("tasks", tenant: other)))["items"]!.AsArray()
            .Should().BeEmpty();
        var project = await world.Id(world.Ada, "projects", new { name = "Ours" });
        (await world.Tenants.Code(world.Ada, "records.create", world.At("tasks", tenant: other),
            new { title = "x", project_id = project })).Should().Be("reference_missing");
    }

    [Fact]
    public async Task Secrets_are_shown_to_nobody_and_encrypted_at_rest()
    {
        await using var world = await RecordWorld.Start();
        var made = await world.Create(world.Ada, "projects", new { name = "P", slug = "p", token = "s3cr3t" });
        var id = made["id"]!.ToString();

        made.ContainsKey("token").Should().BeFalse();
        (await world.Get(world.Ada, "projects", id)).ContainsKey("token").Should().BeFalse();
        (await world.List(world.Ada, "projects"))["items"]![0]!.AsObject().ContainsKey("token").Should().BeFalse();
        foreach (var query in (object[])[
            new { filter = """{"token":"s3cr3t"}""" }, new { sort = "token" }, new { select = "token" },
            new { where = "record.token == 's3cr3t'" }])
        {
            (await world.Refused(world.Ada, "records.list", "projects", query: query)).Type.Code
                .Should().Be("input_invalid");
        }
        await world.Tenants.Call(world.Ada, "records.update", world.At("projects", id), new { name = "Q" });
        var stored = await world.Texts($"select data from outbox_event where tenant_id = {world.Tenant}");
        string.Join(' ', stored).Should().NotContain("s3cr3t");
    }

    [Fact]
    public async Task What_the_server_sets_is_refused_where_it_differs()
    {
        await using var world = await RecordWorld.Start();
        var problem = await world.Refused(world.Ben, "records.create", "tasks",
            body: new { title = "x", owner_id = world.Ada.User!.Value.Value, id = "rec_1" });
        problem.Errors.Select(e => (e.Pointer, e.Code))
            .Should().BeEquivalentTo([("/owner_id", "set_by_server"), ("/id", "set_by_server")]);

        var made = await world.Create(world.Ben, "tasks", new { title = "x", owner_id = world.Ben.User!.Value.Value });
        var id = made["id"]!.ToString();
        made["title"] = "y";
        (await world.Tenants.Call(world.Ben, "records.replace", world.At("tasks", id), made))["title"]!.ToString()
            .Should().Be("y", "a record that was read can be sent back");
    }

    [Fact]
    public async Task All_problems_of_a_record_are_told_at_once()
    {
        await using var world = await RecordWorld.Start();
        var problem = await world.Refused(world.Ada, "records.create", "tasks",
            body: new { titel = "x", status = "closed", rank = 1.5, due_at = "tomorrow" });

        problem.Errors.Select(e => (e.Pointer, e.Code)).Should().BeEquivalentTo([
            ("/titel", "unknown_field"), ("/title", "required"), ("/status", "not_a_choice"), ("/rank", "wrong_type"),
            ("/due_at", "not_a_time")]);
        problem.Errors.Should().OnlyContain(e => e.Fix.Length > 0 && e.Detail.Length > 0);
    }

    [Fact]
    public async Task A_unique_key_holds_within_its_tenant()
    {
        await using var world = await RecordWorld.Start();
        await world.Id(world.Ada, "projects", new { name = "A", slug = "one" });
        var other = await world.Id(world.Ada, "projects", new { name = "B", slug = "two" });

        var taken = await world.Refused(
            world.Ada, "records.create", "projects", body: new { name = "C", slug = "one" });
        taken.Type.Code.Should().Be("unique_taken");
        taken.Errors.Select(e => e.Pointer).Should().Equal("/slug");
        (await world.Code(world.Ada, "records.update", "projects", other, new { slug = "one" }))
            .Should().Be("unique_taken");
        await world.Id(world.Ada, "projects", new { name = "no slug" });
        await world.Id(world.Ada, "projects", new { name = "no slug either" });
        var there = await world.Tenants.Tenant(world.Ada, "Other");
        await world.Tenants.Call(world.Ada, "records.create", world.At("projects", tenant: there),
            new { name = "A", slug = "one" });
    }

    [Fact]
    public async Task An_upsert_makes_or_merges()
    {
        await using var world = await RecordWorld.Start();
        var (path, on) = (world.At("projects"), new { on = "slug" });
        var made = await world.Tenants.Call(world.Ada, "records.upsert", path, new { name = "A", slug = "one" }, on);
        var merged = await world.Tenants.Call(world.Ada, "records.upsert", path, new { name = "B", slug = "one" }, on);

        merged["id"]!.ToString().Should().Be(made["id"]!.ToString());
        merged["name"]!.ToString().Should().Be("B");
        merged["version"]!.GetValue<long>().Should().Be(2);
        (await world.Refused(
            world.Ada, "records.upsert", "projects", body: new { name = "A" }, query: new { on = "name" }))
            .Errors[0].Code.Should().Be("not_a_unique_key");
        (await world.Refused(
            world.Ben, "records.upsert", "projects", body: new { name = "A", slug = "one" }, query: on))
            .Type.Code.Should().Be("rule_denied", "it is Ada's");
    }

    [Fact]
    public async Task If_match_stops_a_change_of_another_version()
    {
        await using var world = await RecordWorld.Start();
        var id = await world.Id(world.Ada, "tasks", new { title = "x" });

        (await world.Code(world.Ada, "records.update", "tasks", id, new { title = "y" }, ifMatch: "\"7\""))
            .Should().Be("version_conflict");
        (await world.Code(world.Ada, "records.update", "tasks", id, new { title = "y" }, ifMatch: "\"1\""))
            .Should().BeNull();
    }

    [Fact]
    public async Task Deleting_takes_along_what_cascades()
    {
        await using var world = await RecordWorld.Start();
        var project = await world.Id(world.Ada, "projects", new { name = "P" });
        await world.Id(world.Ben, "tasks", new { title = "a", project_id = project });
        await world.Id(world.Ben, "tasks", new { title = "b", project_id = project });
        await world.Id(world.Ben, "tasks", new { title = "c" });

        await world.Tenants.Call(world.Ada, "records.delete", world.At("projects", project));

        (await world.Values(world.Ben, "tasks", "title")).Should().Equal("c");
        (await world.Tenants.Events(world.Tenant)).Count(e => e == "record.deleted").Should().Be(3);
    }

    [Fact]
    public async Task A_workspace_that_holds_records_is_not_deleted()
    {
        await using var world = await RecordWorld.Start();
        var berlin = await world.Tenants.Workspace(world.Ada, world.Tenant);
        var note = await world.Id(world.Ada, "notes", new { text = "x" }, berlin);
        var workspace = new { tenant = world.Tenant, workspace = berlin };
        var refused = await world.Tenants.Server.InProcess.Invoke(world.Ada, "workspaces.delete", workspace);
        refused.Problem!.Type.Code.Should().Be("workspace_in_use");
        refused.Problem.Detail.Should().Be($"There are records of notes, such as {note}, in it.");
        await world.Tenants.Call(world.Ada, "records.delete", world.At("notes", note, berlin));
        await world.Tenants.Call(world.Ada, "workspaces.delete", workspace);
    }

    [Fact]
    public async Task Notes_lie_in_workspaces()
    {
        await using var world = await RecordWorld.Start();
        var berlin = await world.Tenants.Workspace(world.Ada, world.Tenant);
        var bonn = await world.Tenants.Workspace(world.Ada, world.Tenant, "Bonn");
        await world.Tenants.Join(world.Ada, world.Tenant, world.Eve, "member", berlin);

        (await world.Code(world.Ada, "records.create", "notes", body: new { text = "x" }))
            .Should().Be("workspace_required");
        await world.Id(world.Ada, "notes", new { text = "in Bonn" }, bonn);
        await world.Id(world.Eve, "notes", new { text = "in Berlin" }, berlin);
        (await world.Values(world.Ada, "notes", "text", new { sort = "text" })).Should().Equal("in Berlin", "in Bonn");
        (await world.Values(world.Ben, "notes", "text")).Should().BeEmpty();
        (await world.List(world.Eve, "notes", workspace: berlin))["items"]!.AsArray().Should().HaveCount(1);
        (await world.Code(world.Eve, "records.list", "notes", workspace: bonn)).Should().Be("not_found");
        (await world.Code(world.Ben, "records.create", "notes", body: new { text = "x" }, workspace: bonn))
            .Should().Be("rule_denied");
    }

    [Fact]
    public async Task A_bulk_call_writes_all_or_none_or_what_fits()
    {
        await using var world = await RecordWorld.Start();
        var items = new object[]
        {
            new { op = "create", record = new { name = "A", slug = "a" } },
            new { op = "create", record = new { name = "B", slug = "a" } },
            new { op = "create", record = new { nome = "C" } },
        };

        var none = await world.Refused(world.Ada, "records.bulk", "projects", body: new { items });
        none.Type.Code.Should().Be("bulk_refused");
        none.Errors.Select(e => e.Pointer).Should().Contain("/items/1/record/slug").And.Contain("/items/2/record/nome");
        (await world.Values(world.Ada, "projects", "name")).Should().BeEmpty();

        var some = await world.Tenants.Call(
            world.Ada, "records.bulk", world.At("projects"), new { items, atomic = false });
        some["done"]!.GetValue<int>().Should().Be(1);
        some["results"]!.AsArray().Select(r => r!["status"]!.ToString())
            .Should().Equal("created", "refused", "refused");
        (await world.Values(world.Ada, "projects", "name")).Should().Equal("A");
        (await world.Tenants.Actions(world.Tenant)).Count(a => a == "records.bulk").Should().Be(1);
    }

    [Fact]
    public async Task A_rule_judges_what_an_update_makes_of_a_record()
    {
        const string Contract = """
            {"castellan": 1, "collections": {"docs": {
              "schema": {"properties": {"text": {"type": "string"}, "state": {"enum": ["draft", "final"]}}},
              "rules": {"create": "tenant_member", "read": "tenant_member",
                        "update": "old.state == 'draft' && record.owner_id == caller.id"}}}}
            """;
        await using var world = await RecordWorld.Start(Contract);
        var id = await world.Id(world.Ben, "docs", new { text = "a", state = "draft" });

        await world.Tenants.Call(world.Ben, "records.update", world.At("docs", id), new { state = "final" });
        (await world.Code(world.Ben, "records.update", "docs", id, new { text = "b" })).Should().Be("rule_denied");
        (await world.Code(world.Ada, "records.update", "docs", id, new { text = "b" })).Should().Be("rule_denied");
    }

    [Fact]
    public async Task A_rule_that_judges_a_change_does_not_tell_of_a_record_that_is_hidden()
    {
        const string Contract = """
            {"castellan": 1, "collections": {"docs": {
              "schema": {"properties": {"text": {"type": "string"}}},
              "rules": {"create": "tenant_member", "read": "owner", "update": "old.text == record.text || owner"}}}}
            """;
        await using var world = await RecordWorld.Start(Contract);
        var id = await world.Id(world.Ada, "docs", new { text = "a" });

        (await world.Code(world.Ben, "records.update", "docs", id, new { text = 7 })).Should().Be("not_found");
        (await world.Code(world.Ben, "records.update", "docs", id, new { text = "b" })).Should().Be("not_found");
        (await world.Code(world.Ada, "records.update", "docs", id, new { text = "b" })).Should().BeNull();
    }

    [Fact]
    public async Task History_shows_what_the_read_rule_would_have_shown_and_what_is_declared_today()
    {
        const string Contract = """
            {"castellan": 1, "collections": {"posts": {
              "schema": {"properties": {"text": {"type": "string"}, "note": {"type": "string"},
                                        "status": {"enum": ["draft", "published"]}}},
              "rules": {"list": "tenant_member", "read": "owner || record.status == 'published' && tenant_member",
                        "create": "tenant_member", "update": "owner"}}}}
            """;
        await using var world = await RecordWorld.Start(Contract);
        var id = await world.Id(world.Ada, "posts", new { text = "a secret draft", note = "n", status = "draft" });
        foreach (var text in (string[])["said aloud", "said again"])
        {
            await world.Tenants.Call(
                world.Ada, "records.update", world.At("posts", id), new { text, status = "published" });
        }

        async Task<List<string>> Seen(Caller caller) =>
            [.. (await world.Tenants.Call(caller, "records.history", world.At("posts", id)))["items"]!.AsArray()
                .Select(version => version!["data"]!["text"]!.ToString())];
        (await Seen(world.Ada)).Should().Equal("said aloud", "a secret draft");
        (await Seen(world.Ben)).Should().Equal("said aloud");

        var without = System.Text.Json.Nodes.JsonNode.Parse(Contract)!;
        without["collections"]!["posts"]!["schema"]!["properties"]!.AsObject().Remove("note");
        await world.Apply(without.ToJsonString(), "drop posts.note");
        var history = await world.Tenants.Call(world.Ada, "records.history", world.At("posts", id));
        history["items"]![0]!["data"]!.AsObject().ContainsKey("note").Should().BeFalse();
    }

    [Fact]
    public async Task A_delete_that_comes_to_a_record_twice_keeps_what_it_was_in_between()
    {
        const string Contract = """
            {"castellan": 1, "collections": {
              "places": {"schema": {"properties": {"name": {"type": "string"}}},
                         "rules": {"create": "tenant_member", "read": "tenant_member", "delete": "tenant_member"}},
              "trips": {"schema": {"properties": {"from_id": {"type": "string", "maxLength": 40},
                                                  "to_id": {"type": "string", "maxLength": 40}}},
                        "references": {"from_id": {"collection": "places", "on_delete": "set_null"},
                                       "to_id": {"collection": "places", "on_delete": "set_null"}},
                        "rules": {"create": "tenant_member", "read": "tenant_member"}}}}
            """;
        await using var world = await RecordWorld.Start(Contract);
        var place = await world.Id(world.Ada, "places", new { name = "A" });
        var trip = await world.Id(world.Ada, "trips", new { from_id = place, to_id = place });

        await world.Tenants.Call(world.Ada, "records.delete", world.At("places", place));

        var history = await world.Tenants.Call(world.Ada, "records.history", world.At("trips", trip));
        history["items"]!.AsArray().Select(v => $"{v!["version"]} {v["data"]!["from_id"]} {v["data"]!["to_id"]}")
            .Should().Equal($"2  {place}", $"1 {place} {place}");
    }

    [Fact]
    public async Task Secrets_are_revealed_to_a_key_that_may_read_the_record_and_each_time_is_audited()
    {
        const string ForServer = "tenant_member || caller.kind == 'key'";
        await using var world = await RecordWorld.Start(RecordWorld.Portal.Replace(
            "\"read\": \"tenant_member\"", $"\"read\": \"{ForServer}\"", StringComparison.Ordinal));
        var id = await world.Id(world.Ada, "projects", new { name = "A", token = "a secret token" });
        var other = await world.Id(world.Ada, "projects", new { name = "B" });
        var key = world.Tenants.Key;

        var shown = await world.Tenants.Call(key, "records.reveal", world.At("projects", id));
        shown["id"]!.ToString().Should().Be(id);
        shown["secrets"]!.ToJsonString().Should().Be("""{"token":"a secret token"}""");
        (await world.Tenants.Call(key, "records.reveal", world.At("projects", other)))["secrets"]!.ToJsonString()
            .Should().Be("""{"token":null}""");
        (await world.Code(world.Ada, "records.reveal", "projects", id)).Should().Be("permission_denied");
        // The denial is an entry as well, and comes when it comes.
        (await world.Texts($"""
            select target_id from audit_entry where action = {"records.reveal"} and target_kind = {"record"} order by id
            """)).Should().Equal($"projects/{id}", $"projects/{other}");
        var rows = (await Isolation.Tables.Read(world.Tenants.Server)).Rows;
        rows.Should().NotContain(row => row.Contains("a secret token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_a_tenant_go_its_records_and_their_history()
    {
        await using var world = await RecordWorld.Start();
        var id = await world.Id(world.Ada, "tasks", new { title = "secret plan" });
        await world.Tenants.Call(world.Ada, "records.update", world.At("tasks", id), new { title = "changed plan" });
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
