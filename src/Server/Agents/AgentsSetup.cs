using Castellan.Agents.Delegations;
using Castellan.Agents.Pages;
using Castellan.Agents.Runs;
using Castellan.Agents.Signatures;
using Castellan.Identity;
using Castellan.Identity.OAuth;
using Castellan.Kernel;

namespace Castellan.Agents;

/// <summary>The slice's wiring.</summary>
internal static class AgentsSetup
{
    public static IServiceCollection AddAgents(
        this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton((configuration.GetSection("Agents").Get<AgentsOptions>() ?? new AgentsOptions()).Checked())
        .AddSingleton(new Noun("agents", "Actors that are no people: whose they are, and what may be lent to them."))
        .AddSingleton(new Noun("delegations", "What a user has lent to an agent, for at most an hour."))
        .AddSingleton(new Noun("runs", "Pieces of agents' work, by which their writes are known."))
        .AddSingleton<AgentStore>()
        .AddSingleton<AgentWrites>()
        .AddSingleton<SignatureNonces>()
        .AddSingleton<RequestSignatures>()
        .AddSingleton<IEndpoints, SigningKeyEndpoints>()
        .AddSingleton<DelegationStore>()
        .AddSingleton<RunStore>()
        .AddSingleton<RunStarts>()
        .AddHostedService<AgentPruning>()
        .AddSingleton<LendableOperations>()
        .AddSingleton<AgentDirectory>()
        .AddSingleton<IResolver>(provider => provider.GetRequiredService<AgentDirectory>())
        .AddSingleton<IStanding>(provider => provider.GetRequiredService<AgentDirectory>())
        .AddSingleton<ILentTokens>(provider => provider.GetRequiredService<AgentDirectory>())
        .AddSingleton<IStopListener, AgentStops>()
        .AddSingleton<IEndpoints, AgentEndpoints>()
        .AddSingleton<Lending>()
        .AddSingleton<IUserDeparture, LenderDeparture>()
        .AddSingleton<IEndpoints, DelegationEndpoints>()
        .AddSingleton<IEndpoints, ExchangeEndpoints>()
        .AddSingleton<ITokenGrant, TokenExchange>()
        .AddSingleton<IEndpoints, RunEndpoints>()
        .AddSingleton<LentPages>();

    public static void MapAgentPages(this WebApplication app) =>
        app.Services.GetRequiredService<LentPages>().Map(app);
}
