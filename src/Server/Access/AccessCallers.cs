using Castellan.Kernel;

namespace Castellan.Access;

/// <summary>
/// Who manages and who sees what a tenant gives away. Members can be granted either, and then give what they hold.
/// </summary>
internal static class AccessCallers
{
    public static IReadOnlyList<Grant> Writers { get; } =
        [Grant.Tenant(TenantRole.Admin), Grant.Key, Grant.Operator(OperatorRole.Admin)];

    /// <summary>The app that a key speaks for: what is another app's alone is absent to it. Null for people.</summary>
    public static AppId? OnlyApp(Caller caller) => caller.Kind is CallerKind.Key ? caller.App : null;

    public static IReadOnlyList<Grant> Readers { get; } =
        [Grant.Tenant(TenantRole.Admin), Grant.Key, Grants.AnyOperator];
}
