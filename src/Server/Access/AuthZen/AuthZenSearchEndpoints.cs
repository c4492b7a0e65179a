using Castellan.Kernel;

namespace Castellan.Access.AuthZen;

/// <summary>OpenID AuthZEN Authorization API 1.0: who may, on what, and which actions.</summary>
internal sealed class AuthZenSearchEndpoints(AuthZenSearch search) : IEndpoints
{
    private const string Route = AuthZenEndpoints.Base + "/search";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<AskSearch, AuthZenEntities>(
            "access.authzen.search_subject", "POST", Route + "/subject", AskSearch.Subjects, search.Subjects,
            AccessJson.Wire.AuthZenEntities)
        {
            Summary = "AuthZEN: which subjects of a type may do this action on this resource?",
            Grants = [Grant.Tenant(TenantRole.Admin), Grant.Key, Grants.AnyOperator],
            OfMembersByHeader = true, OfStandard = true, NeverGranted = true,
        },
        new Read<AskSearch, AuthZenEntities>(
            "access.authzen.search_resource", "POST", Route + "/resource", AskSearch.Resources, search.Resources,
            AccessJson.Wire.AuthZenEntities)
        {
            Summary = "AuthZEN: on which resources of a type, as far as they are known here, may this subject do this?",
            Grants = AuthZenEndpoints.Askers, OfMembersByHeader = true, OfStandard = true, NeverGranted = true,
        },
        new Read<AskSearch, AuthZenActions>(
            "access.authzen.search_action", "POST", Route + "/action", AskSearch.Actions, search.Actions,
            AccessJson.Wire.AuthZenActions)
        {
            Summary = "AuthZEN: which actions may this subject do on this resource?",
            Grants = AuthZenEndpoints.Askers, OfMembersByHeader = true, OfStandard = true, NeverGranted = true,
        },
    ];
}
