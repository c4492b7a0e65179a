using System.Text.Json;
using Castellan.Platform.Json;
using Castellan.Platform.JsonSchema.Checks;
using Castellan.Platform.JsonSchema.Formats;
using Castellan.Platform.JsonSchema.Patterns;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>Reads one schema object, whose shape the walker has checked, into the checks of its node.</summary>
internal sealed class NodeBuilder(SchemaCompiler compiler, SchemaPlace place, DynamicScope scope, SchemaNode node)
{
    private readonly NodeParts parts = new();

    private Vocabularies Vocabularies => place.Resource.Vocabularies;

    public NodeParts Build()
    {
        if (Vocabularies.HasFlag(Vocabularies.Validation))
        {
            AddType();
            AddValues();
            AddTexts();
            AddNumbers();
            AddCounts();
            AddDependentRequired();
        }
        AddMembers();
        AddFormat();
        AddReferences();
        if (Vocabularies.HasFlag(Vocabularies.Applicator))
        {
            AddItems();
            AddContains();
            AddBranches();
            AddDependentSchemas();
        }
        if (Vocabularies.HasFlag(Vocabularies.Unevaluated)) AddUnevaluated();
        return parts;
    }

    private bool Has(string keyword, out JsonElement value) => place.Value.TryGetProperty(keyword, out value);

    private int Count(string keyword, int standard) =>
        Has(keyword, out var value) && ExactNumber.TryReadCount(value, out var count) ? count : standard;

    private SchemaNode? Child(string keyword) => Has(keyword, out var value) ? Part($"/{keyword}", value) : null;

    private SchemaNode Part(string pointer, in JsonElement value) => compiler.Node(place.Within(pointer, value), scope);

    /// <summary>As <see cref="Part"/>, for a schema that applies to the same value.</summary>
    private SchemaNode Branch(string pointer, in JsonElement value)
    {
        var branch = Part(pointer, value);
        compiler.Applies(node, branch, place, pointer[1..]);
        return branch;
    }

    private SchemaNode[] Branches(string keyword, in JsonElement list)
    {
        var index = 0;
        var branches = new SchemaNode[list.GetArrayLength()];
        foreach (var item in list.EnumerateArray())
        {
            branches[index] = Branch($"/{keyword}/{index}", item);
            index++;
        }
        return branches;
    }

    private void AddType()
    {
        if (!Has("type", out var type)) return;
        parts.Types = type.ValueKind is JsonValueKind.String
            ? TypeSet.Parse(type.GetString()!)
            : type.EnumerateArray().Aggregate(JsonTypes.None, (all, one) => all | TypeSet.Parse(one.GetString()!));
    }

    private void AddValues()
    {
        if (Has("enum", out var list)) parts.ForAll.Add(new EnumCheck(list.EnumerateArray()));
        if (Has("const", out var value)) parts.ForAll.Add(new EnumCheck([value]) { IsConst = true });
    }

    private void AddTexts()
    {
        var (min, max) = (Count("minLength", 0), Count("maxLength", int.MaxValue));
        if (min > 0 || max < int.MaxValue) parts.ForTexts.Add(new LengthCheck(min, max));
        if (Has("pattern", out var pattern))
            parts.ForTexts.Add(new PatternCheck(new Pattern(pattern.GetString()!, compiler.Options.PatternMs)));
    }

    private void AddFormat()
    {
        var isAsserted = Vocabularies.HasFlag(Vocabularies.FormatAssertion)
            || (compiler.Options.AssertFormats && Vocabularies.HasFlag(Vocabularies.FormatAnnotation));
        if (isAsserted && Has("format", out var name) && Format.Find(name.GetString()!) is { } format)
            parts.ForTexts.Add(new FormatCheck(format));
    }

    private void AddNumbers()
    {
        if (Has("minimum", out var min)) parts.ForNumbers.Add(new LeastCheck(new ExactNumber(min), isExclusive: false));
        if (Has("exclusiveMinimum", out var above))
            parts.ForNumbers.Add(new LeastCheck(new ExactNumber(above), isExclusive: true));
        if (Has("maximum", out var max)) parts.ForNumbers.Add(new MostCheck(new ExactNumber(max), isExclusive: false));
        if (Has("exclusiveMaximum", out var below))
            parts.ForNumbers.Add(new MostCheck(new ExactNumber(below), isExclusive: true));
        if (Has("multipleOf", out var step)) parts.ForNumbers.Add(new MultipleCheck(new ExactNumber(step)));
    }

    private void AddCounts()
    {
        var (minItems, maxItems) = (Count("minItems", 0), Count("maxItems", int.MaxValue));
        if (minItems > 0 || maxItems < int.MaxValue) parts.ForLists.Add(new ItemCountCheck(minItems, maxItems));
        var (minMembers, maxMembers) = (Count("minProperties", 0), Count("maxProperties", int.MaxValue));
        if (minMembers > 0 || maxMembers < int.MaxValue)
            parts.ForObjects.Add(new MemberCountCheck(minMembers, maxMembers));
        if (Has("uniqueItems", out var unique) && unique.ValueKind is JsonValueKind.True)
            parts.ForLists.Add(new UniqueCheck());
    }

