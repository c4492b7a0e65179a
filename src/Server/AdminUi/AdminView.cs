using Castellan.Kernel;
using Microsoft.AspNetCore.Http.Extensions;

namespace Castellan.AdminUi;

/// <summary>
/// What every page shows around its content, and what its forms need. The type is public, and only that, because the
/// component compiler makes components and their parameters public.
/// </summary>
public sealed class AdminView
{
    internal AdminView(string path, string formToken) => (Path, FormToken) = (path, formToken);

    internal string Path { get; }

    internal IQueryCollection Query { get; init; } = QueryCollection.Empty;

    internal string Environment { get; init; } = "";

    internal IReadOnlyCollection<string> Environments { get; init; } = [];

    /// <summary>The operator's name; null before sign-in.</summary>
    internal string? Operator { get; init; }

    internal OperatorRole? Role { get; init; }

    /// <summary>The antiforgery field's value.</summary>
    internal string FormToken { get; }

    /// <summary>What was done, said once.</summary>
    internal string? Notice { get; init; }

    /// <summary>Why a post was refused; its form is shown again with what was typed.</summary>
    internal Problem? Problem { get; set; }

    internal IFormCollection? Posted { get; init; }

    internal bool MayAdminister => Role is OperatorRole.Owner or OperatorRole.Admin;

    /// <summary>True where the role helps people: suspends, signs out, looks as a user does.</summary>
    internal bool MaySupport => MayAdminister || Role is OperatorRole.Support;

    /// <summary>True where the role caps what is used.</summary>
    internal bool MayKeepBudgets => MayAdminister || Role is OperatorRole.Billing;

    /// <summary>What a field shows: what was typed before a refusal, or what is stored.</summary>
    internal string Value(string field, string? stored) =>
        Problem is not null && Posted is not null && Posted.ContainsKey(field) ? Posted[field].ToString() : stored
            ?? "";

    internal FieldProblem? ProblemOf(string field) => Problem?.Errors.FirstOrDefault(e =>
        e.Pointer == "/" + field || e.Pointer == field || e.Pointer.StartsWith($"/{field}/", StringComparison.Ordinal));

    /// <summary>A unique key for a form, so that a second click on its button does nothing twice.</summary>
    internal string OnceKey { get; } = Guid.CreateVersion7().ToString("n");

    /// <summary>The same page in another environment, where neither filters nor cursors mean anything.</summary>
    internal string In(string environment) => Path + new QueryBuilder { { "environment", environment } };

    /// <summary>The same page with its filters, and one of its lists further on.</summary>
    internal string Next(string list, string cursor)
    {
        var kept = new QueryBuilder();
        foreach (var (name, value) in Query)
        {
            if (name != list && name != "environment") kept.Add(name, value.ToString());
        }
        kept.Add(list, cursor);
        return Path + kept;
    }
}
