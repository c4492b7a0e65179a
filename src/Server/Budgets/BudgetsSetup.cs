using Castellan.Budgets.Alerts;
using Castellan.Budgets.Leases;
using Castellan.Budgets.Reservations;
using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Budgets;

/// <summary>The slice's wiring.</summary>
internal static class BudgetsSetup
{
    public static IServiceCollection AddBudgets(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSingleton(new Noun("budgets", "Caps on what is used, and reservations that keep to them."))
            .AddSingleton((configuration.GetSection("Budgets").Get<BudgetOptions>() ?? new BudgetOptions()).Checked())
            .AddSingleton<BudgetStore>()
            .AddSingleton<BudgetKeeping>()
            .AddSingleton<ReservationStore>()
            .AddSingleton<ReservationExpiry>()
            .AddHostedService(provider => provider.GetRequiredService<ReservationExpiry>())
            .AddSingleton<AlertStore>()
            .AddSingleton<BudgetAlerts>()
            .AddSingleton<LeaseStore>()
            .AddSingleton<CountedBudgets>()
            .AddSingleton<ICharge, RequestBudgets>()
            .AddSingleton<IWriteCharges, WriteBudgets>()
            .AddHostedService<LeaseWorker>()
            .AddSingleton<ITenantData, BudgetsOfTenants>()
            .AddSingleton<IEndpoints, BudgetEndpoints>()
            .AddSingleton<IEndpoints, TenantBudgetEndpoints>()
            .AddSingleton<IEndpoints, ReservationEndpoints>();
}
