using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Platform.Cel.Sql;

/// <summary>
/// Three types of rows that lead to each other in both directions, with a field of every kind, and what a request
/// brings. Notes are the rows that rules are about.
/// </summary>
internal static class RuleWorld
{
    public const string Note = "note";
    public const string Project = "project";
    public const string Customer = "customer";

    /// <summary>The fields that each type has, with whether they may be null.</summary>
    public static readonly (string Name, SqlColumnKind Kind, bool IsNullable)[] Fields =
    [
        ("id", SqlColumnKind.Text, false), ("name", SqlColumnKind.Text, false), ("text_a", SqlColumnKind.Text, true),
        ("text_b", SqlColumnKind.Text, true), ("count", SqlColumnKind.Int64, false),
        ("int_a", SqlColumnKind.Int64, true), ("int_b", SqlColumnKind.Int64, true),
        ("num_a", SqlColumnKind.Double, true), ("num_b", SqlColumnKind.Double, false),
        ("flag_a", SqlColumnKind.Bool, true), ("flag_b", SqlColumnKind.Bool, false),
        ("time_a", SqlColumnKind.TimestampMs, true), ("time_b", SqlColumnKind.TimestampMs, false),
        ("meta", SqlColumnKind.Json, true),
    ];

    /// <summary>Which field leads from one type to which other one.</summary>
    public static readonly (string From, string Field, string To)[] References =
    [
        (Note, "project", Project), (Note, "parent", Note), (Project, "customer", Customer),
        (Customer, "parent", Customer),
    ];

    /// <summary>Which list of one type holds the rows of another that refer to it by a field.</summary>
    public static readonly (string From, string List, string Of, string By)[] BackReferences =
    [
        (Note, "replies", Note, "parent"), (Project, "notes", Note, "project"),
        (Customer, "projects", Project, "customer"), (Customer, "children", Customer, "parent"),
    ];

    public static readonly string[] TypeNames = [Note, Project, Customer];

    private static readonly Dictionary<string, CelObjectType> Objects =
        TypeNames.ToDictionary(name => name, name => new CelObjectType(name, () => FieldsOf(name)));

    private static readonly Dictionary<string, SqlShape> Shapes = TypeNames.ToDictionary(name => name, MakeShape);

    public static readonly CelObjectType Caller = new("caller", () =>
    [
        ("id", CelType.String), ("name", CelType.Nullable(CelType.String)), ("texts", CelType.List(CelType.String)),
        ("ints", CelType.List(CelType.Int)), ("nums", CelType.List(CelType.Double)),
        ("times", CelType.List(CelType.Timestamp)), ("mixed", CelType.List(CelType.Dyn)),
        ("roles", CelType.Map(CelType.String, CelType.Int)), ("level", CelType.Int), ("share", CelType.Double),
        ("admin", CelType.Bool), ("anything", CelType.Dyn),
    ]);

    public static readonly CelEnvironment Environment = new(
        [new("record", Type(Note)), new("caller", Caller), new("now", CelType.Timestamp)])
    {
        Result = CelType.Bool,
        Limits = CelLimits.Default with { Cost = 100_000_000 },
    };

    public static CelObjectType Type(string name) => Objects[name];

    public static SqlShape Shape(string name) => Shapes[name];

    public static TableName Table(string name) => new(null, new Identifier("world_" + name));

    public static CelType TypeOf(SqlColumnKind kind) => kind switch
    {
        SqlColumnKind.Text => CelType.String,
        SqlColumnKind.Int64 => CelType.Int,
        SqlColumnKind.Double => CelType.Double,
        SqlColumnKind.Bool => CelType.Bool,
        SqlColumnKind.TimestampMs => CelType.Timestamp,
        _ => CelType.Dyn,
    };

    /// <summary>The statements that make the tables on one engine.</summary>
    public static string Definition(SqlDialect dialect)
    {
        var isPostgres = dialect == SqlDialect.Postgres;
        var tables = TypeNames.Select(name =>
        {
            var references = References.Where(r => r.From == name)
                .Select(r => $"\"{r.Field}_id\" {ColumnType(SqlColumnKind.Text)}");
            var columns = Fields.Select(f => $"\"{f.Name}\" {ColumnType(f.Kind)}").Concat(references);
            return $"""
                create table world_{name} (tenant_id {ColumnType(SqlColumnKind.Text)} not null, deleted_at bigint,
                {string.Join(", ", columns)}, primary key (tenant_id, id)){(isPostgres ? "" : " strict")};
                {string.Concat(References.Where(r => r.From == name).Select(r =>
                    $"create index world_{name}_{r.Field} on world_{name} (tenant_id, {r.Field}_id);"))}
                """;
        });
        var script = string.Join("\n", tables);
        return isPostgres ? script : script.Replace("bigint", "integer", StringComparison.Ordinal);

        string ColumnType(SqlColumnKind kind) => kind switch
        {
            SqlColumnKind.Text => isPostgres ? "text collate \"C\"" : "text",
            SqlColumnKind.Int64 or SqlColumnKind.TimestampMs => "bigint",
            SqlColumnKind.Double => isPostgres ? "double precision" : "real",
            SqlColumnKind.Bool => isPostgres ? "boolean" : "integer",
            _ => isPostgres ? "jsonb" : "text",
        };
    }

    private static IEnumerable<(string, CelType)> FieldsOf(string name)
    {
        foreach (var (field, kind, isNullable) in Fields)
            yield return (field, isNullable ? CelType.Nullable(TypeOf(kind)) : TypeOf(kind));
        foreach (var reference in References.Where(r => r.From == name))
            yield return (reference.Field, CelType.Nullable(Type(reference.To)));
        foreach (var back in BackReferences.Where(b => b.From == name))
            yield return (back.List, CelType.List(Type(back.Of)));
    }

    private static SqlShape MakeShape(string name) => new()
    {
        Table = Table(name),
        Scope = [new("tenant_id")],
        Deleted = new("deleted_at"),
        Columns = Fields.ToDictionary(f => f.Name, f => new SqlColumn(new(f.Name), f.Kind, f.IsNullable)),
        References = References.Where(r => r.From == name).ToDictionary(
            r => r.Field, r => new SqlReference(new(r.Field + "_id"), () => Shape(r.To), new("id"))),
        BackReferences = BackReferences.Where(b => b.From == name).ToDictionary(
            b => b.List, b => new SqlBackReference(() => Shape(b.Of), new(b.By + "_id"), new("id"))),
    };
}
