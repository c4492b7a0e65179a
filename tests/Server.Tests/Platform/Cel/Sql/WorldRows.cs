using System.Text.Json;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>
/// Random rows, once as the evaluator sees them and once in tables. Another tenant has rows of the same ids, some rows
/// are deleted, and some references lead to no row.
/// </summary>
internal sealed class WorldRows
{
    public const string Tenant = "t1";
    private const string OtherTenant = "t2";

    private readonly Dictionary<(string Type, string Tenant), List<WorldRow>> rows = [];
    private readonly SeededNumbers random;
    private readonly RandomValues values;

    public WorldRows(SeededNumbers random, SqlDialect dialect, int notes)
    {
        this.random = random;
        values = new(random, hasNul: dialect == SqlDialect.Sqlite);
        foreach (var tenant in new[] { Tenant, OtherTenant })
        {
            Add(RuleWorld.Customer, tenant, 6);
            Add(RuleWorld.Project, tenant, 10);
            Add(RuleWorld.Note, tenant, notes);
        }
    }

    /// <summary>
    /// The rows that rules are asked about, the deleted ones too: whoever asks leaves those out or not.
    /// </summary>
    public IReadOnlyList<WorldRow> Notes => rows[(RuleWorld.Note, Tenant)];

    public async Task Write(IDatabase database) => await database.Transact(async transaction =>
    {
        foreach (var name in RuleWorld.TypeNames) await transaction.Run($"delete from {RuleWorld.Table(name)}");
        foreach (var row in rows.Values.SelectMany(list => list)) await transaction.Run(Insert(row));
        return 0;
    });

    internal WorldRow? Find(string type, string tenant, string? id) =>
        id is null ? null : rows[(type, tenant)].Find(row => row.Id == id && !row.IsDeleted);

    internal IEnumerable<WorldRow> Referring(string type, string tenant, string by, string id) =>
        rows[(type, tenant)].Where(row => !row.IsDeleted && row.References[by] == id);

    private void Add(string type, string tenant, int count)
    {
        var list = rows[(type, tenant)] = new(count);
        for (var i = 0; i < count; i++)
        {
            var row = new WorldRow(this, type, tenant, $"{type[0]}{i}", IsDeleted: random.Below(5) == 0);
            foreach (var (name, kind, isNullable) in RuleWorld.Fields.Skip(1))
                row.Columns[name] = isNullable && random.Below(5) == 0 ? null : values.Stored(kind);
            foreach (var reference in RuleWorld.References.Where(r => r.From == type))
            {
                // Some lead to no row.
                row.References[reference.Field] = random.Below(6) == 0 ? null : $"{reference.To[0]}{random.Below(12)}";
            }
            list.Add(row);
        }
    }

    private static Sql Insert(WorldRow row)
    {
        Sql names = $"tenant_id, deleted_at, id";
        Sql given = $"{row.Tenant}, {(row.IsDeleted ? 5L : (long?)null)}, {row.Id}";
        foreach (var (name, kind, _) in RuleWorld.Fields.Skip(1))
        {
            names = $"{names}, {new Identifier(name)}";
            given = $"{given}, {Parameter(kind, row.Columns[name])}";
        }
        foreach (var (field, id) in row.References)
        {
            names = $"{names}, {new Identifier(field + "_id")}";
            given = $"{given}, {id}";
        }
        return $"insert into {RuleWorld.Table(row.TypeName)} ({names}) values ({given})";
    }

    private static SqlParameter Parameter(SqlColumnKind kind, object? value) => (kind, value) switch
    {
        (SqlColumnKind.Text, null) => SqlParameter.Null(SqlType.Text),
        (SqlColumnKind.Int64 or SqlColumnKind.TimestampMs, null) => SqlParameter.Null(SqlType.Int64),
        (SqlColumnKind.Double, null) => SqlParameter.Null(SqlType.Double),
        (SqlColumnKind.Bool, null) => SqlParameter.Null(SqlType.Bool),
        (_, null) => SqlParameter.Null(SqlType.Json),
        (SqlColumnKind.Json, string json) => SqlParameter.Of(new Castellan.Platform.Storage.Json(json)),
        (_, string text) => SqlParameter.Of(text),
        (_, long number) => SqlParameter.Of(number),
        (_, double number) => SqlParameter.Of(number),
        (_, bool flag) => SqlParameter.Of(flag),
        _ => throw new InvalidOperationException(),
    };
}

/// <summary>One row; <paramref name="IsDeleted"/> ones are led to by nothing.</summary>
internal sealed record WorldRow(WorldRows World, string TypeName, string Tenant, string Id, bool IsDeleted) : ICelObject
{
    private readonly Dictionary<string, CelValue> seen = [];

    /// <summary>By name, as stored: text, long, double, bool, or JSON as text.</summary>
    public Dictionary<string, object?> Columns { get; } = [];

    /// <summary>The ids of the rows that it refers to, by the field.</summary>
    public Dictionary<string, string?> References { get; } = [];

    public CelObjectType Type => RuleWorld.Type(TypeName);

    public CelValue Field(CelField field)
    {
        if (!seen.TryGetValue(field.Name, out var value)) seen[field.Name] = value = Read(field.Name);
        return value;
    }

    private CelValue Read(string name)
    {
        if (name == "id") return CelValue.Of(Id);
        if (References.TryGetValue(name, out var id))
        {
            var to = RuleWorld.References.Single(r => r.From == TypeName && r.Field == name).To;
            return World.Find(to, Tenant, id) is { } row ? CelValue.Of(row) : CelValue.Null;
        }
        if (RuleWorld.BackReferences.FirstOrDefault(b => b.From == TypeName && b.List == name) is { Of: { } of } back)
            return CelValue.Of([.. World.Referring(of, Tenant, back.By, Id).Select(row => CelValue.Of(row))]);
        var kind = RuleWorld.Fields.Single(f => f.Name == name).Kind;
        return Columns[name] switch
        {
            null => CelValue.Null,
            string json when kind == SqlColumnKind.Json => CelJson.Of(JsonDocument.Parse(json).RootElement),
            string text => CelValue.Of(text),
            long ms when kind == SqlColumnKind.TimestampMs =>
                CelValue.Of(DateTimeOffset.FromUnixTimeMilliseconds(ms)),
            long number => CelValue.Of(number),
            double number => CelValue.Of(number),
            bool flag => CelValue.Of(flag),
            _ => throw new InvalidOperationException(name),
        };
    }
}
