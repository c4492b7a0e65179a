namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>What is wrong with a schema, in the order in which it was found.</summary>
internal sealed class SchemaErrors
{
    private readonly List<SchemaFailure> all = [];

    public IReadOnlyList<SchemaFailure> All => all;

    public bool Any => all.Count > 0;

    public bool IsFull => all.Count >= SchemaLimits.Errors;

    public void Add(SchemaFailure error)
    {
        if (all.Count < SchemaLimits.Errors && !all.Contains(error)) all.Add(error);
    }

    public void Add(string pointer, string code, string detail, string fix) =>
        Add(new SchemaFailure(pointer, code, detail, fix));
}
