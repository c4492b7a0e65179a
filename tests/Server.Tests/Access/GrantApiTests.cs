using AwesomeAssertions;

namespace Castellan.Tests.Access;

public sealed class GrantApiTests
{
    [Fact]
    public async Task A_member_does_what_was_granted_and_the_audit_log_says_by_what()
    {
        await using var world = await AccessWorld.Start();
        (await world.Tries(world.Vera)).Should().Be("permission_denied");

        var grant = await world.Grant(world.Vera, "invitations.list");
        (await world.Tries(world.Vera)).Should().BeNull();
        (await world.Tries(world.Ben)).Should().Be("permission_denied", "it was granted to one member");
        (await world.Code(world.Vera, "workspaces.create", body: new { name = "Bonn" }))
            .Should().Be("permission_denied", "nothing else was granted");

        await world.Grant(world.Vera, "workspaces.create");
        (await world.Code(world.Vera, "workspaces.create", body: new { name = "Bonn" })).Should().BeNull();
        var (action, done) = ("workspaces.create", "done");
        (await world.Texts($"select reason from audit_entry where action = {action} and outcome = {done}"))
            .Should().ContainSingle().Which.Should().MatchRegex("^Allowed by grt_.* at revision 2\\.$");

        await world.Call(world.Admin, "grants.revoke", new { grant });
        (await world.Tries(world.Vera)).Should().Be("permission_denied");
    }

    [Fact]
    public async Task A_grant_says_what_it_is_and_stays_when_it_has_ended()
    {
        await using var world = await AccessWorld.Start();
        var made = await world.Call(world.Admin, "grants.create", body: new
        {
            user_id = world.Vera.User!.Value.Value, permission = "members.update", reason = "for the audit",
            expires_at = "2099-01-01T00:00:00.000Z", condition = "caller.tenant_role == 'viewer'",
            app_id = world.Tenants.App.Value,
        });
        var grant = made["id"]!.ToString();

        made["since_revision"]!.GetValue<long>().Should().Be(1);
        made["created_by"]!.ToString().Should().Be(world.Admin.User!.Value.Value);
        (await world.Call(world.Admin, "grants.get", new { grant })).ToJsonString().Should().Be(made.ToJsonString());
        (await world.Texts($"select reason from audit_entry where action = {"grants.create"}"))
            .Should().Equal("for the audit");

        (await world.Code(world.Admin, "grants.revoke", new { grant }, ifMatch: "\"7\""))
            .Should().Be("version_conflict");
        var revoked = await world.Call(world.Admin, "grants.revoke", new { grant });
        revoked["until_revision"]!.GetValue<long>().Should().Be(2);
        (await world.Call(world.Admin, "grants.list"))["items"]!.AsArray().Should().BeEmpty();
        (await world.Call(world.Admin, "grants.list", query: new { state = "ended" }))["items"]![0]!["id"]!.ToString()
            .Should().Be(grant);
        (await world.Tenants.Events(world.Tenant)).Should().EndWith(["grant.created", "grant.revoked"]);
    }

    [Fact]
    public async Task Lists_are_of_a_user_a_group_or_a_role_page_by_page()
    {
        await using var world = await AccessWorld.Start();
        var (role, group) = (await world.Role("Inviter", "invitations.list"), await world.Group("Sales"));
        var first = await world.Grant(world.Vera, "members.update");
        var second = await world.Grant(world.Vera, "invitations.list");
        var third = await world.Grant(new { group_id = group, role_id = role });

        async Task<string[]> List(object query) => [.. (await world.Call(world.Admin, "grants.list", query: query))
            ["items"]!.AsArray().Select(grant => grant!["id"]!.ToString())];

        (await List(new { user = world.Vera.User!.Value.Value })).Should().Equal(first, second);
        (await List(new { group })).Should().Equal(third);
        (await List(new { role })).Should().Equal(third);
        var page = await world.Call(world.Admin, "grants.list", query: new { limit = 2 });
        (await List(new { limit = 2, cursor = page["next_cursor"]!.ToString() })).Should().Equal(third);
    }

