using System.Security.Cryptography;
using System.Text;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Access.Permissions;

/// <summary>
/// What there is to be granted: operations on one tenant that a role below owner may do, and what an app's contract
/// declares. A name is an operation's before it is an app's.
/// </summary>
internal sealed class PermissionCatalogue(Func<OperationTable> operations, IAppPermissions apps)
{
    /// <summary>The operation that sets roles of apps: who may do it holds all that an app declares.</summary>
    private const string SetAppRoles = "members.app_roles.set";

    private OperationTable? table;
    private string? builtInRoles;

    private OperationTable Table => table ??= operations();

    /// <summary>
    /// The version of the built-in roles: a digest of what each operation that can be asked about needs. Two servers
    /// that have the same one decide alike by them.
    /// </summary>
    public string BuiltInRoles => builtInRoles ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Grantable.Select(o => $"{o.Name} {Wire.Name(RoleAccess.LeastRole(o))}")))))[..16];

    /// <summary>Operations that a grant can allow, in the order of their names.</summary>
    public IEnumerable<Operation> Grantable =>
        Table.All.Where(IsGrantable).OrderBy(operation => operation.Name, StringComparer.Ordinal);

    /// <summary>Whether a grant can allow it: the call's path names the tenant, and a role below owner may.</summary>
    public static bool IsGrantable(Operation operation) => WhyNot(operation) is null;

    /// <summary>
    /// Whether a policy can forbid it: it is done in a tenant. Not what takes standing away, what a frozen app may
    /// still do, and policies themselves: whoever is shut out must be able to leave, and a tenant to open up again.
    /// </summary>
    public static bool IsForbiddable(Operation operation) => operation.NamesTenant && !operation.Hosted
        && !operation.NeverForbidden && !operation.Urgent && !operation.AllowedWhenFrozen;

    /// <summary>As of operations; what an app declares can be forbidden.</summary>
    public bool IsForbiddable(Permission permission) => permission.App is not null || IsForbiddable(Behind(permission));

    /// <summary>Operations that are forbidden with it (<see cref="Operation.AlsoDoes"/>).</summary>
    public IReadOnlyList<string> AlsoDoneBy(Permission permission) =>
        permission.App is null ? Behind(permission).AlsoDoes : [];

    /// <summary>Whether it is an operation that is not about data of apps.</summary>
    public bool IsBesideData(Permission permission) =>
        permission.App is null && !Table.ByName[permission.Name].InTenantOfHeader;

    /// <summary>Whether a key with these permissions holds an operation, of those that keys may hold.</summary>
    public bool IsHeldByKey(Permission permission, IReadOnlyList<string> permissions) =>
        (permissions.Contains("*") || permissions.Contains(permission.Name))
        && Table.ByName[permission.Name].Grants.Any(grant => grant.Kind is CallerKind.Key);

    /// <summary>The operation that whoever hands a permission on must be allowed.</summary>
    public Operation Behind(Permission permission) =>
        Table.ByName[permission.App is null ? permission.Name : SetAppRoles];

    /// <summary>
    /// What names mean, or a problem for each that means nothing. <paramref name="app"/> is whose declarations count.
    /// </summary>
    public ValueTask<IReadOnlyList<Permission>> Resolve(
        string environment, AppId? app, IReadOnlyList<string> names, string pointer) =>
        Resolve(environment, app, names, pointer, WhyNot);

    /// <summary>What a name means to whoever asks why: also what the rules of a collection decide.</summary>
    public async ValueTask<Permission> ResolveAsked(string environment, AppId? app, string name, string pointer) =>
        (await Resolve(
            environment, app, [name], pointer, operation => operation.InTenantOfHeader ? null : WhyNot(operation)))[0];

    /// <summary>Whether it is done to records, so that the rules of their collection decide.</summary>
    public bool IsByRules(Permission permission) =>
        permission.App is null && Table.ByName[permission.Name].InTenantOfHeader;

    /// <summary>What names mean to a policy, or a problem for each that means nothing.</summary>
    public ValueTask<IReadOnlyList<Permission>> ResolveForbidden(
        string environment, AppId? app, IReadOnlyList<string> names, string pointer) =>
        Resolve(environment, app, names, pointer, operation => IsForbiddable(operation)
            ? null
            : "It is not about one tenant, or takes standing away, or is what policies are kept by.");

    private async ValueTask<IReadOnlyList<Permission>> Resolve(
        string environment, AppId? app, IReadOnlyList<string> names, string pointer, Func<Operation, string?> whyNot)
    {
        var declared = app is { } known && names.Any(name => !Table.ByName.ContainsKey(name))
            ? await apps.Declared(environment, known)
            : [];
        var (found, problems) = (new List<Permission>(), new List<FieldProblem>());
        foreach (var (name, i) in names.Select((name, i) => (name, i)))
        {
            var at = pointer.EndsWith('/') ? $"{pointer}{i}" : pointer;
            if (Problem(name, at, app, declared, whyNot) is { } problem) problems.Add(problem);
            else found.Add(new Permission(name, Table.ByName.ContainsKey(name) ? null : app));
        }
        return problems.Count == 0
            ? found
            : throw new Refusal(GateProblems.InputInvalid.With() with { Errors = problems });
    }

    /// <summary>What an app declares under a name; null where it declares no such thing.</summary>
    public async ValueTask<Permission?> FindOfApp(string environment, AppId app, string name) =>
        !Table.ByName.ContainsKey(name) && (await apps.Declared(environment, app)).Contains(name)
            ? new Permission(name, app)
            : null;

    /// <summary>The operation of a name that a grant can allow; null where there is none.</summary>
    public Permission? FindGrantable(string name) =>
        Table.ByName.TryGetValue(name, out var operation) && IsGrantable(operation) ? new Permission(name, null) : null;

    /// <summary>What an app declares that is no operation, in the order of the names.</summary>
    public async ValueTask<IReadOnlyList<string>> OfApp(string environment, AppId app) =>
        [.. (await apps.Declared(environment, app)).Where(name => !Table.ByName.ContainsKey(name))
            .Order(StringComparer.Ordinal)];

    /// <summary>One name of a question; a name that means nothing is an absent object.</summary>
    public async ValueTask<Permission> Find(string environment, AppId? app, string name)
    {
        if (Table.ByName.TryGetValue(name, out var operation))
            return IsGrantable(operation) ? new Permission(name, null) : throw Missing(WhyNot(operation)!);
        if (app is { } known && (await apps.Declared(environment, known)).Contains(name))
            return new Permission(name, app);
        throw Missing("It is no operation on a tenant, and no permission that the app's contract declares.");
    }

    private static Refusal Missing(string why) => new(GateProblems.NotFound, why);

    private FieldProblem? Problem(
        string name, string at, AppId? app, IReadOnlyList<string> declared, Func<Operation, string?> whyNot)
    {
        if (Table.ByName.TryGetValue(name, out var operation))
        {
            return whyNot(operation) is { } why
                ? new FieldProblem(at, "not_grantable", $"{name} cannot be named here. {why}",
                    "Name an operation on one tenant that a role below owner may do, or a permission of an app.")
                : null;
        }
        if (declared.Contains(name)) return null;
        var names = Table.All.Where(o => whyNot(o) is null).Select(o => o.Name).Concat(declared);
        return new FieldProblem(at, "unknown_permission", $"There is no permission '{name}'.",
            Nearest.Fix(name, names, app is null
                ? "Use an operation's name, or name the app that declares it with app_id."
                : "Use an operation's name, or declare it under permissions in the app's contract."));
    }

    /// <summary>Why a grant cannot allow an operation; null where it can.</summary>
    private static string? WhyNot(Operation operation)
    {
        if (operation.InTenantOfHeader)
        {
            return "The rules of its collection decide: grant a permission of the app's contract, and ask for it there "
                + "with can().";
        }
        if (!operation.NamesTenant || operation.Hosted) return "It is not about one tenant.";
        if (operation.NeverGranted) return "It rests on the caller's role itself.";
        var least = operation.Grants.Where(g => g.Kind is CallerKind.User).Select(g => g.Role).Min();
        return least switch
        {
            null => "It is not for members of a tenant.",
            TenantRole.Owner => "It is for owners alone.",
            _ => null,
        };
    }
}
