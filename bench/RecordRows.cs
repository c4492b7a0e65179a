using System.Text;
using Castellan.Platform.Storage;

namespace Castellan.Bench;

/// <summary>
/// Rows of the bench's collection, written by SQL while no server runs: as the peers' rows are, and as the server
/// writes them.
/// </summary>
internal static class RecordRows
{
    /// <summary>The first contract of an installation has number 1.</summary>
    private const string Sqlite = "c1_items";
    private const string Postgres = "c1.items";

    /// <summary>
    /// <paramref name="rows"/> records spread over <paramref name="tenants"/> tenants: those of the users first, then
    /// made-up ones. In one tenant all users are members, and its records are spread over them.
    /// </summary>
    public static async Task Load(IDatabase database, IReadOnlyList<string> tenantsOfUsers, int rows, int tenants)
    {
        var script = new StringBuilder("create table bench_user (n integer primary key, id text, tenant text);");
        foreach (var (n, tenant) in tenantsOfUsers.Index())
        {
            script.AppendLine($"""
                insert into bench_user select {n}, user_id, tenant_id from membership
                where tenant_id = '{tenant}' and workspace_id is null;
                """);
        }
        if (tenants == 1) script.AppendLine(OneTenant(tenantsOfUsers[0]));
        var owner = tenants == 1 ? $"i % {tenantsOfUsers.Count}" : $"i % {tenants}";
        script.AppendLine($"""
            {Numbers(rows)}
            insert into {(database.EngineName == "sqlite" ? Sqlite : Postgres)}
                (tenant_id, id, owner_id, version, created_at, updated_at, actor, title, owner, rank, done, note)
            select {(tenants == 1 ? $"'{tenantsOfUsers[0]}'" : $"coalesce(u.tenant, {MadeUp("ten", owner)})")},
                {MadeUp("rec", "i")}, coalesce(u.id, {MadeUp("usr", owner)}), 1, 1788000000000, 1788000000000, 'user',
                'Item ' || i, i % 1000, (i * 7919) % 100003, i % 3 = 0,
                'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod'
            from number left join bench_user u on u.n = {owner};
            drop table bench_user;
            analyze;
            """.Replace("i * 7919", "cast(i as bigint) * 7919"));
        await database.RunScript(script.ToString(), CancellationToken.None);
    }

    /// <summary>The id of the record with a number.</summary>
    public static string Id(int number) => $"rec_01q4000000000000{1_000_000_000 + number}";

    /// <summary>Fills the table of workspaces, which the governed write of the foundation adds to.</summary>
    public static async Task LoadWorkspaces(IDatabase database, int rows, int tenants) =>
        await database.RunScript(
            $"""
            insert into tenant (id, environment_id, name, slug, created_at, updated_at, version)
                {Numbers(tenants)}
                select {MadeUp("ten", "i")}, (select min(environment_id) from tenant), 'Tenant ' || i, 'made-up-' || i,
                    1788000000000, 1788000000000, 1 from number;
            insert into workspace (id, environment_id, tenant_id, name, created_at, updated_at, version)
                {Numbers(rows)}
                select {MadeUp("wsp", "i")}, (select min(environment_id) from tenant),
                    {MadeUp("ten", $"i % {tenants}")},
                    'Workspace ' || i, 1788000000000, 1788000000000, 1 from number;
            analyze;
            """,
            CancellationToken.None);

    private static string Numbers(int count) =>
        $"with recursive number (i) as (select 0 union all select i + 1 from number where i < {count} - 1)";

    private static string MadeUp(string kind, string number) =>
        $"'{kind}_01q4000000000000' || cast(1000000000 + {number} as text)";

    private static string OneTenant(string tenant) => $"""
        insert into membership
            (id, environment_id, tenant_id, user_id, role, created_at, updated_at, version)
        select {MadeUp("mem", "n")}, (select environment_id from tenant where id = '{tenant}'), '{tenant}', id,
            'member',
            1788000000000, 1788000000000, 1 from bench_user where tenant <> '{tenant}';
        """;
}
