using System.Text.Json.Nodes;
using Castellan.Identity.OAuth;
using Castellan.Kernel;
using Castellan.Tests.Operators;

namespace Castellan.Tests.Isolation;

/// <summary>
/// Makes a good request for any operation, each time with objects of its own: the path's by the names of its
/// parameters, the body's from the fields that the operation describes. Only what needs a state that no description can
/// tell, such as a tenant that is deleted already, is arranged by name.
/// </summary>
internal sealed class Scenes(HostileWorld world)
{
    private const string Password = "seven odd violet anvils";
    private const string NewPassword = "eight dull copper kettles";

    /// <summary>The ways in which this operation can be allowed.</summary>
    public static IEnumerable<CallerKind> Kinds(Operation operation) =>
        operation.Grants.Select(grant => grant.Kind).Distinct();

    public static IEnumerable<string> Parameters(Operation operation) => operation.Hosted
        ? []
        : operation.Route.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'))
            .Prepend("tenant").Where(name => name != "tenant" || operation.NamesTenant).Distinct();

    public async Task<Asked> Make(Operation operation, CallerKind kind)
    {
        var by = kind switch
        {
            CallerKind.User => world.Ada,
            CallerKind.Key => world.Key,
            CallerKind.Operator => world.Operator,
            CallerKind.Agent => world.Agent,
            CallerKind.App => world.Browser,
            CallerKind.Nobody => Actor.Nobody,
            _ => new Actor("our own page", Caller.Capability(
                operation.Grants.First(g => g.Kind == kind).Purpose!, "sandbox", world.App)),
        };
        var asked = new Asked(operation, by) { Path = await Path(operation, kind) };
        if (kind is CallerKind.Agent && asked.Path.TryGetValue("tenant", out var tenant))
            asked = asked with { By = await world.Granted(world.Agent, tenant) };
        foreach (var field in operation.DescribeInput().Where(f => f.Place is FieldPlace.Body))
        {
            if (field.Required || (operation.Method == "PATCH" && field.Name == "name"))
                asked.Body[field.Name] = Value(field);
        }
        return await Arrange(asked);
    }

    /// <summary>A well-formed id of a pattern's kind that nothing has.</summary>
    public string Absent(string pattern)
    {
        var prefix = pattern.TrimStart('^').Split('_')[0];
        return $"{prefix}_{EventId.New(world.Server.Clock.GetUtcNow()).Value[4..]}";
    }

    private async Task<Dictionary<string, string>> Path(Operation operation, CallerKind kind)
    {
        var path = new Dictionary<string, string>();
        foreach (var name in Parameters(operation))
        {
            path[name] = name switch
            {
                "collection" => kind is CallerKind.App ? "open" : "inside",
                // A key is for its own app.
                "app" when operation.Name.StartsWith("contracts.", StringComparison.Ordinal)
                    && kind is CallerKind.Key => world.App.Value,
                // An agent sees its own runs.
                "run" => await world.NewRun(world.Agent),
                _ => await Id(name, path),
            };
        }
        return path;
    }

    private async Task<string> Id(string name, Dictionary<string, string> path)
    {
        var tenant = path.GetValueOrDefault("tenant");
        switch (name)
        {
            case "environment" when path.ContainsKey("app"): return "sandbox";
            // Everything else of the world lies in the others.
            case "environment": return await world.SpareEnvironment();
            case "app" when tenant is not null:
                await world.CallAs(world.Ada, "tenants.install", new { tenant, app = world.OtherApp.Value });
                return world.OtherApp.Value;
            case "app": return await world.NewApp();
            case "agent": return (await world.NewAgent()).Caller.Agent!.Value.Value;
            case "delegation": return await world.NewDelegation(world.Agent);
            case "key": return (await world.NewKey(new AppId(path["app"]))).Caller.Key!.Value.Value;
            case "tenant": return await world.NewTenant();
            case "record": return await world.NewRecord(tenant!, path["collection"]);
            case "workspace": return await world.NewWorkspace(tenant!);
            case "role": return await world.NewRole(tenant!);
            case "group": return await world.NewGroup(tenant!);
            case "grant": return await world.NewGrant(tenant!);
            case "policy": return await world.NewPolicy(tenant!);
            case "name": return await world.NewName(tenant!);
            case "budget": return await world.NewBudget(tenant);
            case "reservation": return await world.NewReservation(tenant!);
            case "permission": return "members.list";
            case "member": return await Member(tenant!, path.GetValueOrDefault("workspace"));
            case "invitation": return await world.NewInvitation(tenant!);
            case "mail":
                await world.NewInvitation(await world.NewTenant());
                return await world.NewestMail();
            case "session": return (await world.SignedIn("ada")).Caller.Session!.Value.Value;
            case "impersonation": return await world.NewImpersonation(path["user"]);
            case "user": return (await world.NewMember(await world.NewTenant())).User.Caller.User!.Value.Value;
            case "operator": return await NewOperator();
            default: throw new InvalidOperationException($"The world has no {{{name}}}: say here how one is made.");
        }
    }

