using Castellan.Kernel;
using Castellan.Operators;
using Castellan.Platform;

namespace Castellan.Keys;

/// <summary>
/// What a key may be given: operations that there are, and no more than whoever makes it holds. What operators may do
/// at all, its maker must be allowed; what only apps and their users do, is the app's, whose keys its maker looks
/// after.
/// </summary>
internal sealed class KeyRights(Lazy<OperationTable> operations, KeyStore store, OperatorStore operators)
{
    /// <summary>Names that begin so are the app's own: they mean something to its server, and nothing here.</summary>
    public const string OfApp = "app.";

    public const string All = "*";

    /// <summary>The operation of this name that keys may hold, or null.</summary>
    public Operation? Find(string name) => operations.Value.ByName.GetValueOrDefault(name);

    /// <summary>Problems with what the key names, each at its place.</summary>
    public IEnumerable<FieldProblem> Problems(Call<CreateKey> call)
    {
        var (names, tenant) = (call.Input.Permissions, call.Input.Tenant);
        for (var i = 0; i < names.Count; i++)
        {
            if (Problem(names[i], tenant, call) is not var (code, detail, fix)) continue;
            yield return new FieldProblem($"/permissions/{i}", code, detail, fix);
        }
    }

    /// <summary>An operation that the name gives to a key and that the caller does not hold, or null.</summary>
    public string? Beyond<TIn>(Call<TIn> call, string name) =>
        ForKeys.FirstOrDefault(o => (name == All || o.Name == name) && Exceeds(o, call))?.Name;

    /// <summary>
    /// Who answers for the key: the operator that is named, else the one who makes it. A key is for a tenant that its
    /// app sees.
    /// </summary>
    public async ValueTask<OperatorId?> RequireNamed(Change change, CreateKey input, Caller maker)
    {
        if (input.Tenant is { } tenant
            && !await store.SeesTenant(change, new EnvironmentScope(input.Environment, input.App), tenant))
        {
            throw Refused("/tenant_id", "not_there", "The app sees no such tenant in this environment.",
                "Name a tenant that the app is installed for.");
        }
        if (input.Owner is not { } owner) return maker.Operator;
        return await operators.Find(new InstallationScope(), owner, change) is { State: not OperatorState.Suspended }
            ? owner
            : throw Refused("/owner_id", "not_there", "There is no such operator, or it is suspended.",
                "Name an operator of operators.list, or leave it out to answer for the key yourself.");
    }

    public static Refusal Refused(string pointer, string code, string detail, string fix) =>
        new(GateProblems.InputInvalid.With() with { Errors = [new FieldProblem(pointer, code, detail, fix)] });

    private (string Code, string Detail, string Fix)? Problem(
        string name, TenantId? tenant, Call<CreateKey> call)
    {
        if (name.StartsWith(OfApp, StringComparison.Ordinal)) return null;
        if (Beyond(call, name) is { } beyond)
        {
            return ("beyond_maker", $"You may not do {beyond} yourself, so you cannot give it to a key.",
                "Name operations that you hold, or ask an owner to make the key.");
        }
        if (name == All) return null;
        if (ForKeys.FirstOrDefault(o => o.Name == name) is not { } operation)
        {
            var fix = Nearest.Fix(name, ForKeys.Select(o => o.Name),
                $"Name operations that take a secret key, or names of the app's own, which begin with '{OfApp}'.");
            return ("not_an_operation", $"'{name}' is no operation that a key may hold.", fix);
        }
        return tenant is null || operation.NamesTenant
            ? null
            : ("beyond_tenant", $"{name} is about more than one tenant.", "Leave it out, or leave tenant_id out.");
    }

    private IEnumerable<Operation> ForKeys =>
        operations.Value.All.Where(o => o.Grants.Any(g => g.Kind is CallerKind.Key));

    /// <summary>Keys are made by operators, who hold what declarations name for their role.</summary>
    private static bool Exceeds<TIn>(Operation operation, Call<TIn> call)
    {
        var forOperators = operation.Grants.Where(g => g.Kind is CallerKind.Operator).ToList();
        return forOperators.Count > 0
            && !(call.Caller is { Kind: CallerKind.Operator, OperatorRole: { } role }
                && forOperators.Exists(g => g.Operators.Contains(role)));
    }
}
