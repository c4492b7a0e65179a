using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>
/// A reference leads to a record of the same tenant that the caller may read: otherwise it would tell of, or attach to,
/// what is hidden. The record is kept from being deleted until the Change ends.
/// </summary>
internal sealed class ReferenceChecks
{
    public ValueTask Require(Change change, RecordCall call, RecordDraft after, RecordDraft? before) =>
        Require(change, change.ForKeyShare, call, after, before);

    /// <summary>As for a record that is written, but without keeping anything from being deleted.</summary>
    public ValueTask Require(IReads reads, RecordCall call, RecordDraft draft) =>
        Require(reads, Raw.None, call, draft, before: null);

    private static async ValueTask Require(
        IReads reads, Raw held, RecordCall call, RecordDraft after, RecordDraft? before)
    {
        foreach (var reference in call.Collection.Collection.References)
        {
            var field = call.Collection.Collection.Find(reference.Field)!;
            if (after[field].Object is not string id) continue;
            if (before is not null && before[field].Object is string old && old == id) continue;
            if (!await IsThere(reads, held, call.At(reference.Collection), id)) throw Missing(reference, id);
        }
    }

    private static async ValueTask<bool> IsThere(IReads reads, Raw held, RecordCall target, string id)
    {
        if (target.Rule(RuleKind.Read)?.Bind(target.Activation, "r") is not { IsNever: false } rule) return false;
        Sql? readable = rule.IsAlways ? null : Sql.Of($" and {rule.Sql}");
        return await reads.One(
            $"""
            select r.id from {target.Collection.Table} r
            where r.tenant_id = {target.Scope.Tenant} and r.id = {id} and r.deleted_at is null{readable}
            {held}
            """,
            row => row.Text()) is not null;
    }

    private static Refusal Missing(Reference reference, string id) => new(RecordErrors.ReferenceMissing.With() with
    {
        Errors =
        [
            new FieldProblem("/" + reference.Field, "reference_missing",
                $"'{id}' is no record of {reference.Collection} that you can read in this tenant.",
                $"Send the id of a record of {reference.Collection}."),
        ],
    });
}
