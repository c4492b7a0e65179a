using System.Text.Json;
using Castellan.Contracts;
using Castellan.Kernel;

namespace Castellan.Records.Explain;

/// <summary>
/// Which rule decides about an operation, what it says for this caller, and what is missing. <paramref name="Rule"/> is
/// null where the operation is locked for everybody.
/// </summary>
internal sealed record Explanation(
    RuleKind Operation, bool Allowed, string? Rule, IReadOnlyList<string> Missing, string Fix);

/// <summary>A question about a record that is there, or about one that would be written.</summary>
internal sealed record ExplainRecord(string Collection, RuleKind Operation, RecordId? Record, JsonElement Body)
{
    public static ExplainRecord Bind(Input input) => new(
        input.PathWord("collection"),
        input.Choice<RuleKind>("operation"),
        input.ReferenceOrNull<RecordKind>("record_id"),
        input.ObjectOrNone("record"));
}
