using Castellan.Contracts.AppRoles;
using Castellan.Contracts.Dropped;
using Castellan.Contracts.Rewrites;
using Castellan.Contracts.Tables;
using Castellan.Kernel;

namespace Castellan.Contracts;

/// <summary>The slice's wiring.</summary>
internal static class ContractsSetup
{
    public static IServiceCollection AddContracts(
        this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(new Noun("contracts", "What an app declares in castellan.json: planned, applied, promoted."))
        .AddSingleton(
            (configuration.GetSection("Contracts").Get<ContractsOptions>() ?? new ContractsOptions()).Checked())
        .AddSingleton<TableNames>()
        .AddSingleton<CollectionTables>()
        .AddSingleton<ContractStore>()
        .AddSingleton<ContractCompiler>()
        .AddSingleton<ContractAccess>()
        .AddSingleton<DroppedStore>()
        .AddSingleton<DroppedPurge>()
        .AddHostedService(provider => provider.GetRequiredService<DroppedPurge>())
        .AddSingleton<RewriteStore>()
        .AddSingleton<ContractDirectory>()
        .AddSingleton<ExistingRecords>()
        .AddSingleton<ContractApplication>()
        .AddSingleton<RewriteStart>()
        .AddSingleton<RewriteEnd>()
        .AddSingleton<ShadowTable>()
        .AddSingleton<Rewriter>()
        .AddHostedService(provider => provider.GetRequiredService<Rewriter>())
        .AddSingleton<ContractDeployment>()
        .AddSingleton<IEndpoints, ContractEndpoints>()
        .AddSingleton<IEndpoints, DroppedEndpoints>()
        .AddSingleton<AppRoleStore>()
        .AddSingleton<AppRoleDirectory>()
        .AddSingleton<IAppPermissions, AppPermissions>()
        .AddSingleton<IEndpoints, AppRoleEndpoints>();
}
