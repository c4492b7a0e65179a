using Castellan.Kernel;
using Castellan.Records.Bulk;
using Castellan.Records.Explain;
using Castellan.Records.History;
using Castellan.Records.Queries;
using Castellan.Records.Secrecy;
using Castellan.Tenants;

namespace Castellan.Records;

/// <summary>The slice's wiring.</summary>
internal static class RecordsSetup
{
    public static IServiceCollection AddRecords(this IServiceCollection services) => services
        .AddSingleton(new Noun("records", "Rows of the collections that an app declares, behind its rules."))
        .AddSingleton<IStanding, RecordStanding>()
        .AddSingleton<ITenantData, RecordsOfTenants>()
        .AddSingleton<RecordAccess>()
        .AddSingleton<RecordStore>()
        .AddSingleton<HistoryStore>()
        .AddSingleton<EarlierVersions>()
        .AddSingleton<RecordRevisions>()
        .AddSingleton<ReferenceChecks>()
        .AddSingleton<Cascades>()
        .AddSingleton<SecretFields>()
        .AddSingleton<RecordWriter>()
        .AddSingleton<Upserts>()
        .AddSingleton<UniqueLookup>()
        .AddSingleton<PlannerStatistics>()
        .AddSingleton<QueryDialect>()
        .AddSingleton<WhereCompiler>()
        .AddSingleton<RecordLists>()
        .AddSingleton<IEndpoints, RecordEndpoints>()
        .AddSingleton<IEndpoints, BulkEndpoints>()
        .AddSingleton<IEndpoints, HistoryEndpoints>()
        .AddSingleton<IEndpoints, RevealEndpoints>()
        .AddSingleton<IEndpoints, ExplainEndpoints>();
}
