using Castellan.Access.AuthZen;
using Castellan.Access.Granting;
using Castellan.Access.Groups;
using Castellan.Access.Names;
using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Access.Questions;
using Castellan.Access.Roles;
using Castellan.Access.Simulation;
using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Access;

/// <summary>The slice's wiring.</summary>
internal static class AccessSetup
{
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSingleton(new Noun("roles", "Sets of permissions that a tenant makes and grants."))
            .AddSingleton(new Noun("groups", "Members of a tenant who are granted something together."))
            .AddSingleton(new Noun("grants", "What a tenant's people may beside what their roles say."))
            .AddSingleton(new Noun("policies", "What a tenant forbids, whatever roles and grants allow."))
            .AddSingleton(new Noun("access", "Why somebody may do something, or may not, and who else."))
            .AddSingleton((configuration.GetSection("Access").Get<AccessOptions>() ?? new AccessOptions()).Checked())
            .AddSingleton<RoleAccess>()
            .AddSingleton<IAccess, GrantAccess>()
            .AddSingleton<IStanding, AccessStanding>()
            .AddSingleton<ITenantData, AccessOfTenants>()
            // Operations are declared by those who ask for the catalogue, so it looks at them later.
            .AddSingleton<Func<OperationTable>>(provider => () => provider.GetRequiredService<OperationTable>())
            .AddSingleton<PermissionCatalogue>()
            .AddSingleton<AccessRevisions>()
            .AddSingleton<GrantStore>()
            .AddSingleton<GrantDirectory>()
            .AddSingleton<GrantConditions>()
            .AddSingleton<GrantJudge>()
            .AddSingleton<GrantCeiling>()
            .AddSingleton<GrantTargets>()
            .AddSingleton<GrantGiving>()
            .AddSingleton<AppGrants>()
            .AddSingleton<PolicyStore>()
            .AddSingleton<PolicyHitStore>()
            .AddSingleton<PolicyJudge>()
            .AddSingleton<PolicyWriting>()
            .AddSingleton<PolicyGuard>()
            .AddSingleton<PoliciesOfTenants>()
            .AddSingleton<PolicyLog>()
            .AddSingleton<AccessCounts>()
            .AddSingleton<RoleStore>()
            .AddSingleton<RoleWriting>()
            .AddSingleton<GroupStore>()
            .AddSingleton<GroupAdmission>()
            .AddSingleton<AccessExplainer>()
            .AddSingleton<AccessReplay>()
            .AddSingleton<HolderStore>()
            .AddSingleton<MemberAccess>()
            .AddSingleton<DecisionLog>()
            .AddSingleton<DecisionStore>()
            .AddSingleton<AccessSimulator>()
            .AddHostedService<DecisionWorker>()
            .AddSingleton<NameStore>()
            .AddSingleton<NameDirectory>()
            .AddSingleton<NamesOfTenants>()
            .AddSingleton<AuthZenDecider>()
            .AddSingleton<AuthZenSearch>()
            .AddSingleton<IEndpoints, RoleEndpoints>()
            .AddSingleton<IEndpoints, GroupEndpoints>()
            .AddSingleton<IEndpoints, GroupMemberEndpoints>()
            .AddSingleton<IEndpoints, GrantEndpoints>()
            .AddSingleton<IEndpoints, PolicyEndpoints>()
            .AddSingleton<IEndpoints, QuestionEndpoints>()
            .AddSingleton<IEndpoints, NameEndpoints>()
            .AddSingleton<IEndpoints, SimulationEndpoints>()
            .AddSingleton<IEndpoints, AuthZenEndpoints>()
            .AddSingleton<IEndpoints, AuthZenSearchEndpoints>();
}
