using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Identity;

/// <summary>What a mailed link is for.</summary>
internal enum LinkPurpose
{
    /// <summary>Proves the address, for a day.</summary>
    VerifyEmail,

    /// <summary>Sets a new password, for half an hour.</summary>
    ResetPassword,
}

/// <summary>
/// A link that was mailed. <paramref name="PasswordHash"/> becomes the user's password with it, where set.
/// </summary>
internal sealed record EmailLink(UserId User, string? PasswordHash);

/// <summary>
/// Links that work once: 190 random bits, stored as hash, expiring. At most <see cref="PerHour"/> of a purpose are made
/// for one person and hour, so that nobody's mailbox is flooded through us.
/// </summary>
internal sealed class EmailLinks(IDatabase database)
{
    public const int PerHour = 3;

    public static TimeSpan Lifetime(LinkPurpose purpose) =>
        purpose is LinkPurpose.VerifyEmail ? TimeSpan.FromHours(24) : TimeSpan.FromMinutes(30);

    public static string Prefix(LinkPurpose purpose, string environment) =>
        purpose is LinkPurpose.VerifyEmail ? $"cas_ev_{environment}_" : $"cas_pr_{environment}_";

    /// <summary>
    /// A new token, or null where enough were made. A reset replaces older ones; verifications stand side by side,
    /// because each carries the password of the sign-up that asked for it.
    /// </summary>
    public async ValueTask<string?> Create(
        Change change, EnvironmentScope scope, LinkPurpose purpose, UserId user, string? passwordHash = null)
    {
        var recent = await change.Many(
            $"""
            select created_at from user_link
            where user_id = {user} and purpose = {Wire.Name(purpose)} and created_at > {change.Now.AddHours(-1)}
            """,
            row => row.Int64());
        if (recent.Count >= PerHour) return null;
        if (purpose is LinkPurpose.ResetPassword) await Cancel(change, scope, purpose, user);
        var token = OpaqueToken.New(Prefix(purpose, scope.Environment));
        await change.Queue($"""
            insert into user_link (hash, environment_id, user_id, purpose, password_hash, created_at, expires_at)
            values ({OpaqueToken.Hash(token)}, {scope.Environment}, {user}, {Wire.Name(purpose)}, {passwordHash},
                {change.Now}, {change.Now + Lifetime(purpose)})
            """);
        return token;
    }

    /// <summary>The link of a token that works now, without using it; to refuse before a password is hashed.</summary>
    public async ValueTask<EmailLink> Require(
        EnvironmentScope scope, LinkPurpose purpose, string token, DateTimeOffset now, IReads? within = null)
    {
        if (!OpaqueToken.IsWellFormed(token, Prefix(purpose, scope.Environment)))
            throw new Refusal(IdentityErrors.LinkInvalid);
        return await (within ?? database).One(
            $"""
            select user_id, password_hash from user_link
            where hash = {OpaqueToken.Hash(token)} and environment_id = {scope.Environment}
                and purpose = {Wire.Name(purpose)} and used_at is null and expires_at > {now}
            """,
            row => new EmailLink(row.Id<UserKind>(), row.TextOrNull()))
            ?? throw new Refusal(IdentityErrors.LinkInvalid);
    }

    /// <summary>Uses a token; of two at once, one gets it. The user's other links of the purpose end with it.</summary>
    public async ValueTask<EmailLink> Use(Change change, EnvironmentScope scope, LinkPurpose purpose, string token)
    {
        var link = await Require(scope, purpose, token, change.Now, change);
        var used = await change.Run(
            $"update user_link set used_at = {change.Now} where hash = {OpaqueToken.Hash(token)} and used_at is null");
        if (used != 1) throw new Refusal(IdentityErrors.LinkInvalid);
        await Cancel(change, scope, purpose, link.User);
        return link;
    }

    /// <summary>Ends everything that was mailed before: its owner has just proven the address another way.</summary>
    public static async ValueTask CancelAll(Change change, EnvironmentScope scope, UserId user)
    {
        await Cancel(change, scope, LinkPurpose.VerifyEmail, user);
        await Cancel(change, scope, LinkPurpose.ResetPassword, user);
    }

    /// <summary>Ends what was mailed to anybody in an environment.</summary>
    public static ValueTask CancelAll(Change change, EnvironmentScope scope) => change.Queue($"""
        update user_link set used_at = {change.Now}
        where environment_id = {scope.Environment} and used_at is null
        """);

    /// <summary>Forgets what a deleted person was sent.</summary>
    public ValueTask Erase(Change change, EnvironmentScope scope, UserId user) => change.Queue(
        $"delete from user_link where user_id = {user} and environment_id = {scope.Environment}");

    private static ValueTask Cancel(Change change, EnvironmentScope scope, LinkPurpose purpose, UserId user) =>
        change.Queue($"""
            update user_link set used_at = {change.Now}
            where user_id = {user} and environment_id = {scope.Environment} and purpose = {Wire.Name(purpose)}
                and used_at is null
            """);
}
