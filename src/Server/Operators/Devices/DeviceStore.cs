using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Operators.Devices;

/// <summary>Every statement about command lines that ask to be let in.</summary>
internal sealed class DeviceStore(IDatabase database)
{
    /// <summary>How long an expired one stays, so that its command line hears why it is refused.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private static readonly Raw Columns = new(
        "hash, name, ip, user_agent, created_at, expires_at, interval_s, polled_at, operator_id, decision");

    private static Device Read(Row row) => new(
        row.Bytes(), row.Text(), row.TextOrNull(), row.TextOrNull(), row.Time(), row.Time(), row.Int64(),
        row.TimeOrNull(), row.IdOrNull<OperatorKind>(),
        row.TextOrNull() is { } decision ? Wire.Parse<DeviceDecision>(decision) : null);

    public ValueTask<Device?> Find(InstallationScope scope, byte[] hash) =>
        database.One($"select {Columns} from operator_device where hash = {hash}", Read);

    /// <summary>One that nobody has decided about.</summary>
    public ValueTask<Device?> FindUndecided(InstallationScope scope, byte[] userCode, DateTimeOffset now) =>
        database.One($"select {Columns} {Undecided(userCode, now)}", Read);

    public ValueTask<Device?> LockUndecided(Change change, InstallationScope scope, byte[] userCode) =>
        change.One($"select {Columns} {Undecided(userCode, change.Now)} {change.ForUpdate}", Read);

    public static ValueTask<Device?> Lock(ITransaction transaction, InstallationScope scope, byte[] hash) =>
        transaction.One(
            $"select {Columns} from operator_device where hash = {hash} {transaction.ForUpdate}", Read);

    public ValueTask Decide(
        Change change, InstallationScope scope, Device device, DeviceDecision decision, OperatorId by) =>
        change.Queue($"""
            update operator_device set decision = {Wire.Name(decision)}, operator_id = {by}, decided_at = {change.Now}
            where hash = {device.Hash}
            """);

    /// <summary>True for the one call that uses the approval up.</summary>
    public async ValueTask<bool> Use(Change change, InstallationScope scope, Device device) => await change.Run($"""
        delete from operator_device
        where hash = {device.Hash} and decision = 'approved' and operator_id = {device.Operator}
            and expires_at > {change.Now}
        """) == 1;

    /// <summary>What an operator has approved, and no command line has used yet.</summary>
    public static ValueTask Withdraw(Change change, InstallationScope scope, OperatorId id) => change.Queue($"""
        update operator_device set decision = 'denied', decided_at = {change.Now}
        where operator_id = {id} and decision = 'approved'
        """);

    /// <summary>Strangers write this, so it is bounded; nothing is recorded before an operator decides.</summary>
    public static async ValueTask<bool> Insert(
        ITransaction transaction, InstallationScope scope, Device device, byte[] userCode, int most)
    {
        await transaction.Run($"delete from operator_device where expires_at <= {device.CreatedAt - Kept}");
        var waiting = await transaction.Many(
            $"select count(*) from operator_device where expires_at > {device.CreatedAt}", row => row.Int64());
        if (waiting[0] >= most) return false;
        await transaction.Run($"""
            insert into operator_device (hash, user_code, name, ip, user_agent, created_at, expires_at, interval_s)
            values ({device.Hash}, {userCode}, {device.Name}, {device.Ip}, {device.UserAgent}, {device.CreatedAt},
                {device.ExpiresAt}, {device.IntervalS})
            """);
        return true;
    }

    public static async ValueTask Polled(
        ITransaction transaction, InstallationScope scope, Device device, long intervalS, DateTimeOffset now) =>
        await transaction.Run($"""
            update operator_device set polled_at = {now}, interval_s = {intervalS} where hash = {device.Hash}
            """);

    private static Sql Undecided(byte[] userCode, DateTimeOffset now) => $"""
        from operator_device where user_code = {userCode} and decision is null and expires_at > {now}
        """;
}
