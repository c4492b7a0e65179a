using System.Text.Json;
using System.Text.Json.Serialization;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts;

/// <summary>
/// What an app declares of its backend in one reviewed file, <c>castellan.json</c>: checked, with every name resolved.
/// </summary>
internal sealed record Contract(
    IReadOnlyList<AppPermission> Permissions, IReadOnlyList<AppRole> Roles, IReadOnlyList<Collection> Collections)
{
    public static Contract Empty { get; } = new([], [], []);

    public Collection? Find(string collection) => Collections.FirstOrDefault(c => c.Name == collection);

    public AppRole? FindRole(string role) => Roles.FirstOrDefault(r => r.Name == role);
}

/// <summary>Something that roles of the app allow, named by the app: <c>tasks.publish</c>.</summary>
internal sealed record AppPermission(string Name, string Description);

/// <summary>A role of the app, which members of a tenant are given.</summary>
internal sealed record AppRole(string Name, string Description, IReadOnlyList<string> Permissions);

/// <summary>
/// A typed table of an app. <paramref name="Schema"/> is the JSON Schema (2020-12) of what clients write.
/// </summary>
internal sealed record Collection(
    string Name, string Description, JsonElement Schema, IReadOnlyList<Field> Fields,
    IReadOnlyList<Reference> References, IReadOnlyList<CollectionIndex> Indexes, WorkspaceUse Workspaces,
    bool SoftDelete, bool RequireIfMatch, DeclaredRules Rules)
{
    public Field? Find(string field) => Fields.FirstOrDefault(f => f.Name == field);

    public Reference? ReferenceOf(string field) => References.FirstOrDefault(r => r.Field == field);

    public bool HasSecrets => Fields.Any(f => f.Secret);
}

/// <summary>
/// A declared property: a column of its own. Every column may be null; what is required is the schema's to say, so that
/// it can be loosened at once.
/// </summary>
internal sealed record Field(string Name, FieldType Type, JsonElement Schema, bool Required)
{
    /// <summary>Never shown to users, never filtered or sorted by; encrypted at rest.</summary>
    public bool Secret { get; init; }

    /// <summary>What a record gets that is created without it; undefined where there is none.</summary>
    public JsonElement Default { get; init; }

    public Identifier Column => new(Name);
}

/// <summary>How a property is stored and compared.</summary>
internal enum FieldType
{
    /// <summary>Text, compared by code point.</summary>
    String,

    /// <summary>A whole number of 64 bits, within I-JSON's range.</summary>
    Integer,

    /// <summary>A double.</summary>
    Number,

    Boolean,

    /// <summary>RFC 3339 with at most milliseconds; stored as Unix milliseconds.</summary>
    Timestamp,

    /// <summary>An object, a list, or whatever the schema leaves open: JSON.</summary>
    Json,
}

/// <summary>
/// A property that holds another record's id. <paramref name="As"/> is the name by which rules follow it,
/// <paramref name="Back"/> the name of the list in the other direction, where one is declared.
/// </summary>
internal sealed record Reference(string Field, string Collection, string As, string? Back, OnDelete OnDelete);

/// <summary>What happens to a record when the one that it refers to is deleted.</summary>
internal enum OnDelete
{
    /// <summary>The other one cannot be deleted while it is referred to.</summary>
    Restrict,

    /// <summary>It is deleted too.</summary>
    Cascade,

    /// <summary>Its reference is emptied.</summary>
    SetNull,
}

/// <summary>An index within a tenant; a unique one is a key for upserts. Soft-deleted records do not count.</summary>
internal sealed record CollectionIndex(IReadOnlyList<IndexColumn> Columns, bool Unique)
{
    /// <summary>Its identity: unlike a position, it stays when the file is sorted anew.</summary>
    public string Key => (Unique ? "unique:" : "index:") + string.Join(',', Columns);
}

internal sealed record IndexColumn(string Name, bool Descending)
{
    public override string ToString() => Descending ? "-" + Name : Name;
}

/// <summary>Whether records lie in workspaces.</summary>
internal enum WorkspaceUse
{
    None,
    Optional,
    Required,
}

/// <summary>The rules of a collection, as written. Null locks the operation for everybody.</summary>
internal sealed record DeclaredRules(string? List, string? Read, string? Create, string? Update, string? Delete)
{
    public const string Public = "public";

    public IEnumerable<(RuleKind Kind, string? Source)> All =>
    [
        (RuleKind.List, List), (RuleKind.Read, Read), (RuleKind.Create, Create), (RuleKind.Update, Update),
        (RuleKind.Delete, Delete),
    ];

    public string? this[RuleKind kind] => All.First(rule => rule.Kind == kind).Source;
}

/// <summary>What a rule decides about.</summary>
[JsonConverter(typeof(NameConverter<RuleKind>))]
internal enum RuleKind
{
    List,
    Read,
    Create,
    Update,
    Delete,
}
