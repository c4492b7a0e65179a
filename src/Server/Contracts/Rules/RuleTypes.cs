using Castellan.Kernel;
using Castellan.Platform.Cel;

namespace Castellan.Contracts.Rules;

/// <summary>
/// The language that rules of one contract are written in: what <c>record</c>, <c>caller</c>, <c>request</c>,
/// <c>now</c> and <c>old</c> are, which functions there are, and the ready-made rules.
/// </summary>
internal sealed class RuleTypes
{
    public const string RecordVariable = "record";

    public const int CallerAt = 0;
    public const int RecordAt = 1;
    public const int RequestAt = 2;
    public const int NowAt = 3;
    public const int OldAt = 4;

    /// <summary>
    /// Ready-made rules, so that the secure thing is the short thing. They expand before the check, and mean exactly
    /// what is written here.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> Definitions = new Dictionary<string, string>
    {
        ["owner"] = "caller.kind == 'user' && record.owner_id == caller.id",
        ["tenant_member"] = "caller.tenant_role != null",
        ["workspace_member"] =
            "record.workspace_id in caller.workspaces || (caller.tenant_role in ['admin', 'owner'])",
    };

    public static readonly CelObjectType Caller = new("caller", () =>
    [
        ("id", CelType.Nullable(CelType.String)),
        ("kind", CelType.String),
        ("tenant_role", CelType.Nullable(CelType.String)),
        ("workspaces", CelType.List(CelType.String)),
        ("roles", CelType.List(CelType.String)),
        ("permissions", CelType.List(CelType.String)),
    ]);

    public static readonly CelObjectType Request = new("request", () =>
    [
        ("operation", CelType.String),
        ("workspace_id", CelType.Nullable(CelType.String)),
    ]);

    private readonly Dictionary<string, CelObjectType> records = [];
    private readonly IReadOnlyList<CelFunction> functions;

    public RuleTypes(Contract contract)
    {
        foreach (var collection in contract.Collections)
            records[collection.Name] = new CelObjectType(collection.Name, () => Fields(contract, collection));
        functions =
        [
            new CelFunction("tenant_role", [CelType.String], CelType.Bool,
                (activation, args) => CelValue.Of(CallerOf(activation).HasRole(args[0].AsString)))
            {
                Reads = ["caller"],
                CheckArgument = CelFunction.OneOf("role of tenants", Wire.Names<TenantRole>()),
            },
            new CelFunction("role", [CelType.String], CelType.Bool,
                (activation, args) => CelValue.Of(CallerOf(activation).Roles.Contains(args[0].AsString)))
            {
                Reads = ["caller"],
                CheckArgument = CelFunction.OneOf("role of this app", [.. contract.Roles.Select(r => r.Name)]),
            },
            new CelFunction("can", [CelType.String], CelType.Bool,
                (activation, args) => CelValue.Of(CallerOf(activation).Can(args[0].AsString)))
            {
                Reads = ["caller"],
                CheckArgument = CelFunction.OneOf(
                    "permission of this app", [.. contract.Permissions.Select(p => p.Name)]),
            },
        ];
    }

    /// <summary>The object type of a collection's records, by which references lead from one to another.</summary>
    public CelObjectType RecordOf(string collection) => records[collection];

    /// <summary>What a rule of this kind may use; <c>old</c> is there for updates alone.</summary>
    public CelEnvironment EnvironmentOf(string collection, RuleKind kind)
    {
        List<CelVariable> variables =
        [
            new("caller", Caller), new("record", records[collection]), new("request", Request),
            new("now", CelType.Timestamp),
        ];
        if (kind is RuleKind.Update) variables.Add(new("old", records[collection]));
        return new CelEnvironment(variables, functions) { Result = CelType.Bool, Definitions = Definitions };
    }

    /// <summary>
    /// What a client's filter may use: the records' fields by their own names are <c>record.title</c>.
    /// </summary>
    public CelEnvironment FilterOf(string collection) => new(
        [
            new("caller", Caller), new("record", records[collection]), new("request", Request),
            new("now", CelType.Timestamp),
        ])
    {
        Result = CelType.Bool,
    };

    public static CelType TypeOf(FieldType type) => type switch
    {
        FieldType.String => CelType.String,
        FieldType.Integer => CelType.Int,
        FieldType.Number => CelType.Double,
        FieldType.Boolean => CelType.Bool,
        FieldType.Timestamp => CelType.Timestamp,
        _ => CelType.Dyn,
    };

    private static RuleCaller CallerOf(ICelActivation activation) =>
        (RuleCaller)activation.Variable(CallerAt).AsObject;

    /// <summary>
    /// Secrets are no fields here: no rule and no filter can tell anything about them.
    /// </summary>
    private IEnumerable<(string, CelType)> Fields(Contract contract, Collection collection)
    {
        foreach (var (name, type) in SystemColumns.Readable)
        {
            yield return (name, SystemColumns.MayBeNull(name) ? CelType.Nullable(TypeOf(type)) : TypeOf(type));
        }
        foreach (var field in collection.Fields.Where(f => !f.Secret))
            yield return (field.Name, CelType.Nullable(TypeOf(field.Type)));
        foreach (var reference in collection.References.Where(r => records.ContainsKey(r.Collection)))
            yield return (reference.As, CelType.Nullable(records[reference.Collection]));
        foreach (var other in contract.Collections)
        {
            foreach (var back in other.References.Where(r => r.Collection == collection.Name && r.Back is not null))
                yield return (back.Back!, CelType.List(records[other.Name]));
        }
    }
}
