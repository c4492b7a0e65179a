using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Tenants.Invitations;

/// <summary>Every statement about invitations. Their state is a matter of the moment at which they are read.</summary>
internal sealed class InvitationStore(IDatabase database)
{
    private static Sql Selected(DateTimeOffset now) => $"""
        select i.id, i.tenant_id, t.name, i.workspace_id, i.email, i.role, i.created_at, i.expires_at, i.version,
            i.accepted_at, i.cancelled_at, case when {InviterMay(now)} then 1 else 0 end
        from invitation i join tenant t on t.id = i.tenant_id
        """;

    private static Func<Row, Invitation> ReadAt(DateTimeOffset now) => row =>
    {
        var invitation = new Invitation(
            row.Id<InvitationKind>(), row.Id<TenantKind>(), row.Text(), row.IdOrNull<WorkspaceKind>(), row.Text(),
            Wire.Parse<TenantRole>(row.Text()), InvitationState.Pending, row.Time(), row.Time(), row.Int64());
        var (isAccepted, isCancelled) = (row.TimeOrNull() is not null, row.TimeOrNull() is not null);
        var inviterMay = row.Int64() == 1;
        return invitation with
        {
            State = isAccepted ? InvitationState.Accepted
                : isCancelled ? InvitationState.Cancelled
                : invitation.ExpiresAt <= now ? InvitationState.Expired
                : inviterMay ? InvitationState.Pending
                : InvitationState.Lapsed,
        };
    };

    /// <summary>Neither answered nor expired: pending or lapsed.</summary>
    private static Sql Open(DateTimeOffset now) =>
        Sql.Of($"i.accepted_at is null and i.cancelled_at is null and i.expires_at > {now}");

    /// <summary>
    /// Whether the inviter could make the same offer now: what <see cref="InvitationAdmission"/> and the grants of the
    /// operation ask of a caller, asked of rows.
    /// </summary>
    private static Sql InviterMay(DateTimeOffset now) => $"""
        case i.inviter_kind
            when 'user' then exists (
                select 1 from membership m join user_account u on u.id = m.user_id
                where m.tenant_id = i.tenant_id and m.user_id = i.inviter_id and m.workspace_id is null
                    and (m.role = 'owner' or (m.role = 'admin' and i.role <> 'owner'))
                    and u.suspended_at is null and u.deleted_at is null)
            when 'key' then exists (
                select 1 from app_key k join app a on a.id = k.app_id
                    join tenant_app s on s.app_id = k.app_id and s.tenant_id = i.tenant_id
                where k.id = i.inviter_id and k.revoked_at is null and (k.expires_at is null or k.expires_at > {now})
                    and a.state <> 'retired')
                and (i.role <> 'owner' or not exists (
                    select 1 from membership m
                    where m.tenant_id = i.tenant_id and m.workspace_id is null and m.role = 'owner'))
            else exists (
                select 1 from operator o
                where o.id = i.inviter_id and o.suspended_at is null and o.role in ('owner', 'admin'))
        end
        """;

    public ValueTask<Invitation?> Find(Change change, TenantScope scope, InvitationId id) => change.One(
        $"{Selected(change.Now)} where i.id = {id} and i.tenant_id = {scope.Tenant}", ReadAt(change.Now));

    /// <summary>
    /// The invitation with a token, of a tenant that the app is installed for and that is not deleted. Who holds the
    /// token may see it; whether it is for this user is the caller's question.
    /// </summary>
    public ValueTask<Invitation?> FindByToken(Change change, EnvironmentScope scope, string token) => change.One(
        $"""
        {Selected(change.Now)} {Installed(scope)}
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
            {Selected(change.Now)} {Installed(scope)}
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
            InvitationState.Lapsed => Sql.Of($"and {Open(now)} and not ({InviterMay(now)})"),
            _ => Sql.Of($"and {Open(now)} and ({InviterMay(now)})"),
        };
        return database.Many(
            $"""
            {Selected(now)} where i.tenant_id = {scope.Tenant} and i.id > {after ?? ""} {inState}
            order by i.id limit {limit}
            """,
            ReadAt(now), ct);
    }

    /// <summary>What waits for the user's verified address, of tenants that the app is installed for.</summary>
    public ValueTask<List<Invitation>> ListFor(
        EnvironmentScope scope, UserId user, DateTimeOffset now, string? after, long limit, CancellationToken ct) =>
        database.Many(
            $"""
            {Selected(now)} {Installed(scope)}
                join user_account u on u.email_key = i.email_key and u.environment_id = i.environment_id
            where u.id = {user} and u.email_verified_at is not null and u.deleted_at is null
                and i.environment_id = {scope.Environment} and t.deleted_at is null and {Open(now)}
                and ({InviterMay(now)})
                and i.id > {after ?? ""}
            order by i.id limit {limit}
            """,
            ReadAt(now), ct);

    /// <summary>The open invitations of an address to the scope's tenant or workspace: one at most.</summary>
    public ValueTask<List<Invitation>> ListOpen(Change change, TenantScope scope, string emailKey)
    {
        var there = scope.Workspace is { } workspace
            ? Sql.Of($"i.workspace_id = {workspace}")
            : Sql.Of($"i.workspace_id is null");
        return change.Many(
            $"""
            {Selected(change.Now)} where i.tenant_id = {scope.Tenant} and i.email_key = {emailKey} and {there}
                and {Open(change.Now)}
            """,
            ReadAt(change.Now));
    }

    /// <summary>How many are open, and how many were sent since a time.</summary>
    public async ValueTask<(int Open, int Sent)> Count(Change change, TenantScope scope, DateTimeOffset since)
    {
        var counts = await change.Many(
            $"""
            select coalesce(sum(case when {Open(change.Now)} then 1 else 0 end), 0),
                coalesce(sum(case when i.created_at > {since} then 1 else 0 end), 0)
            from invitation i where i.tenant_id = {scope.Tenant}
            """,
            row => (row.Int32(), row.Int32()));
        return counts[0];
    }

    /// <summary>The caller is the inviter.</summary>
    public ValueTask Insert(Change change, TenantScope scope, Invitation invitation, string token) =>
        change.Queue($"""
            insert into invitation (id, environment_id, tenant_id, workspace_id, email, email_key, role, token_hash,
                inviter_kind, inviter_id, created_at, expires_at, version)
            values ({invitation.Id}, {scope.Environment}, {scope.Tenant}, {invitation.WorkspaceId}, {invitation.Email},
                {invitation.EmailKey}, {Wire.Name(invitation.Role)}, {OpaqueToken.Hash(token)},
                {Wire.Name(change.Caller.Kind)}, {change.Caller.Principal}, {invitation.CreatedAt},
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
