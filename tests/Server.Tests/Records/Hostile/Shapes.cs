using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>What a property holds. A mark is text that names the record; a choice is one of few words.</summary>
internal enum Kind
{
    Mark,
    Choice,
    Whole,
    Number,
    Flag,
    Time,
    Json,
    Secret,
    Reference,
}

internal sealed record FieldShape(string Name, Kind Kind, bool Required = false)
{
    public static readonly string[] Choices = ["held", "open", "shut"];

    public JsonObject Schema => Kind switch
    {
        Kind.Mark => new() { ["type"] = "string", ["maxLength"] = 200 },
        Kind.Choice => new() { ["enum"] = new JsonArray([.. Choices.Select(c => (JsonNode)c)]) },
        Kind.Whole => new() { ["type"] = "integer" },
        Kind.Number => new() { ["type"] = "number" },
        Kind.Flag => new() { ["type"] = "boolean" },
        Kind.Time => new() { ["type"] = "string", ["format"] = "date-time" },
        Kind.Json => new() { ["type"] = "object" },
        Kind.Secret => new() { ["type"] = "string" },
        _ => new() { ["type"] = "string", ["maxLength"] = 60 },
    };

    /// <summary>A field that has values which filters and rules compare plainly.</summary>
    public bool IsPlain => Kind is not (Kind.Json or Kind.Secret);
}

/// <summary>A property that holds the id of a record: how rules follow it, and how they come back.</summary>
internal sealed record ReferenceShape(string Field, string Target, string As, string? Back, string OnDelete);

/// <summary>A rule: a term, the one word <c>public</c>, or nothing where it is null.</summary>
internal sealed record Law(Term? Term)
{
    public bool IsPublic => Term is null;

    public string Cel => Term?.Cel("record") ?? "public";
}

internal sealed record CollectionShape(
    string Name, IReadOnlyList<FieldShape> Fields, IReadOnlyList<ReferenceShape> References,
    IReadOnlyList<string[]> Unique, string Workspace, bool SoftDelete, bool WantsIfMatch)
{
    public Dictionary<string, Law> Laws { get; } = [];

    public Law? Law(string word) => Laws.GetValueOrDefault(word);

    public bool HasWorkspaces => Workspace != "none";

    public bool ReadsOld { get; set; }

    /// <summary>Every name that an answer may show.</summary>
    public IEnumerable<string> Shown =>
    [
        "id", "tenant_id", .. HasWorkspaces ? new[] { "workspace_id" } : [], "owner_id", "version", "created_at",
        "updated_at", .. Fields.Where(f => f.Kind is not Kind.Secret).Select(f => f.Name),
    ];

    public JsonObject Document => new()
    {
        ["schema"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(Fields.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)f.Schema))),
            ["required"] = Texts(Fields.Where(f => f.Required).Select(f => f.Name)),
        },
        ["references"] = new JsonObject(References.Select(r => KeyValuePair.Create(r.Field, (JsonNode?)Described(r)))),
        ["unique"] = new JsonArray([.. Unique.Select(Texts)]),
        ["indexes"] = new JsonArray(Texts(["f1", "-f0"])),
        ["secret"] = Texts(Fields.Where(f => f.Kind is Kind.Secret).Select(f => f.Name)),
        ["workspace"] = Workspace,
        ["soft_delete"] = SoftDelete,
        ["require_if_match"] = WantsIfMatch,
        ["rules"] = new JsonObject(Laws.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value.Cel))),
    };

    private static JsonObject Described(ReferenceShape reference)
    {
        var described = new JsonObject
        {
            ["collection"] = reference.Target,
            ["on_delete"] = reference.OnDelete,
            ["as"] = reference.As,
        };
        if (reference.Back is { } back) described["back"] = back;
        return described;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)t)]);
}

internal sealed record ContractShape(IReadOnlyList<CollectionShape> Collections)
{
    /// <summary>Roles of the app, each with one permission of the same name.</summary>
    public static readonly string[] Roles = ["clerk", "judge"];

    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string ToString() => Document.ToJsonString(Plain);

    public CollectionShape Of(string name) => Collections.First(c => c.Name == name);

    /// <summary>Who refers to a collection, in the order of the contract.</summary>
    public IEnumerable<(CollectionShape Shape, ReferenceShape Reference)> ReferencesTo(CollectionShape shape) =>
        from other in Collections
        from reference in other.References
        where reference.Target == shape.Name
        select (other, reference);

    /// <summary>What confirms, in live, that it is open.</summary>
    public IEnumerable<string> Opened => Collections.SelectMany(c =>
        c.Laws.Where(l => l.Value.IsPublic).Select(l => $"public {c.Name}.{l.Key}"));

    public JsonObject Document => new()
    {
        ["castellan"] = 1,
        ["permissions"] = new JsonObject(Roles.Select(r => KeyValuePair.Create($"{r}.act", (JsonNode?)"May act."))),
        ["roles"] = new JsonObject(Roles.Select(r => KeyValuePair.Create(
            r, (JsonNode?)new JsonObject { ["permissions"] = new JsonArray($"{r}.act") }))),
        ["collections"] = new JsonObject(Collections.Select(c => KeyValuePair.Create(c.Name, (JsonNode?)c.Document))),
    };
}
