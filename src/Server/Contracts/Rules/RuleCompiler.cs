using System.Collections.Concurrent;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Rules;

/// <summary>
/// Compiles the rules of a contract: checked, and made into predicates. What cannot become SQL is refused here, when
/// the contract is applied, and not when somebody asks.
/// </summary>
internal sealed class RuleCompiler(Contract contract, RuleTypes types, TableNames names, long number)
{
    private readonly Dictionary<string, SqlShape> shapes = [];
    private readonly ConcurrentDictionary<string, SqlShape> filterShapes = new();
    private readonly Dictionary<string, RuleSet> sets = [];

    public RuleSet Compile(Collection collection, List<FieldProblem> problems)
    {
        var rules = new Dictionary<RuleKind, Rule>();
        foreach (var (kind, source) in collection.Rules.All)
        {
            if (source is null) continue;
            var at = $"/collections/{collection.Name}/rules/{kind.ToString().ToLowerInvariant()}";
            if (Compile(collection, kind, source, at, problems) is { } rule) rules[kind] = rule;
        }
        return sets[collection.Name] = new RuleSet(rules);
    }

    /// <summary>
    /// A client's filter follows references only to records that the caller may read: otherwise it would answer
    /// questions about hidden ones. A rule follows them all. Rules are compiled before.
    /// </summary>
    public SqlCompilation CompileFilter(Collection collection, string source) =>
        ToSql(types.FilterOf(collection.Name).Compile(source), FilterShape(collection.Name));

    private Rule? Compile(
        Collection collection, RuleKind kind, string source, string at, List<FieldProblem> problems)
    {
        if (source == DeclaredRules.Public) return new Rule(source, null, null);
        var compilation = types.EnvironmentOf(collection.Name, kind).Compile(source);
        var found = problems.Count;
        problems.AddRange(compilation.Errors.Select(e => Problem(at, e)));
        if (compilation.Program is not { } program) return null;
        if (!program.Root.DependsOn("caller"))
        {
            problems.Add(new FieldProblem(at, "rule_names_no_caller",
                "The rule does not say of whom it is true: it would let through everybody who can sign in.",
                "Use tenant_member for every member of the tenant, or the one word public for everybody."));
        }
        var (predicate, errors) = ToSql(compilation, Shape(collection.Name));
        problems.AddRange(errors.Select(e => Problem(at, e)));
        return problems.Count == found ? new Rule(source, program, predicate) : null;
    }

    private SqlCompilation ToSql(CelCompilation compilation, SqlShape shape) =>
        compilation.Program is { } program
        ? SqlCompiler.Compile(program, RuleTypes.RecordVariable, shape, names.Dialect)
        : new SqlCompilation(null, compilation.Errors);

    /// <summary>Where records of a collection lie, and how references lead on. Secrets have no column here.</summary>
    private SqlShape Shape(string name) =>
        shapes.TryGetValue(name, out var known) ? known : shapes[name] = NewShape(name, Shape, visible: null);

    private SqlShape FilterShape(string name) => filterShapes.GetOrAdd(name, _ => NewShape(
        name, FilterShape, (activation, row) =>
            sets[name][RuleKind.Read]?.Bind(((RuleActivation)activation).At(name), row.Name)
                ?? BoundPredicate.Never));

    private SqlShape NewShape(
        string name, Func<string, SqlShape> shapeOf, Func<ICelActivation, Identifier, BoundPredicate>? visible)
    {
        var collection = contract.Find(name)!;
        return new SqlShape
        {
            Visible = visible,
            Table = names.Records(number, name),
            Columns = Columns(collection),
            References = collection.References.ToDictionary(r => r.As, r => new SqlReference(
                new Identifier(r.Field), () => shapeOf(r.Collection), new Identifier(SystemColumns.Id))),
            BackReferences = contract.Collections.SelectMany(other => other.References
                .Where(r => r.Collection == name && r.Back is not null)
                .Select(r => (r.Back, Reference: new SqlBackReference(
                    () => shapeOf(other.Name), new Identifier(r.Field), new Identifier(SystemColumns.Id)))))
                .ToDictionary(r => r.Back!, r => r.Reference),
            Scope = [new Identifier(SystemColumns.TenantId)],
            Deleted = new Identifier(SystemColumns.DeletedAt),
        };
    }

    private static Dictionary<string, SqlColumn> Columns(Collection collection)
    {
        var columns = SystemColumns.Readable.ToDictionary(c => c.Key, c => new SqlColumn(
            new Identifier(c.Key), Kind(c.Value), SystemColumns.MayBeNull(c.Key)));
        foreach (var field in collection.Fields.Where(f => !f.Secret))
            columns[field.Name] = new SqlColumn(field.Column, Kind(field.Type), IsNullable: true);
        return columns;
    }

    private static SqlColumnKind Kind(FieldType type) => type switch
    {
        FieldType.String => SqlColumnKind.Text,
        FieldType.Integer => SqlColumnKind.Int64,
        FieldType.Number => SqlColumnKind.Double,
        FieldType.Boolean => SqlColumnKind.Bool,
        FieldType.Timestamp => SqlColumnKind.TimestampMs,
        _ => SqlColumnKind.Json,
    };

    private static FieldProblem Problem(string at, CelError error) => new(
        at, "cel_error", $"Line {error.Line}, column {error.Column}: {error.Message}",
        error.Hint ?? "Correct the expression.");
}
