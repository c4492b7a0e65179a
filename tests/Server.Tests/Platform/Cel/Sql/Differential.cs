using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>
/// Compares the compiler with the evaluator: of random rules and random rows, the rows that SQL selects as true must be
/// those of which the evaluator says true, and the same for false.
/// </summary>
internal sealed class Differential(IDatabase database, SqlDialect dialect, long seed)
{
    private const int RulesPerWorld = 200;
    private static readonly Identifier Alias = new("r");

    private readonly SeededNumbers random = new(seed);
    private readonly HashSet<string> texts = new(StringComparer.Ordinal);

    /// <summary>Rows that each world has to ask about.</summary>
    public int Rows { get; init; } = 50;

    /// <summary>Changes a text before it runs, to show that a defect is found.</summary>
    public Func<string, string>? Defect { get; init; }

    public long Rules { get; private set; }

    /// <summary>Rules that the checker, the compiler, or the compiler when it bound them, refused.</summary>
    public long Unchecked { get; private set; }

    public long Refused { get; private set; }

    public long Unbound { get; private set; }

    public long Trues { get; private set; }

    public long Falses { get; private set; }

    public long Errors { get; private set; }

    public int Texts => texts.Count;

    /// <summary>The refusals by their words, for who looks at the generator.</summary>
    public Dictionary<string, long> Reasons { get; } = [];

    /// <summary>Stops at the first disagreement, and tells it; null where there is none.</summary>
    public async Task<string?> Run(long rules)
    {
        await database.RunScript(RuleWorld.Definition(dialect), CancellationToken.None);
        while (Rules < rules)
        {
            var world = new WorldRows(random, dialect, Rows);
            await world.Write(database);
            for (var i = 0; i < RulesPerWorld && Rules < rules; i++)
            {
                if (await Check(world) is { } disagreement) return disagreement;
            }
        }
        return null;
    }

    private async Task<string?> Check(WorldRows world)
    {
        var values = new RandomValues(random, hasNul: true);
        var source = new RandomRules(random, values).Next();
        var compilation = RuleWorld.Environment.Compile(source);
        if (compilation.Program is not { } program)
        {
            Unchecked++;
            Count(compilation.Errors[0]);
            return null;
        }
        var compiled = SqlCompiler.Compile(program, "record", RuleWorld.Shape(RuleWorld.Note), dialect);
        if (compiled.Predicate is not { } predicate)
        {
            Refused++;
            Count(compiled.Errors[0]);
            return null;
        }
        var request = new WorldRequest(values, random);
        var whenTrue = predicate.Bind(request, Alias);
        var whenFalse = predicate.BindFalse(request, Alias);
        if ((whenTrue.Failure ?? whenFalse.Failure) is { } failure)
        {
            Unbound++;
            Count(failure);
            return null;
        }
        Rules++;
        return await Compare(world, source, program, request, whenTrue, whenFalse);
    }

    private void Count(CelError error) => Reasons[error.Message] = Reasons.GetValueOrDefault(error.Message) + 1;

    private async Task<string?> Compare(
        WorldRows world, string source, CelProgram program, WorldRequest request, BoundPredicate whenTrue,
        BoundPredicate whenFalse)
    {
        var selected = await Select(whenTrue, whenFalse);
        foreach (var row in world.Notes)
        {
            request.Record = row;
            var value = program.Evaluate(request);
            var isTrue = selected.Contains((row.Id, true));
            var isFalse = selected.Contains((row.Id, false));
            if (value.IsTrue) Trues++;
            else if (value.IsFalse) Falses++;
            else Errors++;
            if (isTrue == value.IsTrue && isFalse == value.IsFalse) continue;
            return $"""
                {source}
                is {value} of {row.Id}; SQL says true: {isTrue}, false: {isFalse}
                true:  {whenTrue.Sql}
                false: {whenFalse.Sql}
                values: {string.Join(" | ", whenTrue.Sql.Parameters.ToArray().Select(p => $"{p.Object} {p.Number}"))}
                row: {string.Join(" | ", row.Columns.Select(c => $"{c.Key}={c.Value}"))}
                refers: {string.Join(" | ", row.References.Select(c => $"{c.Key}={c.Value}"))}
                request: {request}
                """;
        }
        return null;
    }

    private async Task<HashSet<(string, bool)>> Select(BoundPredicate whenTrue, BoundPredicate whenFalse)
    {
        var table = RuleWorld.Table(RuleWorld.Note);
        Sql both = $"""
            select id, true from {table} {Alias} where tenant_id = {WorldRows.Tenant} and {whenTrue.Sql}
            union all select id, false from {table} {Alias} where tenant_id = {WorldRows.Tenant} and {whenFalse.Sql}
            """;
        texts.Add(both.ToString());
        if (Defect is not null) both = ChangedSql.Of(both, Defect);
        try
        {
            return [.. await database.Many(both, row => (row.Text(), row.Bool()))];
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"The database fails at: {both}", failure);
        }
    }
}

/// <summary>What one request brings, by chance.</summary>
internal sealed class WorldRequest : ICelActivation, ICelObject
{
    private readonly Dictionary<string, CelValue> fields;
    private readonly CelValue now;

    public WorldRequest(RandomValues values, SeededNumbers random)
    {
        now = values.Brought(CelKind.Timestamp);
        var mixed = Enumerable.Range(0, random.Below(5)).Select(_ => values.Anything()).Where(v => !v.IsError);
        string[] keys = ["a", "ab", "", "n0"];
        fields = new()
        {
            ["id"] = values.Brought(CelKind.String),
            ["name"] = random.Below(3) == 0 ? CelValue.Null : values.Brought(CelKind.String),
            ["texts"] = List(CelKind.String),
            ["ints"] = List(CelKind.Int),
            ["nums"] = List(CelKind.Double),
            ["times"] = List(CelKind.Timestamp),
            ["mixed"] = CelValue.Of([.. mixed]),
            ["roles"] = CelValue.Of(new CelEntries([.. keys.Where(_ => random.Below(2) == 0)
                .Select(key => KeyValuePair.Create(CelValue.Of(key), values.Brought(CelKind.Int)))])),
            ["level"] = values.Brought(CelKind.Int),
            ["share"] = values.Brought(CelKind.Double),
            ["admin"] = values.Brought(CelKind.Bool),
            ["anything"] = values.Anything(),
        };

        CelValue List(CelKind kind) =>
            CelValue.Of([.. Enumerable.Range(0, random.Below(5)).Select(_ => values.Brought(kind))]);
    }

    public WorldRow? Record { get; set; }

    public CelObjectType Type => RuleWorld.Caller;

    public CelValue Field(CelField field) => fields[field.Name];

    public CelValue Variable(int index) => index switch
    {
        0 => CelValue.Of(Record ?? throw new InvalidOperationException("A predicate asks no row when it is bound.")),
        1 => CelValue.Of(this),
        _ => now,
    };

    public override string ToString() =>
        $"now={now} {string.Join(" ", fields.Select(field => $"{field.Key}={Described(field.Value)}"))}";

    private static string Described(CelValue value) => value.Kind == CelKind.List
        ? $"[{string.Join(", ", Enumerable.Range(0, value.AsList.Count).Select(i => value.AsList[i]))}]"
        : value.ToString();
}
