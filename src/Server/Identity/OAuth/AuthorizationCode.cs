using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Identity.OAuth;

/// <summary>
/// A row of <c>oauth_code</c>, filled member by member as OpenIddict does. Only authorization codes become one: access,
/// refresh and identity tokens are no entries.
/// </summary>
internal sealed class AuthorizationCode
{
    public const string Valid = "valid";
    public const string Redeemed = "redeemed";

    public required string Id { get; init; }

    /// <summary>Hash of the code that the client holds.</summary>
    public string? ReferenceId { get; set; }

    public string? App { get; set; }

    /// <summary>The id of the session that the code will open.</summary>
    public string? AuthorizationId { get; set; }

    public string? User { get; set; }

    public string? Type { get; set; }

    public string? Status { get; set; }

    public string? Payload { get; set; }

    public DateTimeOffset? CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RedeemedAt { get; set; }
}

/// <summary>Every statement about authorization codes.</summary>
internal sealed class AuthorizationCodes(IDatabase database, Upkeep upkeep)
{
    private static readonly Raw Columns = new(
        "id, reference_id, app_id, authorization_id, user_id, type, status, payload, created_at, expires_at, "
        + "redeemed_at");

    private static AuthorizationCode Read(Row row) => new()
    {
        Id = row.Text(),
        ReferenceId = row.TextOrNull(),
        App = row.Text(),
        AuthorizationId = row.Text(),
        User = row.Text(),
        Type = row.Text(),
        Status = row.Text(),
        Payload = row.TextOrNull(),
        CreatedAt = row.Time(),
        ExpiresAt = row.Time(),
        RedeemedAt = row.TimeOrNull(),
    };

    public ValueTask<AuthorizationCode?> Find(EnvironmentScope scope, string id, CancellationToken ct) => database.One(
        $"select {Columns} from oauth_code where environment_id = {scope.Environment} and id = {id}", Read, ct);

    public ValueTask<AuthorizationCode?> FindByReference(
        EnvironmentScope scope, string reference, CancellationToken ct) =>
        database.One(
            $"""
            select {Columns} from oauth_code
            where environment_id = {scope.Environment} and reference_id = {reference}
            """,
            Read, ct);

    public async ValueTask Insert(EnvironmentScope scope, AuthorizationCode code) => await upkeep.Run(scope, $"""
        insert into oauth_code (environment_id, {Columns})
        values ({scope.Environment}, {code.Id}, {code.ReferenceId}, {code.App}, {code.AuthorizationId}, {code.User},
            {code.Type}, {code.Status}, {code.Payload}, {code.CreatedAt}, {code.ExpiresAt}, {code.RedeemedAt})
        """);

    /// <summary>Adds what the client will hold. A code that was spent is never made good again.</summary>
    public async ValueTask<bool> Update(EnvironmentScope scope, AuthorizationCode code) => await upkeep.Run(scope, $"""
        update oauth_code set reference_id = {code.ReferenceId}, payload = {code.Payload}, status = {code.Status}
        where environment_id = {scope.Environment} and id = {code.Id} and status = {AuthorizationCode.Valid}
        """) == 1;

    /// <summary>Spends a code. False: it was spent before, so whoever comes now holds a copy.</summary>
    public async ValueTask<bool> Redeem(Change change, EnvironmentScope scope, string id) => await change.Run($"""
        update oauth_code set status = {AuthorizationCode.Redeemed}, redeemed_at = {change.Now}
        where environment_id = {scope.Environment} and id = {id} and status = {AuthorizationCode.Valid}
        """) == 1;

    /// <summary>
    /// Spends what a user's browser still carries to apps, or to one: who signs out means those too.
    /// </summary>
    public static ValueTask SpendAll(Change change, EnvironmentScope scope, UserId user, AppId? app = null)
    {
        var ofApp = app is { } one ? Sql.Of($"and app_id = {one}") : null;
        return change.Queue($"""
            update oauth_code set status = {AuthorizationCode.Redeemed}, redeemed_at = {change.Now}
            where environment_id = {scope.Environment} and user_id = {user} and status = {AuthorizationCode.Valid}
                {ofApp}
            """);
    }

    /// <summary>Part of ending everything that people hold in an environment.</summary>
    public static ValueTask SpendAll(Change change, EnvironmentScope scope) => change.Queue($"""
        update oauth_code set status = {AuthorizationCode.Redeemed}, redeemed_at = {change.Now}
        where environment_id = {scope.Environment} and status = {AuthorizationCode.Valid}
        """);

    public async ValueTask Prune(DateTimeOffset before) => await upkeep.Prune(
        $"delete from oauth_code where expires_at < {before}");
}
