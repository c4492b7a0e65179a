namespace Castellan.Kernel;

/// <summary>
/// The closed catalogue: every problem that the server answers with. A code that stands twice stops the start.
/// </summary>
internal sealed class ProblemCatalogue
{
    public ProblemCatalogue(IReadOnlyList<ProblemType> all)
    {
        All = [.. all.OrderBy(problem => problem.Code, StringComparer.Ordinal)];
        var twice = All.GroupBy(problem => problem.Code).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new InvalidOperationException($"The code {twice.Key} is declared more than once.");
    }

    public IReadOnlyList<ProblemType> All { get; }
}