    [Theory]
    [InlineData("""{"permission": "members.update"}""", "/user_id", "required")]
    [InlineData("""{"user_id": "$vera"}""", "/permission", "required")]
    [InlineData("""{"user_id": "$vera", "permission": "members.updat"}""", "/permission", "unknown_permission")]
    [InlineData("""{"user_id": "$vera", "permission": "members.*"}""", "/permission", "unknown_permission")]
    [InlineData("""{"user_id": "$vera", "permission": "tenants.delete"}""", "/permission", "not_grantable")]
    [InlineData("""{"user_id": "$vera", "permission": "tenants.list"}""", "/permission", "not_grantable")]
    [InlineData("""{"user_id": "$vera", "permission": "records.update"}""", "/permission", "not_grantable")]
    [InlineData("""{"user_id": "$vera", "permission": "invitations.create"}""", "/permission", "not_grantable")]
    [InlineData("""{"user_id": "$vera", "permission": "members.app_roles.set"}""", "/permission", "not_grantable")]
    [InlineData("""{"user_id": "$vera", "permission": "apps.create"}""", "/permission", "not_grantable")]
    [InlineData(
        """{"user_id": "$vera", "permission": "members.list", "collection": "tasks"}""", "/collection", "not_of_apps")]
    [InlineData(
        """{"user_id": "$vera", "permission": "members.list", "expires_at": "2001-01-01T00:00:00Z"}""", "/expires_at",
        "in_the_past")]
    [InlineData(
        """{"user_id": "$vera", "permission": "members.list", "condition": "caller.salary > 3"}""", "/condition",
        "cel_error")]
    [InlineData(
        """{"user_id": "$vera", "permission": "members.list", "condition": "caller.id"}""", "/condition", "cel_error")]
    [InlineData(
        """{"user_id": "$vera", "group_id": "grp_00000000000000000000000000", "permission": "members.list"}""",
        "/group_id", "not_both")]
    [InlineData(
        """{"user_id": "$vera", "role_id": "rol_00000000000000000000000000", "permission": "members.list"}""",
        "/role_id", "not_both")]
    [InlineData(
        """{"user_id": "$vera", "permission": "members.list", "record_id": "rec_00000000000000000000000000"}""",
        "/record_id", "no_collection")]
    public async Task What_cannot_be_granted_is_told_with_its_fix(string body, string pointer, string code)
    {
        await using var world = await AccessWorld.Start();
        var sent = System.Text.Json.Nodes.JsonNode.Parse(
            body.Replace("$vera", world.Vera.User!.Value.Value, StringComparison.Ordinal));

        var problem = await world.Problem(world.Admin, "grants.create", body: sent);

        problem!.Type.Code.Should().Be("input_invalid");
        problem.Errors.Should().Contain(error => error.Pointer == pointer && error.Code == code && error.Fix != "");
        (await world.Texts($"select id from access_grant")).Should().BeEmpty();
    }

    [Fact]
    public async Task Whoever_and_whatever_is_not_of_the_tenant_is_absent()
    {
        await using var world = await AccessWorld.Start();
        var stranger = await world.Tenants.User("stranger");
        var elsewhere = await world.Tenants.Tenant(stranger, "Elsewhere");
        var workspace = await world.Tenants.Workspace(stranger, elsewhere);
        var theirs = (await world.Tenants.Call(
            stranger, "groups.create", new { tenant = elsewhere }, new { name = "Theirs" }))["id"]!.ToString();
        var (user, permission) = (world.Vera.User!.Value.Value, "members.list");

        foreach (var body in new object[]
        {
            new { user_id = stranger.User!.Value.Value, permission },
            new { user_id = "usr_00000000000000000000000000", permission },
            new { group_id = theirs, permission },
            new { user_id = user, role_id = "rol_00000000000000000000000000" },
            new { user_id = user, permission, workspace_id = workspace },
            new { user_id = user, permission, app_id = world.Tenants.OtherApp.Value },
        })
        {
            (await world.Code(world.Admin, "grants.create", body: body)).Should().Be("not_found");
        }
        (await world.Texts($"select id from access_grant")).Should().BeEmpty();
    }

    [Fact]
    public async Task A_tenant_has_a_bounded_number_of_grants_in_force()
    {
        await using var world = await AccessWorld.Start("--Access:GrantsMax", "2");
        var first = await world.Grant(world.Vera, "members.update");
        await world.Grant(world.Vera, "members.remove");

        var body = new { user_id = world.Vera.User!.Value.Value, permission = "invitations.list" };
        (await world.Code(world.Admin, "grants.create", body: body)).Should().Be("access_limit_reached");
        await world.Call(world.Admin, "grants.revoke", new { grant = first });
        (await world.Code(world.Admin, "grants.create", body: body)).Should().BeNull();
    }
}
