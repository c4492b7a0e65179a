using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Identity;

/// <summary>Every statement about users. A deleted one is found by nobody.</summary>
internal sealed class UserStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, email, email_verified_at, name, created_at, suspended_at, version, stop, stopped_at, stopped_by, "
        + "stop_reason");

    private static User Read(Row row) => new(
        row.Id<UserKind>(), row.Text(), row.TimeOrNull() is not null, row.TextOrNull(), row.Time(), row.TimeOrNull(),
        row.Int64())
    {
        Stop = Stop.Read(row),
    };

    private static Login ReadLogin(Row row) => new(Read(row), row.TextOrNull());

    public ValueTask<User?> Find(
        EnvironmentScope scope, UserId id, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One(
            $"""
            select {Columns} from user_account
            where id = {id} and environment_id = {scope.Environment} and deleted_at is null
            """,
            Read, ct);

    /// <summary>As a condition of a Change.</summary>
    public static Sql IsActive(EnvironmentScope scope, UserId id) => $"""
        exists (select 1 from user_account
            where id = {id} and environment_id = {scope.Environment} and suspended_at is null and deleted_at is null)
        """;

    public ValueTask<Login?> FindLogin(
        EnvironmentScope scope, string emailKey, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One(
            $"""
            select {Columns}, password_hash from user_account
            where environment_id = {scope.Environment} and email_key = {emailKey} and deleted_at is null
            """,
            ReadLogin, ct);

    /// <summary>
    /// A user as a caller may know it: where an app is given, only one whom <see cref="KnownTo"/> names.
    /// </summary>
    public ValueTask<User?> FindKnown(EnvironmentScope scope, UserId id, AppId? knownTo, CancellationToken ct) =>
        database.One(
            $"""
            select {Columns} from user_account
            where id = {id} and environment_id = {scope.Environment} and deleted_at is null {KnownTo(knownTo)}
            """,
            Read, ct);

    /// <summary>
    /// Whether an app has met a user: who is signed in to it, agreed to it, or whom <see cref="KnownTo"/> names.
    /// </summary>
    public async ValueTask<bool> HasMet(EnvironmentScope scope, UserId id, AppId app, IReads within) =>
        await within.One(
            $"""
            select id from user_account
            where id = {id} and environment_id = {scope.Environment} and deleted_at is null and (
                exists (select 1 from session s where s.user_id = user_account.id and s.app_id = {app})
                or exists (select 1 from consent c
                    where c.environment_id = {scope.Environment} and c.user_id = user_account.id and c.app_id = {app})
                or (1 = 1 {KnownTo(app)}))
            """,
            row => row.Text()) is not null;

    public ValueTask<List<User>> List(
        EnvironmentScope scope, string? emailKey, AppId? knownTo, string? after, long limit, CancellationToken ct)
    {
        var withAddress = emailKey is null ? null : Sql.Of($"and email_key = {emailKey}");
        return database.Many(
            $"""
            select {Columns} from user_account
            where environment_id = {scope.Environment} and deleted_at is null and id > {after ?? ""} {withAddress}
                {KnownTo(knownTo)}
            order by id limit {limit}
            """,
            Read, ct);
    }

    /// <summary>
    /// The user, locked. Deleting takes this lock first, and so does whatever gives a user something that a deletion
    /// would have to take away, such as a membership: always before a tenant's lock.
    /// </summary>
    public async ValueTask<Login> Lock(Change change, EnvironmentScope scope, UserId id) =>
        await TryLock(change, scope, id) ?? throw new Refusal(GateProblems.NotFound);

    /// <summary>Null where there is no such user.</summary>
    public ValueTask<Login?> TryLock(Change change, EnvironmentScope scope, UserId id) =>
        change.One(
            $"""
            select {Columns}, password_hash from user_account
            where id = {id} and environment_id = {scope.Environment} and deleted_at is null {change.ForUpdate}
            """,
            ReadLogin);

    /// <summary>False: the address is taken. Two sign-ups at once see each other here.</summary>
    public async ValueTask<bool> TryInsert(Change change, EnvironmentScope scope, User user, string? passwordHash) =>
        await change.Run($"""
            insert into user_account (id, environment_id, email, email_key, name, password_hash, created_at, updated_at,
                version)
            values ({user.Id}, {scope.Environment}, {user.Email}, {EmailAddress.Key(user.Email)}, {user.Name},
                {passwordHash}, {user.CreatedAt}, {user.CreatedAt}, {user.Version})
            on conflict (environment_id, email_key) do nothing
            """) == 1;

    public ValueTask Update(Change change, EnvironmentScope scope, User user) => change.Queue($"""
        update user_account set name = {user.Name}, suspended_at = {user.SuspendedAt}, {Stop.Set(user.Stop)},
            updated_at = {change.Now}, version = {user.Version}
        where id = {user.Id} and environment_id = {scope.Environment}
        """);

    /// <summary>The address is proven now, and this is the password from now on.</summary>
    public ValueTask Prove(Change change, EnvironmentScope scope, User user, string? passwordHash) => change.Queue($"""
        update user_account set email_verified_at = coalesce(email_verified_at, {change.Now}),
            password_hash = {passwordHash}, updated_at = {change.Now}, version = {user.Version}
        where id = {user.Id} and environment_id = {scope.Environment}
        """);

    public ValueTask Rehash(Change change, EnvironmentScope scope, UserId id, string passwordHash) => change.Queue($"""
        update user_account set password_hash = {passwordHash} where id = {id} and environment_id = {scope.Environment}
        """);

    /// <summary>Erases what is personal and frees the address. The row stays, because logs name its id.</summary>
    public ValueTask Erase(Change change, EnvironmentScope scope, UserId id) => change.Queue($"""
        update user_account set email = '', email_key = {"deleted:" + id.Value}, email_verified_at = null, name = null,
            password_hash = null, deleted_at = {change.Now}, updated_at = {change.Now}, version = version + 1
        where id = {id} and environment_id = {scope.Environment}
        """);

    /// <summary>
    /// Members of the tenants that the app is installed for: all that an app's own key may see of people. The inner
    /// question is a value and no join, so that PostgreSQL begins with the user's few memberships: from the tenants, it
    /// would read all of them for a user who exists, and none for one who does not.
    /// </summary>
    private static Sql? KnownTo(AppId? app) => app is null ? null : Sql.Of($"""
        and exists (
            select 1 from membership m
            where m.user_id = user_account.id and (
                select t.deleted_at is null from tenant_app i join tenant t on t.id = i.tenant_id
                where i.tenant_id = m.tenant_id and i.app_id = {app}))
        """);
}
