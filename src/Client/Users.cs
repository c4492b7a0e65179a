namespace Castellan.Client;

/// <summary>A person: one identity over all apps of an environment.</summary>
/// <param name="Id"><c>usr_...</c></param>
/// <param name="Email">The address.</param>
/// <param name="EmailVerified">Whether its owner has shown to read its mail.</param>
/// <param name="Name">As the user gave it; null where not.</param>
/// <param name="CreatedAt">When the user signed up.</param>
/// <param name="SuspendedAt">Since when the user's calls are refused; null where they are not.</param>
/// <param name="Version">Counts its changes from 1.</param>
/// <param name="Stop">By whom and why the user is suspended.</param>
public sealed record User(
    string Id, string Email, bool EmailVerified, string? Name, DateTimeOffset CreatedAt, DateTimeOffset? SuspendedAt,
    long Version, Stop? Stop = null);

/// <summary>An operator who looks at one app as a user does.</summary>
/// <param name="Id"><c>imp_...</c></param>
/// <param name="UserId"><c>usr_...</c></param>
/// <param name="AppId"><c>app_...</c></param>
/// <param name="OperatorId"><c>opr_...</c></param>
/// <param name="OperatorName">The operator's address or name.</param>
/// <param name="Reason">Why.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="EndedAt">When somebody ended it; null is not.</param>
/// <param name="Version">Counts its changes from 1.</param>
public sealed record Impersonation(
    string Id, string UserId, string AppId, string OperatorId, string? OperatorName, string Reason,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt, long Version);

/// <summary>The only answer that shows the token.</summary>
public sealed record CreatedImpersonation(Impersonation Impersonation, string Token);

/// <summary>Through which app, and why.</summary>
internal sealed record NewImpersonation(string AppId, string Reason);

/// <summary>
/// The operations <c>users.*</c> of operators, in the client's environment. Acts need the role admin or support.
/// Reasons have 1 to 500 characters and are kept in the audit log.
/// </summary>
public sealed class UserOperations
{
    private readonly Transport transport;

    internal UserOperations(Transport transport) => this.transport = transport;

    /// <summary><c>users.list</c>: all, or the one with this address.</summary>
    public Task<Response<PageOf<User>>> List(
        string? email = null, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of("v1/users").Add("email", email).Add(page).ToString(), ClientJson.Default.PageOfUser, ct);

    /// <summary><c>users.suspend</c>: the user's calls and sign-ins are refused. Nothing is lost.</summary>
    public Task<Response<User>> Suspend(string user, string reason, CancellationToken ct = default) =>
        Act(user, "suspend", reason, ct);

    /// <summary><c>users.restore</c>.</summary>
    public Task<Response<User>> Restore(string user, string reason, CancellationToken ct = default) =>
        Act(user, "restore", reason, ct);

    /// <summary><c>users.sign_out</c>: in all apps of the environment.</summary>
    public Task SignOut(string user, string reason, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, Path(user) + "/sign-out", new StopReason(reason), ClientJson.Default.StopReason, ct);

    /// <summary>
    /// <c>users.impersonate</c>: a token that reads one app as the user does, for 15 minutes. The user is told by mail.
    /// Problems: <c>staff_not_impersonated</c>, <c>user_suspended</c>.
    /// </summary>
    public Task<Response<CreatedImpersonation>> Impersonate(
        string user, string app, string reason, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, Path(user) + "/impersonate", new NewImpersonation(app, reason),
        ClientJson.Default.NewImpersonation, ClientJson.Default.CreatedImpersonation, ct);

    /// <summary><c>users.impersonations</c>: who looked as this user, oldest first.</summary>
    public Task<Response<PageOf<Impersonation>>> Impersonations(
        string user, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of(Path(user) + "/impersonations").Add(page).ToString(), ClientJson.Default.PageOfImpersonation, ct);

    /// <summary><c>users.end_impersonation</c>: its token is refused from the next request on.</summary>
    public Task<Response<Impersonation>> EndImpersonation(
        string user, string impersonation, CancellationToken ct = default) => transport.Post(
        $"{Path(user)}/impersonations/{Query.Segment(impersonation)}/end", ClientJson.Default.Impersonation, ct);

    private Task<Response<User>> Act(string user, string verb, string reason, CancellationToken ct) => transport.Write(
        HttpMethod.Post, $"{Path(user)}/{verb}", new StopReason(reason), ClientJson.Default.StopReason,
        ClientJson.Default.User, ct);

    private static string Path(string user) => $"v1/users/{Query.Segment(user)}";
}
