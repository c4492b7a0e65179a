using Castellan.Kernel;
using Castellan.Operators.Devices;
using Castellan.Platform.Storage;

namespace Castellan.Operators;

/// <summary>Every statement about operators, their sessions and one-time links.</summary>
internal sealed class OperatorStore(IDatabase database) : IStaff
{
    private static readonly Raw Columns = new(
        """
        id, name, email, role,
        case when suspended_at is not null then 'suspended' when password_hash is null then 'invited' else 'active' end,
        created_at, updated_at, signed_in_at, suspended_at, version
        """);

    // Stands where a hash would; nothing is looked up by it but the machine's operator.
    private const string NoPassword = "none";

    private static Operator Read(Row row) => new(
        row.Id<OperatorKind>(), row.TextOrNull(), row.TextOrNull(), Wire.Parse<OperatorRole>(row.Text()),
        Wire.Parse<OperatorState>(row.Text()), row.Time(), row.Time(), row.TimeOrNull(), row.TimeOrNull(), row.Int64());

    public ValueTask<Operator?> Find(
        InstallationScope scope, OperatorId id, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One($"select {Columns} from operator where id = {id}", Read, ct);

    public async ValueTask<bool> Has(string email, IReads reads) => await reads.One(
        $"select id from operator where email_key = {EmailAddress.Key(email)}", row => row.Text()) is not null;

    /// <summary>As a condition of a Change.</summary>
    public static Sql IsStill(InstallationScope scope, Operator known) => $"""
        exists (select 1 from operator
            where id = {known.Id} and suspended_at is null and role = {Wire.Name(known.Role)})
        """;

    /// <summary>As a condition of a Change.</summary>
    public static Sql HasSession(InstallationScope scope, string session) =>
        $"exists (select 1 from operator_session where id = {session})";

    public static async ValueTask<bool> HasSession(InstallationScope scope, string session, IReads reads) =>
        await reads.One($"select 'yes' where {HasSession(scope, session)}", row => row.Text()) is not null;

    public async ValueTask<Operator> Lock(Change change, InstallationScope scope, OperatorId id) =>
        await change.One($"select {Columns} from operator where id = {id} {change.ForUpdate}", Read)
        ?? throw new Refusal(GateProblems.NotFound);

    public ValueTask<List<Operator>> List(InstallationScope scope, string? after, long limit, CancellationToken ct) =>
        database.Many($"select {Columns} from operator where id > {after ?? ""} order by id limit {limit}", Read, ct);

    /// <summary>
    /// Owners who can sign in, locked in a fixed order, so that two changes cannot remove the last two.
    /// </summary>
    public ValueTask<List<Operator>> LockOwners(Change change, InstallationScope scope) => change.Many(
        $"""
        select {Columns} from operator
        where role = 'owner' and suspended_at is null and password_hash is not null order by id {change.ForUpdate}
        """,
        Read);

    /// <summary>Where owners are reached, and the operator who is named.</summary>
    public ValueTask<List<string>> AddressesOfOwners(Change change, InstallationScope scope, OperatorId? named) =>
        change.Many(
            $"""
            select email from operator
            where email is not null and suspended_at is null and (role = 'owner' or id = {named}) order by id
            """,
            row => row.Text());

    /// <summary>Serializes who sets up the first owner.</summary>
    public ValueTask<string?> LockInstallation(Change change, InstallationScope scope) =>
        change.One($"select 'locked' from installation where id = 1 {change.ForUpdate}", row => row.Text());

    /// <summary>The first owner, made at the first start; later the oldest.</summary>
    public ValueTask<Operator?> FindFirstOwner(Change change, InstallationScope scope) =>
        change.One($"select {Columns} from operator where role = 'owner' order by id limit 1", Read);

    public async ValueTask<bool> AnyOwnerHasPassword(InstallationScope scope, CancellationToken ct) =>
        await database.One(
            $"select 'yes' from operator where role = 'owner' and password_hash is not null limit 1",
            row => row.Text(), ct) is not null;

    /// <summary>
    /// The operator that scripts of this machine act as: it has no address and no password that verifies.
    /// </summary>
    public ValueTask<Operator?> FindMachine(Change change, InstallationScope scope) =>
        change.One($"select {Columns} from operator where password_hash = {NoPassword}", Read);

    public async ValueTask InsertMachine(Change change, InstallationScope scope, Operator machine)
    {
        await Insert(change, scope, machine);
        await SetPassword(change, scope, machine.Id, NoPassword);
    }

    /// <summary>
    /// What a sign-in is judged by, for an address in the form of <see cref="EmailAddress.Key"/>.
    /// </summary>
    public ValueTask<OperatorPassword?> FindPassword(
        InstallationScope scope, string emailKey, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One(
            $"""
            select id, password_hash from operator
            where email_key = {emailKey} and password_hash is not null and suspended_at is null
            """,
            row => new OperatorPassword(row.Id<OperatorKind>(), row.Text()), ct);

    public ValueTask Insert(Change change, InstallationScope scope, Operator made) => Unique(change, made.Email, $"""
        insert into operator (id, email, email_key, name, role, created_at, updated_at, version)
        values ({made.Id}, {made.Email}, {Key(made.Email)}, {made.Name}, {Wire.Name(made.Role)}, {made.CreatedAt},
            {made.UpdatedAt}, {made.Version})
        """);

    public ValueTask Update(Change change, InstallationScope scope, Operator changed) =>
        Unique(change, changed.Email, $"""
            update operator set email = {changed.Email}, email_key = {Key(changed.Email)}, name = {changed.Name},
                role = {Wire.Name(changed.Role)}, updated_at = {changed.UpdatedAt}, version = {changed.Version},
                suspended_at = {changed.SuspendedAt}
            where id = {changed.Id}
            """);

    public ValueTask SetPassword(Change change, InstallationScope scope, OperatorId id, string hash) =>
        change.Queue($"update operator set password_hash = {hash} where id = {id}");

    public async ValueTask InsertSession(Change change, InstallationScope scope, OperatorSession session, byte[] hash)
    {
        await change.Queue($"""
            insert into operator_session (id, operator_id, hash, created_at, used_at, expires_at)
            values ({session.Id}, {session.Operator}, {hash}, {change.Now}, {session.UsedAt}, {session.ExpiresAt})
            """);
        await change.Queue($"update operator set signed_in_at = {change.Now} where id = {session.Operator}");
        await change.Queue($"""
            delete from operator_session where operator_id = {session.Operator}
                and (expires_at <= {change.Now} or used_at <= {change.Now - OperatorSession.Idle})
            """);
    }

    public ValueTask<OperatorSession?> FindSession(InstallationScope scope, byte[] hash) => database.One(
        $"select id, operator_id, used_at, expires_at from operator_session where hash = {hash}",
        row => new OperatorSession(row.Id<OperatorSessionKind>(), row.Id<OperatorKind>(), row.Time(), row.Time()));

    public ValueTask DeleteSession(Change change, InstallationScope scope, string id) =>
        change.Queue($"delete from operator_session where id = {id}");

    /// <summary>All sessions of an operator, but for the one that makes the call where it is named.</summary>
    public ValueTask DeleteSessions(
        Change change, InstallationScope scope, OperatorId id, string? except = null) =>
        change.Queue($"delete from operator_session where operator_id = {id} and id <> {except ?? ""}");

    /// <summary>Exact to the minute, and outside of any Change.</summary>
    public static Sql Touch(OperatorSessionId id, DateTimeOffset now) =>
        $"update operator_session set used_at = {now} where id = {id}";

    /// <summary>A new link ends the ones before it for the same purpose.</summary>
    public async ValueTask InsertLink(Change change, InstallationScope scope, OperatorLink link)
    {
        await change.Queue($"""
            delete from operator_link
            where (operator_id = {link.Operator} and purpose = {Wire.Name(link.Purpose)}) or expires_at <= {change.Now}
            """);
        await change.Queue($"""
            insert into operator_link (hash, operator_id, purpose, created_at, expires_at)
            values ({link.Hash}, {link.Operator}, {Wire.Name(link.Purpose)}, {change.Now}, {link.ExpiresAt})
            """);
    }

    public ValueTask<OperatorLink?> FindLink(InstallationScope scope, byte[] hash, LinkPurpose purpose,
        DateTimeOffset now) =>
        database.One(
            $"""
            select operator_id, expires_at from operator_link
            where hash = {hash} and purpose = {Wire.Name(purpose)} and expires_at > {now}
            """,
            row => new OperatorLink(hash, row.Id<OperatorKind>(), purpose, row.Time()));

    /// <summary>True for the one call that uses the link up.</summary>
    public async ValueTask<bool> UseLink(Change change, InstallationScope scope, byte[] hash) =>
        await change.Run($"delete from operator_link where hash = {hash} and expires_at > {change.Now}") == 1;

    /// <summary>And what command lines wait for that the operator has let in.</summary>
    public async ValueTask DeleteLinks(Change change, InstallationScope scope, OperatorId id)
    {
        await change.Queue($"delete from operator_link where operator_id = {id}");
        await DeviceStore.Withdraw(change, scope, id);
    }

    private static string? Key(string? email) => email is null ? null : EmailAddress.Key(email);

    private static async ValueTask Unique(Change change, string? email, Sql statement)
    {
        try
        {
            await change.Run(statement);
        }
        catch (UniqueViolationException taken) when (taken.Constraint == "operator_email_key_key")
        {
            throw new Refusal(OperatorErrors.EmailTaken, $"'{email}' is taken.");
        }
    }
}

/// <summary>An operator who may sign in, and the hash to verify against.</summary>
internal sealed record OperatorPassword(OperatorId Id, string Hash);