    private async Task<string> Member(string tenant, string? workspace)
    {
        var (user, member) = await world.NewMember(tenant);
        if (workspace is null) return member;
        var added = await world.CallAs(world.Ada, "members.add", new { tenant, workspace },
            new { user_id = user.Caller.User!.Value.Value, role = "member" });
        return added["id"]!.ToString();
    }

    private async Task<string> NewOperator()
    {
        var body = new { name = "New", email = $"{world.Next("new")}@example.org", role = "admin" };
        return (await world.Call("operators.create", body: body))["operator"]!["id"]!.ToString();
    }

    private JsonNode Value(FieldDescription field) => field.Schema switch
    {
        var schema when schema["enum"] is JsonArray choices => choices[Math.Min(1, choices.Count - 1)]!.DeepClone(),
        _ when field.Kind() == "boolean" => true,
        _ when field.Kind() == "integer" => 1,
        _ when field is { Name: "operations" } => new JsonArray("records.list"),
        _ when field.Kind() == "array" => new JsonArray(),
        var schema when schema["format"]?.ToString() == "uri" => "https://example.com/x",
        var schema when schema["format"]?.ToString() == "date-time" => "2040-01-01T00:00:00Z",
        var schema when schema["pattern"] is { } pattern => Absent(pattern.ToString()),
        _ => field.Name switch
        {
            "email" => $"{world.Next("someone")}@example.com",
            "password" => Password,
            _ => world.Next("text "),
        },
    };

    /// <summary>The states that descriptions cannot tell.</summary>
    private Task<Asked> Arrange(Asked asked) => asked.Operation.Name switch
    {
        "budgets.create" => Budgeted(asked),
        "records.create" or "records.update" or "records.replace" =>
            Task.FromResult(asked.WithField("slug", world.Next("slug"))),
        "records.upsert" => Task.FromResult(asked.WithField("slug", world.Next("slug")) with { Query = "on=slug" }),
        "records.bulk" => Task.FromResult(asked.WithField("items", new JsonArray(new JsonObject
        {
            ["op"] = "create", ["record"] = new JsonObject { ["slug"] = world.Next("slug") },
        }))),
        "records.explain" => Task.FromResult(asked.WithField("operation", "create")),
        "records.restore" => After(asked, () => world.CallAs(world.Ada, "records.delete", asked.Path)),
        "contracts.plan" or "contracts.apply" => Task.FromResult(asked.WithField("contract", NewContract())),
        "contracts.get" or "contracts.list" or "contracts.dropped" => After(asked, () => Applied(asked)),
        "contracts.promote" => Promoted(asked),
        "members.app_roles.set" or "members.app_roles.get" => Task.FromResult(OfApp(asked)),
        "tenants.restore" => After(asked, () => world.CallAs(world.Ada, "tenants.delete", asked.Path)),
        "tenants.reinstate" =>
            After(asked, () => world.Call("tenants.suspend", asked.Path, new { reason = "a test" })),
        "users.impersonate" => Task.FromResult(asked.WithField("app_id", world.App.Value)),
        "environments.freeze" or "environments.kill" => After(asked, () => world.MoveSpare("active")),
        "environments.thaw" => After(asked, () => world.MoveSpare("frozen")),
        "environments.revive" => After(asked, () => world.MoveSpare("killed")),
        "operators.restore" =>
            After(asked, () => world.Call("operators.suspend", asked.Path, new { reason = "a test" })),
        "agents.resume" => After(asked, () => world.Call("agents.suspend", asked.Path, new { reason = "a test" })),
        "agents.register" => Task.FromResult(asked.WithField("operations", new JsonArray("records.list"))),
        "agents.add_key" => Task.FromResult(asked.WithField("public_key", HostileWorld.NewPublicKey())),
        "agents.remove_key" => WithKey(asked),
        "delegations.create" => Task.FromResult(asked.WithField("operations", new JsonArray("records.list"))
            .WithField("agent_id", world.Agent.Caller.Agent!.Value.Value)),
        "delegations.exchange" => Lent(asked),
        "members.add" or "groups.members.add" => Joined(asked),
        "groups.members.remove" => After(asked, () => Grouped(asked)),
        "access.matrix" => Task.FromResult(asked.WithField("permissions", new JsonArray("members.list"))),
        "access.evaluate" => Joined(asked.WithField("permissions", new JsonArray("members.list"))),
        "grants.create" or "access.explain" => Joined(asked.WithField("permission", "members.list")),
        "members.leave" => Leaving(asked),
        "invitations.accept" => Invited(asked),
        "users.verify_email" => Verifying(asked),
        "users.reset_password" => Resetting(asked),
        "users.sign_in" or "users.sign_in_hosted" or "me.prove" or "me.change_password" => WithPassword(asked),
        "sessions.refresh" => Refreshing(asked),
        "sessions.revoke_all" => Renewed(asked, () => world.SignedIn(world.Next("user"))),
        "sessions.create" => Exchanging(asked),
        "me.delete" => Renewed(asked, LeavingForGood),
        "consents.grant" => Task.FromResult(asked.WithField("app_id", world.App.Value)),
        "consents.withdraw" => Consented(asked),
        "operators.sign_out" => Renewed(asked, () => world.NewOperator()),
        "operators.claim" or "operators.claim.get" => Renewed(asked, world.NewLink),
        "operators.sign_in" => Task.FromResult(asked
            .WithField("email", world.Operator.Caller.Display).WithField("password", OperatorActs.Password)),
        "access.simulate" => Task.FromResult(asked.WithField("grants", new JsonArray(new JsonObject
        {
            ["user_id"] = world.Ada.Caller.User!.Value.Value, ["permission"] = "members.list",
        }))),
        "access.replay" => Replaying(asked),
        "access.names.create" => Task.FromResult(OfApp(asked).WithField("of", "resource")),
        var name when name.StartsWith("access.authzen.", StringComparison.Ordinal) =>
            Task.FromResult(Questioned(asked)),
        "operators.exchange" => Exchanged(asked),
        "operators.devices.find" or "operators.devices.approve" or "operators.devices.deny" => Waiting(asked),
        "operators.devices.exchange" => Approved(asked),
        "operators.change_email" => Renewed(
            asked.WithField("password", OperatorActs.Password), () => world.NewOperator()),
        "operators.change_password" => Renewed(
            asked.WithField("current", OperatorActs.Password), () => world.NewOperator()),
        _ => Task.FromResult(asked),
    };

