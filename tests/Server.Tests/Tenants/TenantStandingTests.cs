using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Tenants;

public sealed class TenantStandingTests
{
    private const string Absent = "ten_00000000000000000000000000";

    /// <summary>
    /// The operations on a tenant and the least role for each; a workspace stands where the path names one.
    /// </summary>
    public static TheoryData<string, string> LeastRoles => new()
    {
        { "tenants.get", "viewer" }, { "tenants.update", "admin" }, { "tenants.delete", "owner" },
        { "tenants.restore", "owner" }, { "tenants.apps", "viewer" }, { "tenants.install", "admin" },
        { "tenants.uninstall", "admin" }, { "workspaces.create", "admin" }, { "workspaces.list", "viewer" },
        { "workspaces.get", "viewer" }, { "workspaces.update", "admin" }, { "workspaces.delete", "admin" },
        { "members.list", "viewer" }, { "members.get", "viewer" }, { "members.update", "admin" },
        { "members.remove", "admin" }, { "members.leave", "viewer" }, { "members.add", "admin" },
        { "members.app_roles.get", "viewer" }, { "members.app_roles.set", "admin" },
        { "workspaces.members", "viewer" }, { "workspaces.remove_member", "viewer" },
        { "invitations.create", "admin" }, { "invitations.list", "admin" }, { "invitations.cancel", "admin" },
    };

    [Fact]
    public async Task Each_role_may_what_it_may_and_strangers_see_nothing()
    {
        await using var world = await TenantWorld.Start();
        var owner = await world.User("owner");
        var tenant = await world.Tenant(owner);
        var workspace = await world.Workspace(owner, tenant);
        var roles = new Dictionary<string, Caller> { ["owner"] = owner };
        foreach (var role in new[] { "admin", "member", "viewer" })
        {
            roles[role] = await world.User(role);
            await world.Join(owner, tenant, roles[role], role);
        }
        var stranger = await world.User("stranger");
        // A second owner, so that none of the calls below is the last owner's.
        await world.Join(owner, tenant, await world.User("second"), "owner");
        string[] order = ["viewer", "member", "admin", "owner"];

        foreach (var (operation, least) in LeastRoles.Select(row => row.Data))
        {
            // Ids that are of their kind and name nothing: whoever may enter gets past step 5 and changes nothing.
            var path = new
            {
                tenant, workspace, member = "mem_00000000000000000000000000",
                invitation = "inv_00000000000000000000000000", app = "app_00000000000000000000000000",
            };
            foreach (var role in order)
            {
                if (operation is "members.leave" or "workspaces.delete" or "tenants.delete" or "tenants.update"
                    && Array.IndexOf(order, role) >= Array.IndexOf(order, least))
                {
                    continue;
                }
                var code = await world.Code(roles[role], operation, path, new { });
                var denied = Array.IndexOf(order, role) < Array.IndexOf(order, least);
                (code == "permission_denied").Should().Be(denied, $"{role} calls {operation} and gets {code}");
            }
            (await world.Code(stranger, operation, path, new { })).Should().Be("not_found", operation);
            (await world.Code(Caller.Nobody, operation, path, new { })).Should().Be("credential_required", operation);
        }
        // Audit and Budgets bring theirs, which they test.
        world.Service<OperationTable>().All.Where(o => o.NamesTenant && o.Name.Split('.')
                is ["tenants" or "workspaces" or "members" or "invitations", not ("activity" or "budgets"), ..])
            .Where(o => o.Grants.Any(grant => grant.Kind is CallerKind.User))
            .Select(o => o.Name).Should().BeEquivalentTo(LeastRoles.Select(row => row.Data.Item1));
    }

    [Fact]
    public async Task A_foreign_tenant_answers_like_an_absent_one_to_every_stranger()
    {
        await using var world = await TenantWorld.Start();
        var owner = await world.User("owner");
        var tenant = await world.Tenant(owner);
        var elsewhere = await world.User("owner", world.OtherApp);
        Caller[] strangers =
        [
            await world.User("stranger"), elsewhere,
            Caller.OfKey("sandbox", world.OtherApp, KeyId.New(DateTimeOffset.UnixEpoch), ["*"]),
            InProcess.Owner with { Environment = "live" },
        ];

        foreach (var stranger in strangers)
        {
            var foreign = await world.Server.InProcess.Invoke(stranger, "tenants.get", new { tenant });
            var absent = await world.Server.InProcess.Invoke(stranger, "tenants.get", new { tenant = Absent });
            var malformed = await world.Server.InProcess.Invoke(stranger, "tenants.get", new { tenant = "acme" });
            foreign.Problem.Should().BeEquivalentTo(absent.Problem);
            malformed.Problem.Should().BeEquivalentTo(absent.Problem);
        }
        (await world.Code(InProcess.Owner, "tenants.get", new { tenant })).Should().BeNull();
        (await world.Texts($"select action from audit_entry where tenant_id = {tenant} and outcome <> {"done"}"))
            .Should().BeEmpty("a denial is written in the caller's own scope");
    }

