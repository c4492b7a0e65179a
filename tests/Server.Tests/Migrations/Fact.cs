namespace Castellan.Tests.Migrations;

/// <summary>What both engines must agree on, as lines that can be compared and read.</summary>
internal static class Fact
{
    public static string Column(string table, string name, string type, bool isNotNull) =>
        $"{table}.{name} {type}{(isNotNull ? " not null" : "")}";

    public static string PrimaryKey(string table, IEnumerable<string> columns) =>
        $"{table} primary key ({string.Join(", ", columns)})";

    public static string UniqueKey(string table, IEnumerable<string> columns, string? where) =>
        $"{table} unique ({string.Join(", ", columns)}){Where(where)}";

    public static string ForeignKey(
        string table, IEnumerable<string> columns, string target, IEnumerable<string> targets) =>
        $"{table} ({string.Join(", ", columns)}) references {target} ({string.Join(", ", targets)})";

    public static string Index(string table, string name, IEnumerable<string> columns, string? where) =>
        $"{table} index {name} ({string.Join(", ", columns)}){Where(where)}";

    /// <summary>PostgreSQL puts its conditions into brackets and capitals.</summary>
    private static string Where(string? condition) =>
        condition is null ? "" : $" where {condition.Trim('(', ')').ToLowerInvariant()}";
}
