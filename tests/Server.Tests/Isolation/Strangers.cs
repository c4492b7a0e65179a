using Castellan.Kernel;

namespace Castellan.Tests.Isolation;

/// <summary>Objects that exist, and that the callers of the world may not know of.</summary>
internal sealed class Strangers
{
    private readonly Dictionary<(CallerKind, string), string[]> foreign = [];

    private Strangers()
    {
    }

    /// <summary>A user of the other environment.</summary>
    public string LiveUser { get; private init; } = "";

    /// <summary>An agent of the other environment.</summary>
    public string LiveAgent { get; private set; } = "";

    /// <summary>A workspace and an invitation of a tenant of somebody else.</summary>
    public string Workspace { get; private set; } = "";

    public string Invitation { get; private set; } = "";

    /// <summary>A role and a group of the same tenant.</summary>
    public string Role { get; private set; } = "";

    public string Group { get; private set; } = "";

    public string Policy { get; private set; } = "";

    public static async Task<Strangers> Find(HostileWorld world)
    {
        var mallory = await world.SignedIn("mallory");
        var oscar = await world.SignedIn("oscar", world.OtherApp);
        var hers = await world.NewTenant(mallory);
        var his = await world.NewTenant(oscar);
        var live = (await world.CallAs(world.LiveKey, "tenants.create", body: new { name = "Live" }))["id"]!.ToString();
        var (_, member) = await world.NewMember(hers, by: mallory);
        var (employee, _) = await world.NewMember(his, by: oscar);
        var found = new Strangers
        {
            LiveUser = await LiveUserOf(world),
            Workspace = await world.NewWorkspace(hers, mallory),
            Invitation = await world.NewInvitation(hers, by: mallory),
            Role = await world.NewRole(hers, mallory),
            Group = await world.NewGroup(hers, mallory),
            Policy = await world.NewPolicy(hers, mallory),
        };
        var grant = await world.NewGrant(hers, mallory);
        var name = await world.NewName(hers);
        var budget = await world.NewBudget(hers, mallory);
        var reservation = await world.NewReservation(hers, mallory);
        var inLive = new Actor("owner in live", InProcess.Owner with { Environment = "live" });
        var liveBudget = await world.NewBudget(null, inLive);
        var record = await world.NewRecord(hers, "inside", mallory);
        var liveAgent = await world.NewAgent("live");
        var otherRun = await world.NewRun(await world.NewAgent());
        var liveRun = await world.NewRun(liveAgent);
        var lentByVera = await LentBy(world, world.Vera);
        var otherKey = world.OtherKey.Caller.Key!.Value.Value;
        found.LiveAgent = liveAgent.Caller.Agent!.Value.Value;
        foreach (var kind in Enum.GetValues<CallerKind>())
        {
            found.foreign[(kind, "workspace")] = [found.Workspace];
            found.foreign[(kind, "member")] = [member];
            found.foreign[(kind, "record")] = [record];
            found.foreign[(kind, "invitation")] = [found.Invitation];
            found.foreign[(kind, "role")] = [found.Role];
            found.foreign[(kind, "group")] = [found.Group];
            found.foreign[(kind, "policy")] = [found.Policy];
            found.foreign[(kind, "grant")] = [grant];
            found.foreign[(kind, "name")] = [name];
            found.foreign[(kind, "budget")] = kind is CallerKind.Operator ? [liveBudget] : [budget, liveBudget];
            found.foreign[(kind, "reservation")] = [reservation];
            found.foreign[(kind, "key")] = [otherKey, world.LiveKey.Caller.Key!.Value.Value];
            found.foreign[(kind, "user")] = [found.LiveUser];
            found.foreign[(kind, "agent")] = [liveAgent.Caller.Agent!.Value.Value];
            found.foreign[(kind, "run")] = kind is CallerKind.Agent ? [otherRun, liveRun] : [liveRun];
            found.foreign[(kind, "delegation")] = [lentByVera];
            found.foreign[(kind, "session")] = [world.Vera.Caller.Session!.Value.Value];
        }
        found.foreign[(CallerKind.User, "tenant")] = [hers, his, live];
        found.foreign[(CallerKind.Key, "tenant")] = [his, live];
        found.foreign[(CallerKind.Operator, "tenant")] = [live];
        found.foreign[(CallerKind.App, "tenant")] = [his, live];
        found.foreign[(CallerKind.Key, "user")] =
            [found.LiveUser, world.Sam.Caller.User!.Value.Value, employee.Caller.User!.Value.Value];
        return found;
    }

    /// <summary>Ids that this kind of caller may not know, for a parameter of a path.</summary>
    public IReadOnlyList<string> Of(CallerKind kind, string parameter) =>
        foreign.GetValueOrDefault((kind, parameter), []);

    /// <summary>A foreign id for a reference in a body, or null where none is foreign to everybody.</summary>
    public string? Of(string pattern) => pattern.TrimStart('^').Split('_')[0] switch
    {
        "usr" => LiveUser,
        "wsp" => Workspace,
        "inv" => Invitation,
        "agt" => LiveAgent,
        "rol" => Role,
        "grp" => Group,
        "plc" => Policy,
        _ => null,
    };

    private static async Task<string> LentBy(HostileWorld world, Actor lender)
    {
        var agent = await world.NewAgent();
        var made = await world.CallAs(lender, "delegations.create", new { tenant = await world.NewTenant() },
            new { agent_id = agent.Caller.Agent!.Value.Value, operations = new[] { "records.list" } });
        return made["id"]!.ToString();
    }

    public static async Task<string> LiveUserOf(HostileWorld world)
    {
        var now = world.Server.Clock.GetUtcNow();
        var id = UserId.New(now);
        await world.Server.Database.Transact(transaction => transaction.Run($"""
            insert into user_account (id, environment_id, email, email_key, email_verified_at, name, created_at,
                updated_at, version)
            values ({id}, {"live"}, {"lena@example.com"}, {"lena@example.com"}, {now}, {"Lena"}, {now}, {now}, {1L})
            """));
        return id.Value;
    }
}
