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
/// A grant that a call rests on, with the way by which it reaches the user, as it was found at a revision of the
/// tenant's grants.
/// </summary>
internal sealed record HeldGrant(GrantId Grant, UserId User, GroupId? Group, Permission Permission, long Revision);