    private void AddDependentRequired()
    {
        if (!Has("dependentRequired", out var lists)) return;
        foreach (var member in lists.EnumerateObject())
            parts.ForObjects.Add(new DependentRequiredCheck(member.Name, Texts(member.Value)));
    }

    private void AddMembers()
    {
        var isApplied = Vocabularies.HasFlag(Vocabularies.Applicator);
        var isRequired = Vocabularies.HasFlag(Vocabularies.Validation);
        var required = isRequired && Has("required", out var list) ? Texts(list) : [];
        var counted = required.Take(ObjectCheck.RequiredMax).ToArray();
        if (required.Length > counted.Length)
            parts.ForObjects.Add(new RequiredCheck(required[counted.Length..]));

        var declared = new Dictionary<string, SchemaNode>();
        var byPattern = new List<(Pattern, SchemaNode)>();
        if (isApplied && Has("properties", out var properties))
        {
            foreach (var (name, child) in Children("properties", properties)) declared[name] = child;
        }
        if (isApplied && Has("patternProperties", out var patterns))
        {
            foreach (var (pattern, child) in Children("patternProperties", patterns))
                byPattern.Add((new Pattern(pattern, compiler.Options.PatternMs), child));
        }
        var additional = isApplied ? Child("additionalProperties") : null;
        var naming = isApplied ? Child("propertyNames") : null;
        if (counted.Length + declared.Count + byPattern.Count == 0 && additional is null && naming is null) return;

        string[] names = [.. counted, .. declared.Keys.Except(counted)];
        SchemaNode?[] nodes = [.. names.Select(declared.GetValueOrDefault)];
        parts.ForObjects.Add(new ObjectCheck(names, nodes, counted.Length)
        {
            ByPattern = [.. byPattern],
            Additional = additional,
            Names = naming,
        });
    }

    private IEnumerable<(string Name, SchemaNode Node)> Children(string keyword, JsonElement map)
    {
        foreach (var member in map.EnumerateObject())
            yield return (member.Name, Part($"/{keyword}/{Pointer.Escape(member.Name)}", member.Value));
    }

    private static string[] Texts(in JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    private void AddReferences()
    {
        foreach (var keyword in (ReadOnlySpan<string>)["$ref", "$dynamicRef"])
        {
            if (!Has(keyword, out var reference)) continue;
            if (compiler.Referenced(place, scope, keyword, reference.GetString()!) is not { } target) continue;
            compiler.Applies(node, target, place, keyword);
            parts.ForAll.Add(new AlsoCheck(target));
        }
    }

    private void AddItems()
    {
        SchemaNode[] first = [];
        if (Has("prefixItems", out var list))
            first = [.. list.EnumerateArray().Select((item, index) => Part($"/prefixItems/{index}", item))];
        var others = Child("items");
        if (first.Length > 0 || others is not null) parts.ForLists.Add(new ItemsCheck(first, others));
    }

    private void AddContains()
    {
        if (Child("contains") is not { } child) return;
        var isCounted = Vocabularies.HasFlag(Vocabularies.Validation);
        var (min, max) = isCounted ? (Count("minContains", 1), Count("maxContains", int.MaxValue)) : (1, int.MaxValue);
        parts.ForLists.Add(new ContainsCheck(child, min, max));
    }

    private void AddBranches()
    {
        if (Has("allOf", out var all))
        {
            foreach (var branch in Branches("allOf", all)) parts.ForAll.Add(new AlsoCheck(branch));
        }
        if (Has("anyOf", out var any)) parts.ForAll.Add(new AnyOfCheck(Branches("anyOf", any)));
        if (Has("oneOf", out var one)) parts.ForAll.Add(new OneOfCheck(Branches("oneOf", one)));
        if (Has("not", out var not)) parts.ForAll.Add(new NotCheck(Branch("/not", not)));
        if (!Has("if", out var condition)) return;
        parts.ForAll.Add(new IfCheck(
            Branch("/if", condition),
            Has("then", out var then) ? Branch("/then", then) : SchemaNode.Anything,
            Has("else", out var otherwise) ? Branch("/else", otherwise) : SchemaNode.Anything));
    }

    private void AddDependentSchemas()
    {
        if (!Has("dependentSchemas", out var map)) return;
        foreach (var member in map.EnumerateObject())
        {
            var branch = Branch($"/dependentSchemas/{Pointer.Escape(member.Name)}", member.Value);
            parts.ForObjects.Add(new DependentSchemaCheck(member.Name, branch));
        }
    }

    private void AddUnevaluated()
    {
        if (Child("unevaluatedItems") is { } items) parts.UnevaluatedItems = new UnevaluatedCheck(items, []);
        if (Child("unevaluatedProperties") is not { } members) return;
        string[] names = Has("properties", out var properties)
            ? [.. properties.EnumerateObject().Select(m => m.Name)]
            : [];
        parts.UnevaluatedMembers = new UnevaluatedCheck(members, names);
    }
}
