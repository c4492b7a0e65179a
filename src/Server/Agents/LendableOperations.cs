using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Agents;

/// <summary>Which operations may be lent at all: <see cref="Operation.MayBeLent"/>.</summary>
internal sealed class LendableOperations(Lazy<OperationTable> operations)
{
    private const string OfApps =
        "Permissions of apps are granted by tenants and need not be named here; the operations on records are, such "
        + "as records.create.";

    /// <summary>Refuses names of what does not exist or is for people.</summary>
    public void Require(IReadOnlyList<string> names)
    {
        var problems = names.Select((name, i) => Problem(name, $"/operations/{i}")).OfType<FieldProblem>()
            .Take(Limits.ProblemsPerBody).ToList();
        if (problems.Count > 0) throw new Refusal(GateProblems.InputInvalid.With() with { Errors = problems });
    }

    private FieldProblem? Problem(string name, string at)
    {
        var known = operations.Value.ByName;
        if (!known.TryGetValue(name, out var operation))
        {
            var names = known.Values.Where(o => o.MayBeLent).Select(o => o.Name);
            return new FieldProblem(at, "unknown_operation", $"'{name}' is no operation.",
                Nearest.Fix(name, names, OfApps));
        }
        return operation.MayBeLent
            ? null
            : new FieldProblem(at, "cannot_be_lent", $"'{name}' cannot be lent to agents.",
                "Lend what reads in a tenant (workspaces.list), or what is done to records (records.create).");
    }
}
