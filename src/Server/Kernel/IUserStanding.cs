namespace Castellan.Kernel;

/// <summary>Whether a person may come at all. The slice that knows people answers, from memory.</summary>
internal interface IUserStanding
{
    /// <summary>Whether the user exists and is not suspended.</summary>
    ValueTask<bool> IsActive(EnvironmentScope scope, UserId user);
}
