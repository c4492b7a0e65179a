using System.Text.Json.Nodes;

namespace Castellan.AdminUi;

/// <summary>Users and tenants of the chosen environment.</summary>
internal sealed class PeoplePages(AdminRoutes map)
{
    private const string User = "/admin/users/{user}";

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, "/admin/users", Users);
        map.Get(routes, User, UserDetail);
        map.Get(routes, "/admin/tenants", Tenants);
        map.Get(routes, "/admin/tenants/{tenant}", TenantDetail);
    }

    private static async Task Users(AdminCall call)
    {
        var answer =
            await call.Invoke("users.list", query: [("email", call.Query("email")), ("cursor", call.Query("cursor"))]);
        await call.Show<UsersPage>(answer.Value, answer.Problem);
    }

    private static async Task UserDetail(AdminCall call)
    {
        var user = await call.Invoke("users.get", [("user", call.Route("user"))]);
        if (user.Refused)
        {
            await call.Show<ProblemPage>(problem: user.Problem);
            return;
        }
        var acting = await call.Invoke(
            "users.impersonations", [("user", call.Route("user"))], [("cursor", call.Query("cursor"))]);
        await call.Show<UserPage>(
            new JsonObject { ["user"] = user.Value, ["impersonations"] = acting.Value, ["now"] = $"{call.Now:O}" },
            acting.Problem);
    }

    private static async Task Tenants(AdminCall call)
    {
        var answer = await call.Invoke("tenants.list", query: [("cursor", call.Query("cursor"))]);
        await call.Show<TenantsPage>(answer.Value, answer.Problem);
    }

    private static async Task TenantDetail(AdminCall call)
    {
        (string, string?)[] path = [("tenant", call.Route("tenant"))];
        var tenant = await call.Invoke("tenants.get", path);
        if (tenant.Refused)
        {
            await call.Show<ProblemPage>(problem: tenant.Problem);
            return;
        }
        var members = await call.Invoke("members.list", path, [("cursor", call.Query("members"))]);
        var workspaces = await call.Invoke("workspaces.list", path, [("cursor", call.Query("workspaces"))]);
        var apps = await call.Invoke("tenants.apps", path, [("cursor", call.Query("apps"))]);
        await call.Show<TenantPage>(
            new JsonObject
            {
                ["tenant"] = tenant.Value, ["members"] = members.Value, ["workspaces"] = workspaces.Value,
                ["apps"] = apps.Value,
            },
            members.Problem ?? workspaces.Problem ?? apps.Problem);
    }
}
