namespace Castellan.Kernel;

/// <summary>A slice's declarations. <c>Program.cs</c> lists every one; nothing is found by reflection.</summary>
internal interface IEndpoints
{
    IEnumerable<Operation> Operations();
}

/// <summary>What the API's description says of a noun, which its operations' names begin with.</summary>
internal sealed record Noun(string Name, string Description);

/// <summary>Grants that many declarations name.</summary>
internal static class Grants
{
    public static Grant AnyOperator { get; } =
        Grant.Operator(OperatorRole.Admin, OperatorRole.Auditor, OperatorRole.Support, OperatorRole.Billing);
}

/// <summary>All operations of the server, by name; a name or route that is declared twice stops the start.</summary>
internal sealed class OperationTable
{
    public OperationTable(IEnumerable<IEndpoints> endpoints)
    {
        All = [.. endpoints.SelectMany(e => e.Operations())];
        ByName = All.ToDictionary(o => o.Name);
        // A page, or the token endpoint, may call several.
        var twice = All.Where(o => !o.Hosted).GroupBy(o => $"{o.Method} {o.Route}").FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw new InvalidOperationException($"{twice.Key} is declared more than once.");
    }

    public IReadOnlyList<Operation> All { get; }

    public IReadOnlyDictionary<string, Operation> ByName { get; }
}
