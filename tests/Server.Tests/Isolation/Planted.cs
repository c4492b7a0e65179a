using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tenants;
using Castellan.Tests.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Isolation;

/// <summary>Operations that only tests have, each with one defect that the walk must find.</summary>
internal sealed class Planted(IServiceProvider services) : IEndpoints
{
    /// <summary>What is found of each, in words of the walk.</summary>
    public static IReadOnlyDictionary<string, string> Defects { get; } = new Dictionary<string, string>
    {
        ["planted.forgets_tenant"] = "a foreign member: answered",
        ["planted.tells_foreign"] = "tells itself from an absent one",
        ["planted.reads_and_writes"] = "refused requests left + outbox_event",
        ["planted.forgets_audit"] = "a good request: 500",
        ["planted.writes_elsewhere"] = "a good request: changed",
        ["planted.writes_beside"] = "refused requests left + outbox_event",
        ["planted.undeclared"] = "undeclared",
        ["planted.shows_password"] = "shows password",
        ["planted.trusts_text"] = "an odd role: 500",
    };

    private IDatabase Database => services.GetRequiredService<IDatabase>();

    public IEnumerable<Operation> Operations() =>
    [
        Read("planted.forgets_tenant", "/v1/tenants/{tenant}/planted/{member}", Member, async call =>
        {
            var sql = Sql.Of($"select id from membership where id = {call.Input}");
            return await Database.One(sql, row => row.Text(), call.Aborted) ?? throw new Refusal(GateProblems.NotFound);
        }),
        Read("planted.tells_foreign", "/v1/tenants/{tenant}/planted/{member}/told", Member, async call =>
        {
            var sql = Sql.Of($"select tenant_id from membership where id = {call.Input}");
            var tenant = await Database.One(sql, row => row.Text(), call.Aborted);
            return tenant == call.Tenant.Tenant.Value
                ? tenant
                : throw new Refusal(GateProblems.NotFound, tenant is null ? null : "It is another tenant's.");
        }),
        Read("planted.works_for_foreign", "/v1/tenants/{tenant}/planted/{member}/works", Member, async call =>
        {
            var sql = Sql.Of($"select tenant_id from membership where id = {call.Input}");
            var tenant = await Database.One(sql, row => row.Text(), call.Aborted);
            if (tenant is null) throw new Refusal(GateProblems.NotFound);
            var mates = Sql.Of($"select id from membership where tenant_id = {tenant} order by id");
            for (var i = 0; i < 30; i++) await Database.Many(mates, row => row.Text(), call.Aborted);
            return tenant == call.Tenant.Tenant.Value ? tenant : throw new Refusal(GateProblems.NotFound);
        }),
        Read("planted.reads_and_writes", "/v1/planted/reads", Nothing, async _ =>
        {
            await Leave();
            return "read";
        }),
        Write("planted.forgets_audit", "/v1/planted/unaudited", Nothing, call => call.Change(_ => Note("x"))),
        Write("planted.writes_elsewhere", "/v1/tenants/{tenant}/planted", Tenant, call => call.Change(async change =>
        {
            await change.Run($"update tenant set version = version + 1 where environment_id = {"sandbox"}");
            return await Audited(change);
        })),
        Write("planted.writes_beside", "/v1/tenants/{tenant}/planted/{member}/beside", Member, async call =>
        {
            await Leave();
            return await call.Change(async change =>
            {
                var (id, tenant) = (call.Input, call.Tenant.Tenant);
                var sql = Sql.Of($"select id from membership where id = {id} and tenant_id = {tenant}");
                if (await change.One(sql, row => row.Text()) is null) throw new Refusal(GateProblems.NotFound);
                return await Audited(change);
            });
        }),
        Write("planted.undeclared", "/v1/planted/undeclared", Nothing,
            call => throw new Refusal(TenantErrors.SlugTaken)),
        Write("planted.shows_password", "/v1/planted/shows", Password,
            call => throw new Refusal(GateProblems.NotFound, $"No user has '{call.Input}'.")),
        Write("planted.trusts_text", "/v1/planted/trusts", Choice, call => call.Change(Audited)),
    ];

    private static Read<string, Note> Read(
        string name, string route, Func<Input, string> bind, Func<Call<string>, ValueTask<string>> read) =>
        new(name, "GET", route, bind, async call => await Note(await read(call)), NotesJson.Wire.Note)
        {
            Summary = "Has a defect.", Grants = [Grant.User],
        };

    private static Write<string, Note> Write(
        string name, string route, Func<Input, string> bind, Func<WriteCall<string, Note>, ValueTask<Note>> write) =>
        new(name, "POST", route, bind, write, NotesJson.Wire.Note)
        {
            Summary = "Has a defect.", Grants = [Grant.User],
        };

    private static string Nothing(Input input) => "";

    private static string Tenant(Input input) => input.Path<TenantKind>("tenant").Value;

    private static string Password(Input input) => input.Secret("password", max: 200);

    private static string Member(Input input)
    {
        input.Path<TenantKind>("tenant");
        return input.Path<MemberKind>("member").Value;
    }

    /// <summary>Trusts that what was sent is what was meant.</summary>
    private static string Choice(Input input) => input.TextOrNull("role", max: 20) is { Length: > 3 } role
        ? Wire.Name(Wire.Parse<TenantRole>(role))
        : "";

    private static ValueTask<Note> Note(string text) => new(new Note("n", text, 1));

    private static ValueTask<Note> Audited(Change change)
    {
        change.Audit(new Target("note", "n"), Snapshot.None, Snapshot.None);
        return Note("x");
    }

    /// <summary>Writes around the gate.</summary>
    private async ValueTask Leave() => await Database.Transact(transaction => transaction.Run($"""
        insert into outbox_event (id, at, type, subject_kind, subject_id, request_id, data)
        values ({EventId.New(TimeProvider.System.GetUtcNow())}, {1L}, {"x"}, {"x"}, {"x"}, {"x"}, {new Json("{}")})
        """));
}
