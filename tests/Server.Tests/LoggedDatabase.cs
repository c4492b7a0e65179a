using System.Collections.Concurrent;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests;

/// <summary>Keeps one statement of each text that contains some words, with its values.</summary>
internal sealed class LoggedDatabase(IDatabase inner, string about) : SurroundedDatabase(inner)
{
    private readonly ConcurrentDictionary<string, Sql> statements = new();

    public IReadOnlyCollection<Sql> Statements => [.. statements.Values];

    /// <summary>For questions of a test, which are not to be kept.</summary>
    public IDatabase Unlogged => Inner;

    public static Action<IServiceCollection> About(string text) =>
        services => AddTo(services, inner => new LoggedDatabase(inner, text));

    protected override Sql Seen(Sql statement)
    {
        var text = statement.ToString();
        if (text.Contains(about, StringComparison.Ordinal) && !statements.ContainsKey(text))
            statements.TryAdd(text, ChangedSql.Of(statement, same => same));
        return statement;
    }
}
