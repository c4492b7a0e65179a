using System.Text.Json;
using Castellan.Platform.JsonSchema;

namespace Castellan.Tests.Platform.JsonSchema;

/// <summary>Short ways to compile and to ask, with formats asserted.</summary>
internal static class Schemas
{
    private static readonly JsonSchemaOptions Options = new() { AssertFormats = true };

    public static CompiledSchema Of(string schema, JsonSchemaOptions? options = null)
    {
        var (compiled, errors) = CompiledSchema.Compile(JsonElement.Parse(schema), options ?? Options);
        return compiled ?? throw new InvalidOperationException(string.Join("\n", errors));
    }

    public static IReadOnlyList<SchemaFailure> Errors(string schema) =>
        CompiledSchema.Compile(JsonElement.Parse(schema), Options).Errors;

    public static IReadOnlyList<SchemaFailure> Failures(string schema, string instance) =>
        Of(schema).Validate(JsonElement.Parse(instance));

    public static bool Accepts(this CompiledSchema schema, string instance) =>
        schema.IsValid(JsonElement.Parse(instance));
}
