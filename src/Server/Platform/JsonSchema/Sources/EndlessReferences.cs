using Castellan.Platform.JsonSchema.Checks;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>
/// Finds schemas that come back to themselves on the same value, which would never end (core, section 9.4.1). Through a
/// member or an item they may: instances are finite.
/// </summary>
internal sealed class EndlessReferences
{
    private readonly Dictionary<SchemaNode, List<(SchemaNode To, string Pointer)>> edges = [];

    public void Add(SchemaNode from, SchemaNode to, string pointer)
    {
        if (!edges.TryGetValue(from, out var list)) edges[from] = list = [];
        list.Add((to, pointer));
    }

    /// <summary>Depth first, with a stack of its own, because chains may be long.</summary>
    public void Check(SchemaErrors errors)
    {
        var finished = new HashSet<SchemaNode>();
        var open = new HashSet<SchemaNode>();
        var path = new Stack<(SchemaNode Node, int Next)>();
        foreach (var start in edges.Keys)
        {
            if (!finished.Contains(start)) Push(start);
            while (path.TryPop(out var top))
            {
                var next = edges.GetValueOrDefault(top.Node, []);
                if (top.Next == next.Count)
                {
                    open.Remove(top.Node);
                    finished.Add(top.Node);
                    continue;
                }
                path.Push((top.Node, top.Next + 1));
                var (to, pointer) = next[top.Next];
                if (open.Contains(to))
                {
                    errors.Add(pointer, "endless_reference",
                        "The schema leads back to itself without looking into the value.",
                        "Refer to it from a property or an item, or remove the reference.");
                }
                else if (!finished.Contains(to))
                {
                    Push(to);
                }
            }
        }

        void Push(SchemaNode node)
        {
            open.Add(node);
            path.Push((node, 0));
        }
    }
}
