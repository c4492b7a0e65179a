using System.Text.Json;
using Castellan.Platform.JsonSchema.Checks;
using Castellan.Platform.JsonSchema.Sources;

namespace Castellan.Platform.JsonSchema;

/// <summary>
/// A JSON Schema of draft 2020-12, ready to run. Immutable and safe for many threads. It keeps copies of what it needs
/// of the schema, so the document that it came from may be disposed.
/// </summary>
internal sealed class CompiledSchema
{
    private readonly SchemaNode root;

    private CompiledSchema(SchemaNode root) => this.root = root;

    /// <summary>
    /// The schema, or what is wrong with it: at least one and at most <see cref="SchemaLimits.Errors"/> errors, each
    /// with a pointer into the schema. Never throws for any JSON value.
    /// </summary>
    public static (CompiledSchema? Schema, IReadOnlyList<SchemaFailure> Errors) Compile(
        JsonElement schema, JsonSchemaOptions? options = null)
    {
        var (node, errors) = new SchemaCompiler(options ?? JsonSchemaOptions.Default).Compile(schema.Clone());
        return node is null ? (null, errors) : (new CompiledSchema(node), []);
    }

    /// <summary>Stops at the first failure and allocates nothing, but for what matching a pattern needs.</summary>
    public bool IsValid(JsonElement instance)
    {
        var run = default(Run);
        return root.IsValid(instance, ref run, seen: null) && run.Stopped == StopReason.None;
    }

    /// <summary>
    /// Every failure, at most <see cref="Limits.ProblemsPerBody"/>, in the order of the instance; empty exactly when
    /// <see cref="IsValid"/>. A valid instance costs no more than that; another is read a second time.
    /// </summary>
    public IReadOnlyList<SchemaFailure> Validate(JsonElement instance)
    {
        var run = default(Run);
        var holds = root.IsValid(instance, ref run, seen: null);
        if (holds && run.Stopped == StopReason.None) return [];

        var report = new Report(Limits.ProblemsPerBody);
        if (run.Stopped == StopReason.None) root.Explain(instance, Place.Root, report);
        return report.Finish(run.Stopped);
    }
}
