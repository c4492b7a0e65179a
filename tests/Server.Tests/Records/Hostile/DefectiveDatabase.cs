using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Records.Hostile;

/// <summary>Changes statements as a mistake in one of them would.</summary>
internal sealed class DefectiveDatabase(IDatabase inner, Func<string, string> defect) : SurroundedDatabase(inner)
{
    public static void AddTo(IServiceCollection services, Func<string, string> defect) =>
        AddTo(services, inner => new DefectiveDatabase(inner, defect));

    protected override Sql Seen(Sql statement)
    {
        var text = statement.ToString();
        return defect(text) == text ? statement : ChangedSql.Of(statement, defect);
    }
}
