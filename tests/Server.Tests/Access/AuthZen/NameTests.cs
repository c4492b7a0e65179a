using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Access.AuthZen;

/// <summary>
/// What an app calls people and things: who may say it, how long it holds, and that nobody else sees it.
/// </summary>
public sealed class NameTests
{
    [Fact]
    public async Task A_name_stands_for_a_member_from_the_next_decision_on()
    {
        await using var world = await AuthZenWorld.Start(["route.get"]);
        var access = world.Access;
        await access.Grant(access.Vera, "route.get");
        (await world.Asks("vera@idp", "get", "route", "/")).Should().BeFalse();

        var made = await world.Call(access.Vera, "vera@idp");
        (await world.Asks("vera@idp", "get", "route", "/")).Should().BeTrue();
        (await world.Asks("VERA@idp", "get", "route", "/")).Should().BeFalse("names are exact");
        made.Select(member => member.Key).Should().Equal(
            "id", "app_id", "of", "type", "name", "user_id", "created_at", "version");

        await access.Call(access.Tenants.Key, "access.names.delete", new { name = made["id"]!.ToString() });
        (await world.Asks("vera@idp", "get", "route", "/")).Should().BeFalse();
        (await access.Tenants.Actions(access.Tenant)).Should().EndWith(["access.names.create", "access.names.delete"]);
        (await access.Tenants.Events(access.Tenant)).Should().EndWith(["access_name.created", "access_name.deleted"]);
        (await access.Texts($"select data from outbox_event where type like 'access_name%'"))
            .Should().AllSatisfy(data => data.Should().NotContain("vera@idp", "a name may be an address"));
    }

    [Fact]
    public async Task The_apps_server_alone_gives_names_or_an_operator_for_it()
    {
        await using var world = await AuthZenWorld.Start([]);
        var access = world.Access;
        object Body(Caller? who = null, string? app_id = null, string of = "subject", string name = "x",
            string type = "identity") => new { of, type, name, user_id = who?.User!.Value.Value, app_id };
        Task<string?> Give(Caller by, object body) => access.Code(by, "access.names.create", body: body);

        (await Give(access.Owner, Body(access.Vera))).Should().Be("permission_denied");
        (await Give(InProcess.Owner, Body(access.Vera))).Should().Be("input_invalid", "it says whose name it is");
        (await Give(access.Tenants.Key, Body(access.Vera, access.Tenants.OtherApp.Value))).Should().Be("not_found");
        (await Give(access.Tenants.Key, Body())).Should().Be("input_invalid");
        (await Give(access.Tenants.Key, Body(access.Vera, of: "resource"))).Should().Be("input_invalid");
        (await Give(access.Tenants.Key, Body(await access.Tenants.User("stranger")))).Should().Be("not_found");
        (await Give(access.Tenants.Key, Body(
            access.Vera, type: "user", name: access.Ben.User!.Value.Value))).Should().Be("input_invalid");
        (await Give(access.Tenants.Key, Body(of: "resource", type: "tenant"))).Should().Be("input_invalid");

        (await Give(access.Tenants.Key, Body(access.Vera))).Should().BeNull();
        (await Give(access.Tenants.Key, Body(access.Ben))).Should().Be("name_given_already");
        (await Give(InProcess.Owner, Body(access.Ben, access.Tenants.OtherApp.Value))).Should().BeNull();
        var listed = await access.Call(access.Admin, "access.names.list", query: new { of = "subject" });
        listed["items"]!.AsArray().Should().HaveCount(2);
        var seen = await access.Call(access.Tenants.Key, "access.names.list");
        var own = seen["items"]!.AsArray().Should().ContainSingle("another app's names are absent").Which!;
        var theirs = listed["items"]!.AsArray().Select(one => one!["id"]!.ToString())
            .Single(id => id != own["id"]!.ToString());
        (await access.Code(access.Tenants.Key, "access.names.delete", new { name = theirs })).Should().Be("not_found");
    }

    [Fact]
    public async Task A_name_ends_with_the_membership()
    {
        await using var world = await AuthZenWorld.Start([]);
        var access = world.Access;
        await world.Call(access.Vera, "vera@idp");
        await access.Call(access.Admin, "members.remove", new { member = access.Members[access.Vera] });
        (await access.Texts($"select name from access_name")).Should().BeEmpty();
        await access.Tenants.Join(access.Owner, access.Tenant, access.Vera, "viewer");
        (await world.Asks("vera@idp", "members.list", "tenant", access.Tenant)).Should().BeFalse();
    }

    [Fact]
    public async Task Names_are_bounded()
    {
        await using var world = await AuthZenWorld.Start([], "--Access:NamesMax", "2");
        await world.Thing("route", "/a");
        await world.Thing("route", "/b");
        (await world.Access.Code(world.Access.Tenants.Key, "access.names.create",
            body: new { of = "resource", type = "route", name = "/c" })).Should().Be("access_limit_reached");
    }
}
