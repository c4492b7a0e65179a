using System.Text.Json;
using Castellan.Kernel;

namespace Castellan.Records;

internal sealed record GetRecord(string Collection, RecordId Record, IReadOnlyList<string> Select)
{
    public static GetRecord Bind(Input input) => new(
        input.PathWord("collection"),
        input.Path<RecordKind>("record"),
        input.QueryText("select", 2000)?.Split(',', StringSplitOptions.TrimEntries) ?? []);
}

internal sealed record CreateRecord(string Collection, JsonElement Body)
{
    public static CreateRecord Bind(Input input) => new(input.PathWord("collection"), input.WholeBody());
}

internal sealed record ChangeRecord(string Collection, RecordId Record, JsonElement Body)
{
    public static ChangeRecord Bind(Input input) => new(
        input.PathWord("collection"), input.Path<RecordKind>("record"), input.WholeBody());
}

internal sealed record NameRecord(string Collection, RecordId Record)
{
    public static NameRecord Bind(Input input) => new(input.PathWord("collection"), input.Path<RecordKind>("record"));
}

internal sealed record UpsertRecord(string Collection, IReadOnlyList<string> On, JsonElement Body)
{
    public static UpsertRecord Bind(Input input) => new(
        input.PathWord("collection"),
        input.QueryText("on")?.Split(',', StringSplitOptions.TrimEntries) ?? [],
        input.WholeBody());
}
