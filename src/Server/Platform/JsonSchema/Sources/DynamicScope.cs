namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>
/// What each dynamic anchor means at a point of an evaluation: the schema of the outermost resource that has it (core,
/// section 8.2.3.2). Known while compiling: a schema that is reached in two scopes is compiled twice, and a dynamic
/// reference costs no more at run time than another.
/// </summary>
internal sealed class DynamicScope
{
    private readonly Dictionary<Resource, DynamicScope> entered = [];
    private readonly SortedDictionary<string, SchemaPlace> anchors;
    private readonly Dictionary<string, DynamicScope> interned;

    private DynamicScope(SortedDictionary<string, SchemaPlace> anchors, Dictionary<string, DynamicScope> interned) =>
        (this.anchors, this.interned) = (anchors, interned);

    public static DynamicScope Outermost() => new(new(StringComparer.Ordinal), []);

    public SchemaPlace? Find(string anchor) => anchors.GetValueOrDefault(anchor);

    /// <summary>The scope inside a resource; the same object for the same meaning.</summary>
    public DynamicScope Enter(Resource resource)
    {
        if (entered.TryGetValue(resource, out var known)) return known;
        var inner = new SortedDictionary<string, SchemaPlace>(anchors, StringComparer.Ordinal);
        foreach (var (name, place) in resource.DynamicAnchors) inner.TryAdd(name, place);
        return entered[resource] = inner.Count == anchors.Count ? this : Interned(inner);
    }

    private DynamicScope Interned(SortedDictionary<string, SchemaPlace> inner)
    {
        var key = string.Join('\n', inner.Select(a => $"{a.Key} {a.Value.Resource.Uri} {a.Value.Pointer}"));
        if (!interned.TryGetValue(key, out var scope)) interned[key] = scope = new DynamicScope(inner, interned);
        return scope;
    }
}