    /// <summary>Another one each time, because what is in force already changes nothing.</summary>
    private JsonNode NewContract()
    {
        var contract = JsonNode.Parse(HostileWorld.Contract)!;
        contract["description"] = world.Next("version ");
        return contract;
    }

    private Task<JsonObject> Applied(Asked asked) => world.Call(
        "contracts.apply", new { app = asked.Path["app"] }, new { contract = NewContract() });

    /// <summary>From live, because the walk's operators look at sandbox.</summary>
    private async Task<Asked> Promoted(Asked asked)
    {
        var live = new Actor("owner in live", InProcess.Owner with { Environment = "live" });
        string[] confirm = [.. HostileWorld.Opened];
        var applied = await world.CallAs(
            live, "contracts.apply", new { app = asked.Path["app"] }, new { contract = NewContract(), confirm });
        return asked.WithField("from", "live").WithField("hash", applied["hash"]!.ToString())
            .WithField("reason", "It was tried.");
    }

    /// <summary>An operator has no app of his or her own.</summary>
    private Asked OfApp(Asked asked) => asked.By.Caller.Kind is not CallerKind.Operator ? asked
        : asked.Operation.HasBody ? asked.WithField("app_id", world.App.Value)
        : asked with { Query = $"app={world.App.Value}" };

    private async Task<Asked> Replaying(Asked asked)
    {
        var body = new { user_id = world.Ada.Caller.User!.Value.Value, permission = "members.list" };
        var said = await world.CallAs(world.Ada, "access.explain", asked.Path, body);
        return asked with { Body = said["basis"]!.DeepClone().AsObject() };
    }

    /// <summary>What Ada may do in her tenant.</summary>
    private Asked Questioned(Asked asked) => !asked.Operation.HasBody ? asked : asked
        .WithField("subject", new JsonObject { ["type"] = "user", ["id"] = world.Ada.Caller.User!.Value.Value })
        .WithField("action", new JsonObject { ["name"] = "members.list" })
        .WithField("resource", new JsonObject { ["type"] = "tenant", ["id"] = asked.Path["tenant"] });

    /// <summary>Of an app of its own, so that it caps nothing of what others do.</summary>
    private async Task<Asked> Budgeted(Asked asked) =>
        asked.WithField("subject", "app").WithField("subject_id", await world.NewApp());

    private static async Task<Asked> After(Asked asked, Func<Task> state)
    {
        await state();
        return asked;
    }

    private static async Task<Asked> Renewed(Asked asked, Func<Task<Actor>> by) => asked with { By = await by() };

    private async Task<Actor> LeavingForGood()
    {
        var user = (await world.SignedIn(world.Next("user"))).Caller.User!.Value;
        return new Actor("the account page", Caller.OfAccountPage("sandbox", user, null));
    }

