using Castellan.Identity;
using Castellan.Kernel;
using Castellan.Tenants.Installations;
using Castellan.Tenants.Invitations;
using Castellan.Tenants.Members;
using Castellan.Tenants.Workspaces;

namespace Castellan.Tenants;

/// <summary>The slice's wiring.</summary>
internal static class TenantsSetup
{
    public static IServiceCollection AddTenants(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSingleton(new Noun("tenants", "Customer organisations, shared by the apps installed for them."))
            .AddSingleton(new Noun("workspaces", "Subdivisions of a tenant, and who has a role in one."))
            .AddSingleton(new Noun("members", "Users in a tenant, with their roles."))
            .AddSingleton(new Noun("invitations", "One-time offers of a membership to an address."))
            .AddSingleton((configuration.GetSection("Tenants").Get<TenantsOptions>() ?? new TenantsOptions()).Checked())
            .AddSingleton<TenantStore>()
            .AddSingleton<MemberDirectory>()
            .AddSingleton<TenantStanding>()
            .AddSingleton<IStanding>(provider => provider.GetRequiredService<TenantStanding>())
            .AddSingleton<TenantFounding>()
            .AddSingleton<TenantErasure>()
            .AddHostedService(provider => provider.GetRequiredService<TenantErasure>())
            .AddSingleton<IEndpoints, TenantEndpoints>()
            .AddSingleton<IEndpoints, SuspensionEndpoints>()
            .AddSingleton<InstallationStore>()
            .AddSingleton<IEndpoints, InstallationEndpoints>()
            .AddSingleton<WorkspaceStore>()
            .AddSingleton<WorkspaceRoom>()
            .AddSingleton<IEndpoints, WorkspaceEndpoints>()
            .AddSingleton<MemberStore>()
            .AddSingleton<MemberDeparture>()
            .AddSingleton<WorkspaceAdmission>()
            .AddSingleton<IUserDeparture>(provider => provider.GetRequiredService<MemberDeparture>())
            .AddSingleton<IEndpoints, MemberEndpoints>()
            .AddSingleton<IEndpoints, WorkspaceMemberEndpoints>()
            .AddSingleton<InvitationStore>()
            .AddSingleton<InvitationMail>()
            .AddSingleton<InvitationAdmission>()
            .AddSingleton<InvitationAcceptance>()
            .AddSingleton<InvitePages>()
            .AddSingleton<IEndpoints, InvitationEndpoints>()
            .AddSingleton<IEndpoints, AcceptEndpoints>();

    public static void MapTenantPages(this WebApplication app) =>
        app.Services.GetRequiredService<InvitePages>().Map(app);
}
