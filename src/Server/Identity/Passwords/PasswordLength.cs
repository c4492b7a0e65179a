using Castellan.Installation;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>How long a user's password must be.</summary>
internal static class PasswordLength
{
    /// <summary>In <c>sandbox</c>, where nothing is worth guessing.</summary>
    private const int SandboxMin = 8;

    public static int Min(string environment) =>
        environment == EnvironmentDirectory.Sandbox ? SandboxMin : PasswordRules.Min;
}