    private async Task<Asked> WithKey(Asked asked)
    {
        var agent = await world.Call("agents.add_key", asked.Path, new { public_key = HostileWorld.NewPublicKey() });
        return asked.WithField("key_id", agent["signing_keys"]!.AsArray()[^1]!["key_id"]!.ToString());
    }

    private async Task<Asked> Lent(Asked asked) => asked.WithField("subject_kind", "delegation")
        .WithField("subject_token", await world.NewDelegation(world.Agent));

    private async Task<Asked> Joined(Asked asked)
    {
        var (user, _) = await world.NewMember(asked.Path["tenant"]);
        return asked.WithField("user_id", user.Caller.User!.Value.Value);
    }

    private async Task Grouped(Asked asked)
    {
        var (tenant, member) = (asked.Path["tenant"], asked.Path["member"]);
        var found = await world.CallAs(world.Ada, "members.get", new { tenant, member });
        await world.CallAs(world.Ada, "groups.members.add", new { tenant, group = asked.Path["group"] },
            new { user_id = found["user_id"]!.ToString() });
    }

    private async Task<Asked> Leaving(Asked asked) =>
        asked with { By = (await world.NewMember(asked.Path["tenant"])).User };

    private async Task<Asked> Invited(Asked asked)
    {
        var guest = await world.SignedIn(world.Next("user"));
        var invitation = await world.NewInvitation(await world.NewTenant(), guest.Caller.Display);
        return asked.WithField("invitation_id", invitation) with { By = guest };
    }

    private async Task<Asked> Verifying(Asked asked)
    {
        var (email, _, _) = await world.SignUp(Password);
        return asked.WithField("token", await world.Mailed(email, "verify_email"));
    }

    private async Task<Asked> Resetting(Asked asked)
    {
        var (email, _, _) = await world.SignUp(Password);
        await world.CallAs(world.Browser, "users.request_reset", body: new { email });
        return asked.WithField("token", await world.Mailed(email, "reset_password"))
            .WithField("password", NewPassword);
    }

    private async Task<Asked> WithPassword(Asked asked)
    {
        var (email, _, actor) = await world.SignUp(Password);
        var changing = asked.Operation.Name == "me.change_password";
        return (changing
            ? asked.WithField("current", Password).WithField("password", NewPassword)
            : asked.WithField("email", email).WithField("password", Password)) with
        {
            By = asked.By.Caller.Kind is CallerKind.User ? actor : asked.By,
        };
    }

    private async Task<Asked> Refreshing(Asked asked)
    {
        var (_, tokens, _) = await world.SignUp(Password);
        return asked.WithField("refresh_token", tokens["refresh_token"]!.ToString());
    }

    private async Task<Asked> Exchanging(Asked asked)
    {
        var now = world.Server.Clock.GetUtcNow();
        var code = new AuthorizationCode
        {
            Id = world.Next("code"),
            App = world.App.Value,
            AuthorizationId = SessionId.New(now).Value,
            User = world.Ada.Caller.User!.Value.Value,
            Type = "authorization_code",
            Status = AuthorizationCode.Valid,
            CreatedAt = now,
            ExpiresAt = now + TimeSpan.FromMinutes(1),
        };
        await world.Service<AuthorizationCodes>().Insert(new EnvironmentScope("sandbox", world.App), code);
        return asked.WithField("code_id", code.Id).WithField("session_id", code.AuthorizationId)
            .WithField("user_id", code.User);
    }

    private async Task<Asked> Consented(Asked asked)
    {
        // Whoever withdraws is signed out of the app.
        var user = (await world.SignedIn(world.Next("user"))).Caller.User!.Value;
        var page = Caller.OfAccountPage("sandbox", user, null) with { App = world.App };
        var by = new Actor("the account page", page);
        await world.CallAs(by, "consents.grant", body: new { app_id = world.App.Value });
        return asked.WithField("app_id", world.App.Value) with { By = by };
    }

    private async Task<Asked> Waiting(Asked asked)
    {
        var device = await world.CallAs(Actor.Nobody, "operators.devices.start", body: new { name = "a terminal" });
        return asked.WithField("user_code", device["user_code"]!.ToString());
    }

    private async Task<Asked> Approved(Asked asked)
    {
        var device = await world.CallAs(Actor.Nobody, "operators.devices.start", body: new { name = "a terminal" });
        await world.CallAs(
            world.Operator, "operators.devices.approve", body: new { user_code = device["user_code"]!.ToString() });
        return asked.WithField("device_code", device["device_code"]!.ToString());
    }

    private async Task<Asked> Exchanged(Asked asked)
    {
        var made = await world.CallAs(world.Operator, "operators.tokens.create");
        return asked.WithField("token", made["token"]!.ToString());
    }
}
