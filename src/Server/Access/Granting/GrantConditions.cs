using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Cel;
using Castellan.Platform.Memory;

namespace Castellan.Access.Granting;

/// <summary>
/// The language of conditions on grants and policies: CEL over <c>caller</c>, <c>resource</c>, <c>permission</c>,
/// <c>context</c>, <c>now</c>, in a call <c>input</c>, its body, and where an app's own server asks <c>asked</c>. A
/// condition that is not true, or fails, gives nothing.
/// </summary>
internal sealed class GrantConditions
{
    /// <summary>Characters of a condition.</summary>
    public const int SourceMax = 1_000;

    /// <summary>Programs that are kept compiled.</summary>
    private const int ProgramsKept = 4_096;

    private const int CallerAt = 0;
    private const int ResourceAt = 1;
    private const int PermissionAt = 2;
    private const int ContextAt = 3;
    private const int AskedAt = 5;
    private const int InputAt = 6;

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    private static readonly CelObjectType Caller = new("caller", () =>
    [
        ("id", CelType.String),
        ("kind", CelType.String),
        ("agent_id", CelType.Nullable(CelType.String)),
        ("tenant_role", CelType.Nullable(CelType.String)),
        ("groups", CelType.List(CelType.String)),
    ]);

    private static readonly CelObjectType Resource = new("resource", () =>
    [
        ("tenant_id", CelType.String),
        ("app_id", CelType.Nullable(CelType.String)),
        ("workspace_id", CelType.Nullable(CelType.String)),
        ("collection", CelType.Nullable(CelType.String)),
        ("record_id", CelType.Nullable(CelType.String)),
    ]);

    private static readonly CelObjectType Context = new("context", () =>
    [
        ("operation", CelType.Nullable(CelType.String)),
        ("address", CelType.Nullable(CelType.String)),
    ]);

    private static readonly CelType Properties = CelType.Map(CelType.String, CelType.Dyn);

    private static readonly CelObjectType Entity = new("entity", () =>
    [
        ("type", CelType.String),
        ("id", CelType.String),
        ("properties", Properties),
    ]);

    private static readonly CelObjectType Action = new("action", () =>
    [
        ("name", CelType.String),
        ("properties", Properties),
    ]);

    private static readonly CelObjectType AskedFor = new("asked", () =>
    [
        ("subject", Entity),
        ("action", Action),
        ("resource", Entity),
        ("context", Properties),
    ]);

    /// <summary>A condition is asked on the way into a call, so it is bounded far below a rule.</summary>
    private static readonly CelEnvironment Language = new(
        [
            new("caller", Caller), new("resource", Resource), new("permission", CelType.String),
            new("context", Context), new("now", CelType.Timestamp), new("asked", AskedFor),
            new("input", Properties),
        ])
    {
        Result = CelType.Bool,
        Limits = new CelLimits
        {
            SourceLength = SourceMax, Nodes = 200, Depth = 20, Items = 200, TextLength = 4_096, Cost = 2_000,
            PatternLength = 200, PatternTimeMs = 10,
        },
    };

    private readonly RecentlyUsed<string, Compiled> programs = new(ProgramsKept);

    private sealed class Compiled
    {
        public CelProgram? Program { get; set; }
    }

    /// <summary>What is wrong with a condition, as problems of the field.</summary>
    public static IEnumerable<FieldProblem> Check(string source, string pointer) =>
        Language.Compile(source).Errors.Select(error => new FieldProblem(
            pointer, "cel_error", $"Line {error.Line}, column {error.Column}: {error.Message}",
            error.Hint ?? "Use caller, resource, permission, context, now, input and asked, and make it true or false."));

    /// <summary>Whether it is true of a question.</summary>
    public bool Holds(string source, GrantQuestion question, IReadOnlyList<GroupId> groups) =>
        Program(source) is { } program && program.Evaluate(new Activation(question, groups)).IsTrue;

