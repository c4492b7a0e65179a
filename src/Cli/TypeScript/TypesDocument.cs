using System.Text;
using System.Text.Json;
using Castellan.Cli.Contracts;

namespace Castellan.Cli.TypeScript;

/// <summary>
/// The file of types: for each collection what is read, inserted and sent as a patch, and one interface that names them
/// all. The same contract always gives the same text.
/// </summary>
internal sealed class TypesDocument
{
    private const string Head = """
        // Made by `castellan types` from castellan.json. Do not edit: change the contract and make it again.


        """;

    private const string PatchType = """

        /** A JSON Merge Patch (RFC 7396) of what is nested: what is left out stays, null clears, lists are replaced. */
        export type Patch<T> = T extends readonly unknown[]
          ? T
          : T extends object ? { [Name in keyof T]?: Patch<T[Name]> | null } : T;

        """;

    private readonly StringBuilder text = new(Head);
    private readonly TypeNames names;
    private bool needsPatch;

    private TypesDocument(DeclaredContract contract) => names = new TypeNames(contract.Collections);

    public static string Of(DeclaredContract contract)
    {
        var document = new TypesDocument(contract);
        foreach (var collection in contract.Collections) document.Add(collection);
        document.AddCollections(contract.Collections);
        if (document.needsPatch) document.text.Append(PatchType);
        return document.text.ToString();
    }

    private void Add(DeclaredCollection collection)
    {
        var types = new SchemaTypes(collection.Schema);
        var fields = collection.Fields.Select(field => (Field: field, Type: types.Of(field.Schema))).ToList();
        var shown = fields.Where(f => !f.Field.Secret).ToList();
        Comment(collection.Description.Length > 0 ? collection.Description : $"A record of {collection.Name}.", "");
        text.Append($"export interface {names.Row(collection.Name)} {{\n");
        foreach (var (name, type) in SystemColumns(collection)) text.Append($"  readonly {name}: {type};\n");
        foreach (var (field, type) in shown)
            Member(field, optional: false, Valued(field, type));
        text.Append("}\n\n");

        Comment($"What {names.Row(collection.Name)} is created from, or replaced by.", "");
        text.Append($"export interface {names.Insert(collection.Name)} {{\n");
        foreach (var (field, type) in fields)
            Member(field, optional: !field.Required || field.HasDefault, Valued(field, type));
        text.Append("}\n\n");

        Comment($"A change of {names.Row(collection.Name)}: what is left out stays, null clears.", "");
        text.Append($"export interface {names.Update(collection.Name)} {{\n");
        foreach (var (field, type) in fields)
            Member(field, optional: true, Valued(field, Patched(field, type)));
        text.Append("}\n\n");
    }

    private void AddCollections(IReadOnlyList<DeclaredCollection> collections)
    {
        Comment("The collections by name, for `createClient<Collections>(...)`.", "");
        text.Append("export interface Collections {\n");
        foreach (var collection in collections)
        {
            var keys = SchemaTypes.Union(collection.Unique.Select(key =>
                $"readonly [{string.Join(", ", key.Select(SchemaTypes.Quoted))}]"));
            text.Append($"  {collection.Name}: {{\n");
            text.Append($"    row: {names.Row(collection.Name)};\n");
            text.Append($"    insert: {names.Insert(collection.Name)};\n");
            text.Append($"    update: {names.Update(collection.Name)};\n");
            text.Append($"    unique: {keys};\n  }};\n");
        }
        text.Append("}\n");
    }

    private void Member(DeclaredField field, bool optional, string type)
    {
        if (Words(field) is { Length: > 0 } words) Comment(words, "  ");
        text.Append($"  {field.Name}{(optional ? "?" : "")}: {SchemaTypes.Indented(type)};\n");
    }

    /// <summary>
    /// Null is no value, whatever the schema says: what is required has one, and the rest may be null.
    /// </summary>
    private static string Valued(DeclaredField field, string type)
    {
        const string OrNull = " | null";
        var value = type.EndsWith(OrNull, StringComparison.Ordinal) ? type[..^OrNull.Length] : type;
        return field.Required || value is "null" or "unknown" ? value : value + OrNull;
    }

    /// <summary>Objects are merged, so their patch is not the whole of them.</summary>
    private string Patched(DeclaredField field, string type)
    {
        if (!type.Contains('{') || DeclaredContract.Text(field.Schema, "type") == "array") return type;
        needsPatch = true;
        return $"Patch<{type}>";
    }

    private void Comment(string words, string indent)
    {
        var line = string.Join(' ', words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text.Append($"{indent}/** {line.Replace("*/", "*\\/")} */\n");
    }

    private static string Words(DeclaredField field)
    {
        var said = DeclaredContract.Text(field.Schema, "description") ?? "";
        var type = field.RefersTo is { } collection ? $"The id of one of {collection}." : Format(field.Schema);
        var secret = field.Secret ? "Secret: it is written, and never read back." : "";
        return string.Join(' ', ((string[])[said, type, secret]).Where(part => part.Length > 0));
    }

    private static string Format(JsonElement schema) => DeclaredContract.Text(schema, "format") switch
    {
        "date-time" => "RFC 3339.",
        "date" => "YYYY-MM-DD.",
        _ => "",
    };

    private static IEnumerable<(string Name, string Type)> SystemColumns(DeclaredCollection collection)
    {
        yield return ("id", "string");
        yield return ("tenant_id", "string");
        if (collection.Workspace != "none")
            yield return ("workspace_id", collection.Workspace == "required" ? "string" : "string | null");
        yield return ("owner_id", "string | null");
        yield return ("version", "number");
        yield return ("created_at", "string");
        yield return ("updated_at", "string");
    }
}
