using System.Collections.Frozen;
using System.Text.Json;
using Castellan.Contracts.Rules;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.JsonSchema;
using Castellan.Platform.Storage;

namespace Castellan.Contracts;

/// <summary>
/// A collection that is ready to serve: its tables, its schema as a validator, its rules as predicates. Made once per
/// version of a contract; nothing of it changes.
/// </summary>
internal sealed class CompiledCollection(
    Collection collection, TableName table, TableName history, CompiledSchema schema, CelObjectType recordType,
    RuleSet rules, IReadOnlyList<BackReference> backReferences,
    Func<string, SqlCompilation> filters)
{
    private readonly FrozenDictionary<string, int> indexes = collection.Fields
        .Select((field, index) => KeyValuePair.Create(field.Name, index)).ToFrozenDictionary();

    public Collection Collection => collection;

    public string Name => collection.Name;

    public TableName Table => table;

    public TableName History => history;

    public CompiledSchema Schema => schema;

    /// <summary>Records as rules see them.</summary>
    public CelObjectType RecordType => recordType;

    public RuleSet Rules => rules;

    /// <summary>Who refers here: what a delete has to look at.</summary>
    public IReadOnlyList<BackReference> BackReferences => backReferences;

    /// <summary>Fields with a default.</summary>
    public IReadOnlyList<Field> Defaults { get; } =
        [.. collection.Fields.Where(f => f.Default.ValueKind is not JsonValueKind.Undefined)];

    /// <summary>A client's filter over these records.</summary>
    public SqlCompilation CompileFilter(string source) => filters(source);

    /// <summary>A field's place, or -1.</summary>
    public int IndexOf(string field) => indexes.GetValueOrDefault(field, -1);
}

/// <summary>A reference as the collection sees it that it leads to.</summary>
internal sealed record BackReference(string Collection, Reference Reference);