    /// <summary>Whether it is true or false of a question; null where it cannot be answered.</summary>
    public bool? Answer(string source, GrantQuestion question, IReadOnlyList<GroupId> groups)
    {
        var answer = Program(source)?.Evaluate(new Activation(question, groups));
        return answer is { IsError: false } known ? known.IsTrue : null;
    }

    /// <summary>Whether it may speak of the body of a call, which is not read yet when a call is decided first.</summary>
    public static bool LooksAtInput(string source) => source.Contains("input", StringComparison.Ordinal);

    /// <summary>The error of a condition that cannot be answered; null where it is true or false.</summary>
    public string? Error(string source, GrantQuestion question, IReadOnlyList<GroupId> groups) =>
        Program(source)?.Evaluate(new Activation(question, groups)) is { IsError: true } failed
            ? failed.AsError.Message
            : null;

    private CelProgram? Program(string source)
    {
        var compiled = programs.Of(source);
        return compiled.Program ??= Language.Compile(source).Program;
    }

    private sealed class Activation(GrantQuestion question, IReadOnlyList<GroupId> groups) : ICelActivation
    {
        public CelValue Variable(int index) => index switch
        {
            CallerAt => CelValue.Of(new Part(Caller, CallerField)),
            ResourceAt => CelValue.Of(new Part(Resource, ResourceField)),
            PermissionAt => CelValue.Of(question.Permission.Name),
            ContextAt => CelValue.Of(new Part(Context, ContextField)),
            AskedAt => question.Asked is { } asked
                ? CelValue.Of(new Part(AskedFor, name => AskedField(asked, name)))
                : CelValue.Fail("This is a call, about which nobody has told anything."),
            InputAt => question.Input is { } input
                ? CelJson.Of(input.ValueKind is JsonValueKind.Object ? input : Empty)
                : CelValue.Fail("There is no call here whose body could be looked at."),
            _ => CelValue.Of(question.Now),
        };

        private CelValue CallerField(string name) => name switch
        {
            "id" => CelValue.OfKnown(question.Subject.Id),
            "kind" => CelValue.OfKnown(Wire.Name(question.Subject.Kind)),
            "agent_id" => CelValue.Of(question.Subject.Agent?.Value),
            "tenant_role" => question.Role is { } role ? CelValue.OfKnown(Wire.Name(role)) : CelValue.Null,
            _ => CelValue.Of([.. groups.Select(group => CelValue.OfKnown(group.Value))]),
        };

        private CelValue ResourceField(string name) => name switch
        {
            "tenant_id" => CelValue.OfKnown(question.Tenant.Value),
            "app_id" => CelValue.Of(question.Resource.App?.Value),
            "workspace_id" => CelValue.Of(question.Resource.Workspace?.Value),
            "collection" => CelValue.Of(question.Resource.Collection),
            _ => CelValue.Of(question.Resource.Record?.Value),
        };

        private static CelValue AskedField(AskedAttributes asked, string name) => name switch
        {
            "subject" => EntityOf(asked.Subject),
            "action" => CelValue.Of(new Part(Action, field =>
                field == "name" ? CelValue.Of(asked.Action) : CelJson.Of(asked.ActionProperties))),
            "resource" => EntityOf(asked.Resource),
            _ => CelJson.Of(asked.Context),
        };

        private static CelValue EntityOf(AskedEntity entity) => CelValue.Of(new Part(Entity, field => field switch
        {
            "type" => CelValue.Of(entity.Type),
            "id" => CelValue.Of(entity.Id),
            _ => CelJson.Of(entity.Properties),
        }));

        private CelValue ContextField(string name) =>
            CelValue.Of(name == "operation" ? question.Operation : question.Address);
    }

    private sealed class Part(CelObjectType type, Func<string, CelValue> field) : ICelObject
    {
        public CelObjectType Type => type;

        public CelValue Field(CelField wanted) => field(wanted.Name);
    }
}
