using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Tenants.Invitations;

/// <summary>Every statement about invitations. Their state is a matter of the moment at which they are read.</summary>
internal sealed class InvitationStore(IDatabase database)
{
    private static readonly Raw Selected = new("""
        select i.id, i.tenant_id, t.name, i.workspace_id, i.email, i.role, i.created_at, i.expires_at, i.version,
            i.accepted_at, i.cancelled_at
        from invitation i join tenant t on t.id = i.tenant_id
        """);

    private static Func<Row, Invitation> ReadAt(DateTimeOffset now) => row =>
    {
        var invitation = new Invitation(
            row.Id<InvitationKind>(), row.Id<TenantKind>(), row.Text(), row.IdOrNull<WorkspaceKind>(), row.Text(),
            Wire.Parse<TenantRole>(row.Text()), InvitationState.Pending, row.Time(), row.Time(), row.Int64());
        return invitation with
        {
            State = row.Int64OrNull() is not null ? InvitationState.Accepted
                : row.Int64OrNull() is not null ? InvitationState.Cancelled
                : invitation.ExpiresAt <= now ? InvitationState.Expired
                : InvitationState.Pending,
        };
    };

    private static Sql Pending(DateTimeOffset now) =>
        Sql.Of($"i.accepted_at is null and i.cancelled_at is null and i.expires_at > {now}");

    public ValueTask<Invitation?> Find(Change change, TenantScope scope, InvitationId id) => change.One(
        $"{Selected} where i.id = {id} and i.tenant_id = {scope.Tenant}", ReadAt(change.Now));

    /// <summary>
    /// The invitation with a token, of a tenant that the app is installed for and that is not deleted. Who holds the
    /// token may see it; whether it is for this user is the caller's question.
    /// </summary>
    public ValueTask<Invitation?> FindByToken(Change change, EnvironmentScope scope, string token) => change.One(
        $"""
        {Selected} {Installed(scope)}
        where i.token_hash = {OpaqueToken.Hash(token)} and i.environment_id = {scope.Environment}
            and t.deleted_at is null
        """,
        ReadAt(change.Now));

    /// <summary>
    /// An invitation to an address, of a tenant that the app is installed for and that is not deleted.
    /// </summary>
    public ValueTask<Invitation?> FindFor(Change change, EnvironmentScope scope, InvitationId id, string emailKey) =>
        change.One(
            $"""
            {Selected} {Installed(scope)}
            where i.id = {id} and i.email_key = {emailKey} and i.environment_id = {scope.Environment}
                and t.deleted_at is null
            """,
            ReadAt(change.Now));

    public ValueTask<List<Invitation>> List(
        TenantScope scope, InvitationState? state, DateTimeOffset now, string? after, long limit, CancellationToken ct)
    {
        var inState = state switch
        {
            null => null,
            InvitationState.Accepted => Sql.Of($"and i.accepted_at is not null"),
            InvitationState.Cancelled => Sql.Of($"and i.cancelled_at is not null"),
            InvitationState.Expired => Sql.Of(
                $"and i.accepted_at is null and i.cancelled_at is null and i.expires_at <= {now}"),
            _ => Sql.Of($"and {Pending(now)}"),
        };
        return database.Many(
            $"""
            {Selected} where i.tenant_id = {scope.Tenant} and i.id > {after ?? ""} {inState}
            order by i.id limit {limit}
            """,
            ReadAt(now), ct);
    }

    /// <summary>What waits for the user's verified address, of tenants that the app is installed for.</summary>
    public ValueTask<List<Invitation>> ListFor(
        EnvironmentScope scope, UserId user, DateTimeOffset now, string? after, long limit, CancellationToken ct) =>
        database.Many(
            $"""
            {Selected} {Installed(scope)}
                join user_account u on u.email_key = i.email_key and u.environment_id = i.environment_id
            where u.id = {user} and u.email_verified_at is not null and u.deleted_at is null
                and i.environment_id = {scope.Environment} and t.deleted_at is null and {Pending(now)}
                and i.id > {after ?? ""}
            order by i.id limit {limit}
            """,
            ReadAt(now), ct);

    /// <summary>The pending invitations of an address to the scope's tenant or workspace: one at most.</summary>
    public ValueTask<List<Invitation>> ListPending(Change change, TenantScope scope, string emailKey)
    {
        var there = scope.Workspace is { } workspace
            ? Sql.Of($"i.workspace_id = {workspace}")
            : Sql.Of($"i.workspace_id is null");
        return change.Many(
            $"""
            {Selected} where i.tenant_id = {scope.Tenant} and i.email_key = {emailKey} and {there}
                and {Pending(change.Now)}
            """,
            ReadAt(change.Now));
    }

    /// <summary>How many wait for an answer, and how many were sent since a time.</summary>
    public async ValueTask<(int Pending, int Sent)> Count(Change change, TenantScope scope, DateTimeOffset since)
    {
        var counts = await change.Many(
            $"""
            select coalesce(sum(case when {Pending(change.Now)} then 1 else 0 end), 0),
                coalesce(sum(case when i.created_at > {since} then 1 else 0 end), 0)
            from invitation i where i.tenant_id = {scope.Tenant}
            """,
            row => (row.Int32(), row.Int32()));
        return counts[0];
    }

    public ValueTask Insert(Change change, TenantScope scope, Invitation invitation, string token) =>
        change.Queue($"""
            insert into invitation (id, environment_id, tenant_id, workspace_id, email, email_key, role, token_hash,
                created_at, expires_at, version)
            values ({invitation.Id}, {scope.Environment}, {scope.Tenant}, {invitation.WorkspaceId}, {invitation.Email},
                {invitation.EmailKey}, {Wire.Name(invitation.Role)}, {OpaqueToken.Hash(token)}, {invitation.CreatedAt},
                {invitation.ExpiresAt}, {invitation.Version})
            """);

    /// <summary>Stores that it was accepted or cancelled now.</summary>
    public ValueTask Close(Change change, TenantScope scope, Invitation invitation)
    {
        var column = new Raw(invitation.State is InvitationState.Accepted ? "accepted_at" : "cancelled_at");
        return change.Queue($"""
            update invitation set {column} = {change.Now}, version = {invitation.Version}
            where id = {invitation.Id} and tenant_id = {scope.Tenant}
            """);
    }

    /// <summary>A workspace of the tenant.</summary>
    public async ValueTask<bool> HasWorkspace(Change change, TenantScope scope, WorkspaceId workspace) =>
        await change.One(
            $"select id from workspace where id = {workspace} and tenant_id = {scope.Tenant}",
            row => row.Text()) is not null;

    private static Sql? Installed(EnvironmentScope scope) => scope.App is { } app
        ? Sql.Of($"join tenant_app a on a.tenant_id = i.tenant_id and a.app_id = {app}")
        : null;
}
