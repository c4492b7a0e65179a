using System.Text.Json;
using Castellan.Platform.JsonSchema.Checks;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>
/// Turns schemas into nodes, each once for each dynamic scope that it is reached in. Works through a queue, so that
/// long chains of references take no stack.
/// </summary>
internal sealed class SchemaCompiler
{
    private readonly Dictionary<(SchemaDocument, string, DynamicScope), SchemaNode> nodes = [];
    private readonly Queue<(SchemaPlace Place, DynamicScope Scope, SchemaNode Node)> pending = new();
    private readonly SchemaErrors errors = new();
    private readonly SchemaRegistry registry;
    private readonly EndlessReferences endless = new();

    public SchemaCompiler(JsonSchemaOptions options)
    {
        Options = options;
        registry = new SchemaRegistry(options, errors);
    }

    public JsonSchemaOptions Options { get; }

    public (SchemaNode? Node, IReadOnlyList<SchemaFailure> Errors) Compile(JsonElement schema)
    {
        if (!WellFormedText.Is(schema))
        {
            errors.Add("", "lone_surrogate", "The schema holds a lone surrogate.",
                "Remove it: it is half a character.");
            return (null, errors.All);
        }
        var main = registry.Main(schema);
        if (errors.Any) return (null, errors.All);
        var root = Node(main, DynamicScope.Outermost());
        while (pending.TryDequeue(out var next) && !errors.IsFull)
            next.Node.Fill(new NodeBuilder(this, next.Place, next.Scope, next.Node).Build());
        if (!errors.Any) endless.Check(errors);
        if (!errors.Any && Options.Strict) CheckDefaults();
        return errors.Any ? (null, errors.All) : (root, []);
    }

    private void CheckDefaults()
    {
        foreach (var ((document, pointer, _), node) in nodes)
        {
            if (!document.Walked[pointer].Value.TryGetProperty("default", out var value)) continue;
            var run = default(Run);
            if (node.IsValid(value, ref run, seen: null)) continue;
            var report = new Report(max: 1);
            node.Explain(value, Place.Root, report);
            var why = report.Finish(run.Stopped)[0];
            errors.Add(document.Shown($"{pointer}/default"), "default_not_valid",
                $"The default does not satisfy its own schema: {why.Detail}", why.Fix);
        }
    }

    /// <summary>The node of a schema, which may be filled only later.</summary>
    public SchemaNode Node(SchemaPlace place, DynamicScope scope)
    {
        if (place.Value.ValueKind is JsonValueKind.True) return SchemaNode.Anything;
        if (place.Value.ValueKind is not JsonValueKind.Object) return SchemaNode.Nothing;
        var inner = scope.Enter(place.Resource);
        var key = (place.Resource.Document, place.Pointer, inner);
        if (nodes.TryGetValue(key, out var known)) return known;
        if (nodes.Count >= SchemaLimits.Nodes)
        {
            errors.Add(place.Shown, "schema_too_large", $"The schema compiles to more than {SchemaLimits.Nodes} parts.",
                "Simplify it.");
            return SchemaNode.Nothing;
        }
        var node = nodes[key] = new SchemaNode();
        pending.Enqueue((place, inner, node));
        return node;
    }

    /// <summary>
    /// The node that a <c>$ref</c> or <c>$dynamicRef</c> means; null, with an error, where there is none.
    /// </summary>
    public SchemaNode? Referenced(SchemaPlace from, DynamicScope scope, string keyword, string reference)
    {
        if (registry.Resolve(from, reference, keyword) is not { } target) return null;
        var isDynamic = keyword == "$dynamicRef" && target.DynamicAnchor is not null;
        return Node(isDynamic ? scope.Find(target.DynamicAnchor!) ?? target.Place : target.Place, scope);
    }

    /// <summary>Notes that one schema applies another to the same value.</summary>
    public void Applies(SchemaNode from, SchemaNode to, SchemaPlace place, string keyword) =>
        endless.Add(from, to, $"{place.Shown}/{keyword}");
}
