using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Groups;

/// <summary>
/// Every statement about groups and who is in them. Neither is ever removed: both end with a revision.
/// </summary>
internal sealed class GroupStore(IDatabase database)
{
    private static readonly Raw Columns = new("g.id, g.tenant_id, g.name, g.description, g.created_at, g.version");

    private static readonly Raw Members = new("""
        select m.group_id, t.id, m.user_id, m.created_at from access_group_member m
        join membership t on t.tenant_id = m.tenant_id and t.user_id = m.user_id and t.workspace_id is null
        """);

    private static AccessGroup Read(Row row) => new(
        row.Id<GroupKind>(), row.Id<TenantKind>(), row.Text(), row.TextOrNull(), row.Time(), row.Int64());

    private static GroupMember ReadMember(Row row) => new(
        row.Id<GroupKind>(), row.Id<MemberKind>(), row.Id<UserKind>(), row.Time());

    public ValueTask<AccessGroup?> Find(TenantScope scope, GroupId id, IReads? within = null) =>
        (within ?? database).One(
            $"""
            select {Columns} from access_group g
            where g.id = {id} and g.tenant_id = {scope.Tenant} and g.until_revision is null
            """,
            Read);

    public ValueTask<List<AccessGroup>> List(TenantScope scope, string? after, long limit, CancellationToken ct) =>
        database.Many(
            $"""
            select {Columns} from access_group g
            where g.tenant_id = {scope.Tenant} and g.until_revision is null and g.id > {after ?? ""}
            order by g.id limit {limit}
            """,
            Read, ct);

    public async ValueTask<bool> HasName(Change change, TenantScope scope, string name) => await change.One(
        $"""
        select id from access_group
        where tenant_id = {scope.Tenant} and name_key = {Key(name)} and until_revision is null
        """,
        row => row.Text()) is not null;

    public async ValueTask<bool> HasAsMany(Change change, TenantScope scope, int bound) => await change.One(
        $"""
        select id from access_group where tenant_id = {scope.Tenant} and until_revision is null
        order by id limit 1 offset {bound - 1L}
        """,
        row => row.Text()) is not null;

    public ValueTask Insert(Change change, TenantScope scope, AccessGroup group, long revision) => change.Queue($"""
        insert into access_group (id, environment_id, tenant_id, name, name_key, description, created_at, version,
            since_revision)
        values ({group.Id}, {scope.Environment}, {scope.Tenant}, {group.Name}, {Key(group.Name)}, {group.Description},
            {group.CreatedAt}, {group.Version}, {revision})
        """);

    /// <summary>Ends the group, and everybody's being in it; its grants end beside.</summary>
    public async ValueTask End(Change change, TenantScope scope, GroupId group, long revision)
    {
        await change.Queue($"""
            update access_group_member set until_revision = {revision}
            where group_id = {group} and tenant_id = {scope.Tenant} and until_revision is null
            """);
        await change.Queue($"""
            update access_group set until_revision = {revision} where id = {group} and tenant_id = {scope.Tenant}
            """);
    }

    public ValueTask<GroupMember?> FindMember(TenantScope scope, GroupId group, MemberId member, IReads within) =>
        within.One(
            $"""
            {Members} where m.group_id = {group} and m.tenant_id = {scope.Tenant} and m.until_revision is null
                and t.id = {member}
            """,
            ReadMember);

    public ValueTask<GroupMember?> FindMember(TenantScope scope, GroupId group, UserId user, IReads within) =>
        within.One(
            $"""
            {Members} where m.group_id = {group} and m.tenant_id = {scope.Tenant} and m.until_revision is null
                and m.user_id = {user}
            """,
            ReadMember);

    public ValueTask<List<GroupMember>> ListMembers(
        TenantScope scope, GroupId group, string? after, long limit, CancellationToken ct) => database.Many(
        $"""
        {Members} where m.group_id = {group} and m.tenant_id = {scope.Tenant} and m.until_revision is null
            and t.id > {after ?? ""}
        order by t.id limit {limit}
        """,
        ReadMember, ct);

    public async ValueTask<bool> HasAsManyMembers(Change change, TenantScope scope, GroupId group, int bound) =>
        await change.One(
            $"""
            select user_id from access_group_member
            where group_id = {group} and tenant_id = {scope.Tenant} and until_revision is null
            order by user_id limit 1 offset {bound - 1L}
            """,
            row => row.Text()) is not null;

    public ValueTask InsertMember(Change change, TenantScope scope, GroupId group, UserId user, long revision) =>
        change.Queue($"""
            insert into access_group_member (group_id, user_id, tenant_id, created_at, since_revision)
            values ({group}, {user}, {scope.Tenant}, {change.Now}, {revision})
            """);

    public ValueTask EndMember(Change change, TenantScope scope, GroupId group, UserId user, long revision) =>
        change.Queue($"""
            update access_group_member set until_revision = {revision}
            where group_id = {group} and user_id = {user} and tenant_id = {scope.Tenant} and until_revision is null
            """);

    /// <summary>Takes a user out of every group of the tenant.</summary>
    public ValueTask EndMember(Change change, TenantScope scope, UserId user, long revision) => change.Queue($"""
        update access_group_member set until_revision = {revision}
        where user_id = {user} and tenant_id = {scope.Tenant} and until_revision is null
        """);

    /// <summary>Names that differ in capitals alone are one.</summary>
    private static string Key(string name) => name.ToLowerInvariant();
}
