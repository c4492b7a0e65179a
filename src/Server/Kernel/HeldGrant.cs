namespace Castellan.Kernel;

/// <summary>
/// Something that can be allowed: an operation of the server, or what an app's contract declares where
/// <paramref name="App"/> is set. The two are never the same, whatever their names.
/// </summary>
internal readonly record struct Permission(string Name, AppId? App)
{
    public override string ToString() => Name;
}

/// <summary>
/// A grant that a call rests on, with the way by which it reaches whom it was given to, as it was found at a revision
/// of the tenant's grants.
/// </summary>
internal sealed record HeldGrant(
    GrantId Grant, GrantSubject Subject, GroupId? Group, Permission Permission, long Revision);

/// <summary>
/// Who is decided about: a user, by himself or herself or through <paramref name="Agent"/>, which acts for the user; a
/// key; or an agent for itself.
/// </summary>
internal readonly record struct GrantSubject(UserId? User, KeyId? Key = null, AgentId? Agent = null)
{
    /// <summary>What grants name: an agent that acts for a user has the user's.</summary>
    public string Id => User?.Value ?? Key?.Value ?? Agent!.Value.Value;

    public CallerKind Kind => Agent is not null ? CallerKind.Agent : User is null ? CallerKind.Key : CallerKind.User;

    /// <summary>
    /// Null for callers about whom a tenant decides nothing: staff, pages, who shows an app alone, and agents outside
    /// of every app.
    /// </summary>
    public static GrantSubject? Of(Caller caller) => caller.Kind switch
    {
        CallerKind.User => new GrantSubject(caller.User, Agent: caller.Agent),
        CallerKind.Key => new GrantSubject(null, caller.KeyLine ?? caller.Key),
        CallerKind.Agent when caller.App is not null => new GrantSubject(null, Agent: caller.Agent),
        _ => null,
    };

    public static implicit operator GrantSubject(UserId user) => new(user);
}
