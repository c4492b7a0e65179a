using System.Diagnostics;
using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Cel;

namespace Castellan.Access.Granting;

/// <summary>What conditions see of one question; the same for all of them, however many are asked.</summary>
internal sealed class ConditionFacts(GrantQuestion question, IReadOnlyList<GroupId> groups) : ICelActivation
{
    private const int CallerAt = 0;
    private const int ResourceAt = 1;
    private const int PermissionAt = 2;
    private const int ContextAt = 3;
    private const int AskedAt = 5;
    private const int InputAt = 6;

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

    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    /// <summary>In the order of their places.</summary>
    public static IReadOnlyList<CelVariable> Variables { get; } =
    [
        new("caller", Caller), new("resource", Resource), new("permission", CelType.String), new("context", Context),
        new("now", CelType.Timestamp), new("asked", AskedFor), new("input", Properties),
    ];

    /// <summary>For all conditions with patterns of one question: one that is slow leaves none for others.</summary>
    private static readonly TimeSpan PatternsMax = TimeSpan.FromMilliseconds(20);

    private TimeSpan inPatterns;
    private Part? caller;
    private Part? resource;
    private Part? context;
    private string? kind;

    public CelValue EvaluateInTime(CelProgram program)
    {
        if (inPatterns > PatternsMax) return CelValue.Fail("Patterns of other conditions took too long.");
        var began = Stopwatch.GetTimestamp();
        var answer = program.Evaluate(this);
        inPatterns += Stopwatch.GetElapsedTime(began);
        return answer;
    }

    public CelValue Variable(int index) => index switch
    {
        CallerAt => CelValue.Of(caller ??= new Part(Caller, CallerField)),
        ResourceAt => CelValue.Of(resource ??= new Part(Resource, ResourceField)),
        PermissionAt => CelValue.Of(question.Permission.Name),
        ContextAt => CelValue.Of(context ??= new Part(Context, ContextField)),
        AskedAt => Asked(),
        InputAt => Input(),
        _ => CelValue.Of(question.Now),
    };

    private CelValue Asked() => question.Asked is { } asked
        ? CelValue.Of(new Part(AskedFor, name => AskedField(asked, name)))
        : CelValue.Fail("This is a call, about which nobody has told anything.");

    private CelValue Input() => question.Input is { } input
        ? CelJson.Of(input.ValueKind is JsonValueKind.Object ? input : Empty)
        : CelValue.Fail("There is no call here whose body could be looked at.");

    private CelValue CallerField(string name) => name switch
    {
        "id" => CelValue.OfKnown(question.Subject.Id),
        "kind" => CelValue.OfKnown(kind ??= Wire.Name(question.Subject.Kind)),
        "agent_id" => CelValue.Of(question.Subject.Agent?.Value),
        "tenant_role" => question.Role is { } role ? CelValue.OfKnown(Wire.Name(role)) : CelValue.Null,
        _ => Groups(),
    };

    private CelValue Groups() => CelValue.Of([.. groups.Select(group => CelValue.OfKnown(group.Value))]);

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

    private sealed class Part(CelObjectType type, Func<string, CelValue> field) : ICelObject
    {
        public CelObjectType Type => type;

        public CelValue Field(CelField wanted) => field(wanted.Name);
    }
}
