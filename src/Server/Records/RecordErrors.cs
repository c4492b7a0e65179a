using Castellan.Kernel;

namespace Castellan.Records;

internal static class RecordErrors
{
    public static readonly ProblemType RuleDenied = new("rule_denied", 403, "A rule denies this",
        "The collection's rule for this operation is not true for the caller and the record. In sandbox the detail "
        + "says which part decided; records.explain tells more.",
        "Do what the rule asks for, or change the rule in castellan.json.");

    public static readonly ProblemType UniqueTaken = new("unique_taken", 409, "Another record has these values",
        "A unique key of the collection holds these values already, in this tenant.",
        "Choose other values, or upsert on that key.");

    public static readonly ProblemType ReferenceMissing = new("reference_missing", 409,
        "A reference leads to no record",
        "The id is of no record of the referenced collection in this tenant, or of one that the caller may not read.",
        "Send the id of a record that the caller can read.");

    public static readonly ProblemType StillReferenced = new("still_referenced", 409,
        "Other records refer to this one",
        "A reference with on_delete restrict leads to the record, or more records would go with it than one call may "
        + "take.",
        "Delete or change the records that the detail names first.");

    public static readonly ProblemType IfMatchRequired = new("if_match_required", 428, "If-Match is required",
        "The collection wants every update and delete to say which version it changes.",
        "Read the record, and send its ETag in If-Match.");

    public static readonly ProblemType ContractChanged = new("contract_changed", 409,
        "The contract has changed in this moment",
        "A new version was applied between the check and the change; nothing was changed.",
        "Send the same request again.", Retryable: true);

    public static readonly ProblemType WorkspaceRequired = new("workspace_required", 400, "A workspace is required",
        "Records of the collection lie in workspaces, and the request named none.",
        "Send `Castellan-Workspace: wsp_...`.");

    public static readonly ProblemType BulkRefused = new("bulk_refused", 422, "An item of the bulk call was refused",
        "The call is atomic, and at least one item has a problem; `errors` points at each. Nothing was changed.",
        "Correct the items, or send \"atomic\": false to keep those that fit.");

    public static readonly IReadOnlyList<ProblemType> All =
    [
        RuleDenied, UniqueTaken, ReferenceMissing, StillReferenced, IfMatchRequired, ContractChanged, WorkspaceRequired,
        BulkRefused,
    ];
}
