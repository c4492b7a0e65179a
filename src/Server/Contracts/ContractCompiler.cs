using System.Security.Cryptography;
using System.Text.Json;
using Castellan.Contracts.Rewrites;
using Castellan.Contracts.Rules;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Json;
using Castellan.Platform.JsonSchema;

namespace Castellan.Contracts;

/// <summary>
/// Turns a document into a contract that can be worked with, or into all its problems at once: its shape by the
/// published schema, its names by <see cref="ContractReader"/>, its schemas and rules by compiling them.
/// </summary>
internal sealed class ContractCompiler(TableNames names)
{
    /// <summary>Lower-case hex of the SHA-256 of the document's canonical form (RFC 8785).</summary>
    public static string HashOf(JsonElement document) =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Write(document)));

    /// <summary>The contract of a document, or the refusal that lists its problems.</summary>
    public Contract Compile(JsonElement document)
    {
        var shape = ContractSchema.Compiled.Validate(document);
        if (shape.Count > 0) throw Refused(shape.Select(f => new FieldProblem(f.Pointer, f.Code, f.Detail, f.Fix)));
        var (contract, problems) = ContractReader.Read(document);
        // Rules may name what is not there; that is said once, by the reader.
        if (problems.Count > 0) throw Refused(problems);
        var found = new List<FieldProblem>();
        CompileCollections(contract, number: 0, Strict, found);
        return found.Count == 0 ? contract : throw Refused(found);
    }

    /// <summary>The contract of a version that was applied, and so is known to be good.</summary>
    public static Contract Trusted(ContractVersion version) =>
        ContractReader.Read(JsonElement.Parse(version.Document)).Contract;

    /// <summary>A version that was applied, ready to serve.</summary>
    public ContractInForce Activate(
        AppId app, string environment, ContractVersion version, TableStates tables)
    {
        var contract = Trusted(version);
        var problems = new List<FieldProblem>();
        var collections = CompileCollections(contract, version.Number, AsApplied, problems);
        return problems.Count == 0
            ? new ContractInForce(
                app, environment, version.Number, version.Revision, version.Version, contract, collections,
                tables)
            : throw new InvalidOperationException($"An applied contract has a problem at {problems[0].Pointer}.");
    }

    private Dictionary<string, CompiledCollection> CompileCollections(
        Contract contract, long number, JsonSchemaOptions options, List<FieldProblem> problems)
    {
        var types = new RuleTypes(contract);
        var rules = new RuleCompiler(contract, types, names, number);
        var compiled = new Dictionary<string, CompiledCollection>();
        foreach (var collection in contract.Collections)
        {
            var at = $"/collections/{collection.Name}";
            var set = rules.Compile(collection, problems);
            var (schema, errors) = CompiledSchema.Compile(Closed(collection.Schema), options);
            problems.AddRange(errors.Select(e => new FieldProblem($"{at}/schema{e.Pointer}", e.Code, e.Detail, e.Fix)));
            if (schema is null) continue;
            compiled[collection.Name] = new CompiledCollection(
                collection, names.Records(number, collection.Name), names.History(number, collection.Name), schema,
                types.RecordOf(collection.Name), set,
                [.. contract.Collections.SelectMany(other => other.References
                    .Where(r => r.Collection == collection.Name).Select(r => new BackReference(other.Name, r)))],
                source => rules.CompileFilter(collection, source));
        }
        return compiled;
    }

    /// <summary>What was applied once goes on to serve, however strictly new documents are read.</summary>
    private static readonly JsonSchemaOptions AsApplied = new() { AssertFormats = true };

    private static readonly JsonSchemaOptions Strict = AsApplied with { Strict = true };

    /// <summary>Properties that are not declared have no column, whatever the schema says of them.</summary>
    private static JsonElement Closed(JsonElement schema)
    {
        if (schema.TryGetProperty("additionalProperties", out _)) return schema;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in schema.EnumerateObject()) member.WriteTo(writer);
            writer.WriteBoolean("additionalProperties", false);
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.ToArray());
    }

    private static Refusal Refused(IEnumerable<FieldProblem> problems) =>
        new(GateProblems.InputInvalid.With() with
        {
            Errors =
            [
                .. problems.Take(Platform.Limits.ProblemsPerBody)
                    .Select(p => p with { Pointer = "/contract" + p.Pointer }),
            ],
        });
}

/// <summary>
/// The published JSON Schema of castellan.json: editors and models complete by it, and it judges documents.
/// </summary>
internal static class ContractSchema
{
    public static readonly byte[] Text = Read();

    public static readonly CompiledSchema Compiled =
        CompiledSchema.Compile(JsonElement.Parse(Text)).Schema
        ?? throw new InvalidOperationException("The published schema of contracts is not valid.");

    private static byte[] Read()
    {
        using var stream = typeof(ContractSchema).Assembly.GetManifestResourceStream("contract.schema.json")!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
