using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>
/// Contributed by slices that keep something of a user: runs in the change that deletes one, behind the lock on the
/// user's row, and refuses where others would be left without what only this user can give.
/// </summary>
internal interface IUserDeparture
{
    /// <summary>What it refuses with.</summary>
    IReadOnlyList<ProblemType> Problems { get; }

    ValueTask Depart(Change change, EnvironmentScope scope, UserId user);
}