    [Fact]
    public async Task Over_http_the_bodies_of_both_are_equal()
    {
        await using var world = await TenantWorld.Start();
        var ct = TestContext.Current.CancellationToken;
        var tenant = await world.Tenant(await world.User("owner"));
        var settings = await world.Call(
            InProcess.Owner, "apps.settings.get", new { app = world.App.Value, environment = "sandbox" });
        using var app = world.Server.With(null, settings["publishable_key"]!.ToString());
        using var signedUp = await app.PostAsJsonAsync(
            "/v1/auth/sign-up", new { email = "eve@example.com", password = "four plain words here" }, ct);
        var session = JsonNode.Parse(await signedUp.Content.ReadAsStringAsync(ct))!;
        using var eve = world.Server.With(session["access_token"]!.ToString());

        var foreign = await Body($"/v1/tenants/{tenant}/members");
        var absent = await Body($"/v1/tenants/{Absent}/members");

        foreign.Should().Contain("\"not_found\"").And.Be(absent);

        async Task<string> Body(string path)
        {
            using var answer = await eve.GetAsync(new Uri(path, UriKind.Relative), ct);
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct))!.AsObject();
            body.Remove("request_id").Should().BeTrue();
            return $"{answer.StatusCode} {body.ToJsonString()}";
        }
    }

    [Fact]
    public async Task A_workspace_of_another_tenant_is_absent()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var (one, two) = (await world.Tenant(ada, "One"), await world.Tenant(ada, "Two"));
        var workspace = await world.Workspace(ada, one);

        (await world.Code(ada, "workspaces.get", new { tenant = one, workspace })).Should().BeNull();
        (await world.Code(ada, "workspaces.get", new { tenant = two, workspace })).Should().Be("not_found");
        (await world.Code(world.Key, "workspaces.get", new { tenant = two, workspace })).Should().Be("not_found");
    }

    [Fact]
    public async Task A_guest_of_one_workspace_sees_that_workspace_alone()
    {
        await using var world = await TenantWorld.Start();
        var (ada, guest) = (await world.User("ada"), await world.User("guest"));
        var tenant = await world.Tenant(ada);
        var (open, closed) = (await world.Workspace(ada, tenant, "Open"), await world.Workspace(ada, tenant, "Closed"));
        await world.Join(ada, tenant, guest, "viewer", open);

        (await world.Code(guest, "workspaces.get", new { tenant, workspace = open })).Should().BeNull();
        (await world.Code(guest, "workspaces.update", new { tenant, workspace = open }, new { name = "X" }))
            .Should().Be("permission_denied");
        (await world.Code(guest, "workspaces.get", new { tenant, workspace = closed })).Should().Be("not_found");
        (await world.Code(guest, "tenants.get", new { tenant })).Should().Be("not_found");
        (await world.Call(guest, "tenants.list"))["items"]!.AsArray().Should().BeEmpty();
        (await world.Call(guest, "workspaces.mine"))["items"]!.AsArray().Single()!["id"]!.ToString().Should().Be(open);
    }

    [Fact]
    public async Task The_higher_of_two_roles_counts_in_a_workspace()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        var (his, other) = (await world.Workspace(ada, tenant, "His"), await world.Workspace(ada, tenant, "Other"));
        await world.Join(ada, tenant, bob);
        await world.Call(ada, "members.add", new { tenant, workspace = his },
            new { user_id = bob.User!.Value.Value, role = "admin" });

        (await world.Code(bob, "workspaces.update", new { tenant, workspace = his }, new { name = "Mine" }))
            .Should().BeNull();
        (await world.Code(bob, "workspaces.update", new { tenant, workspace = other }, new { name = "Mine" }))
            .Should().Be("permission_denied");
        (await world.Code(ada, "workspaces.update", new { tenant, workspace = his }, new { name = "Hers" }))
            .Should().BeNull();
    }

    [Fact]
    public async Task What_was_taken_away_is_gone_from_the_next_request_on()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        var member = await world.Join(ada, tenant, bob, "admin");
        (await world.Code(bob, "invitations.list", new { tenant })).Should().BeNull();

        await world.Call(ada, "members.update", new { tenant, member }, new { role = "viewer" });
        (await world.Code(bob, "invitations.list", new { tenant })).Should().Be("permission_denied");
        await world.Call(ada, "members.remove", new { tenant, member });
        (await world.Code(bob, "tenants.get", new { tenant })).Should().Be("not_found");

        await world.Call(ada, "tenants.install", new { tenant, app = world.OtherApp.Value });
        var there = await world.User("ada", world.OtherApp);
        (await world.Code(there, "tenants.get", new { tenant })).Should().BeNull();
        await world.Call(ada, "tenants.uninstall", new { tenant, app = world.OtherApp.Value });
        (await world.Code(there, "tenants.get", new { tenant })).Should().Be("not_found");
    }
}
