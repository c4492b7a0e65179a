using Castellan.Platform.Storage;

namespace Castellan.Tests;

/// <summary>A statement with a defect in its text, to show that a test finds it.</summary>
internal static class ChangedSql
{
    /// <summary>The statement with other words, and those of its parameters that they still name.</summary>
    public static Sql Of(Sql statement, Func<string, string> defect)
    {
        var changed = new Sql(0, 0);
        var parts = defect(statement.ToString()).Split('$');
        changed.AppendLiteral(parts[0]);
        foreach (var part in parts.Skip(1))
        {
            var digits = part.TakeWhile(char.IsAsciiDigit).Count();
            changed.AppendFormatted(statement.Parameters[int.Parse(part[..digits]) - 1]);
            changed.AppendLiteral(part[digits..]);
        }
        return changed;
    }
}
