using Castellan.Kernel;

namespace Castellan.Contracts;

internal static class ContractErrors
{
    public static readonly ProblemType NotConfirmed = new("contract_not_confirmed", 409,
        "The contract needs a confirmation",
        "Applying it would destroy data, or open something to the public in live.",
        "Read the plan, then send the words that the detail names in `confirm`.");

    public static readonly ProblemType DataInTheWay = new("contract_data_in_the_way", 409,
        "Records that are there do not fit the contract",
        "Existing values break a unique key, a reference or a required property that the contract adds.",
        "Correct the records that the detail names, or give the property a default.");

    public static readonly ProblemType SandboxOnly = new("contract_sandbox_only", 403,
        "Secret keys apply contracts in sandbox only",
        "In live an operator promotes a version that sandbox has tried.",
        "Apply it in sandbox, then let an operator promote its hash.");

    public static readonly ProblemType NoSuchVersion = new("contract_version_unknown", 409,
        "No version has this hash",
        "The environment that is promoted from has never had a contract with this hash.",
        "List its versions, and send the hash of one of them.");

    public static readonly ProblemType Rewriting = new("contract_rewriting", 409, "Tables are being rewritten",
        "An earlier apply waits for its tables; one at a time can.",
        "Wait until contracts.get shows no rewrite under way, then apply again.", Retryable: true);

    public static readonly IReadOnlyList<ProblemType> All =
        [NotConfirmed, DataInTheWay, SandboxOnly, NoSuchVersion, Rewriting];
}
