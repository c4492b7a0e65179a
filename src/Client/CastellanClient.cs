namespace Castellan.Client;

/// <summary>
/// Talks to a Castellan server: one method per operation, named like it. Thread-safe; one instance serves a program.
/// <para>Every method answers the server's value, or throws: <see cref="CastellanProblemException"/> where the server
/// refused, <see cref="CastellanUnreachableException"/> where no answer of a Castellan server came.</para>
/// <para>Calls are repeated as <see cref="CastellanClientOptions.Attempts"/> says. A repeated write carries the
/// <c>Idempotency-Key</c> of its first attempt, so it is done once.</para>
/// </summary>
public sealed class CastellanClient
{
    /// <param name="http">
    /// Sends the requests; its owner disposes it. Redirects should be off: an operation never answers with one.
    /// </param>
    /// <param name="options">Where the server is, and who calls.</param>
    /// <exception cref="ArgumentException">
    /// The address is not https and not on this machine, so that a token would travel in the clear.
    /// </exception>
    public CastellanClient(HttpClient http, CastellanClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        options.RequireSafe();
        var transport = new Transport(http, options);
        Apps = new AppOperations(transport);
        Keys = new KeyOperations(transport);
        Contracts = new ContractOperations(transport);
        Environments = new EnvironmentOperations(transport);
        Tenants = new TenantOperations(transport);
        Users = new UserOperations(transport);
        Agents = new AgentOperations(transport);
        Runs = new RunOperations(transport);
        Budgets = new BudgetOperations(transport);
        Access = new AccessOperations(transport);
        Audit = new AuditOperations(transport);
        Operators = new OperatorOperations(transport);
        Installation = new InstallationOperations(transport);
    }

    /// <summary>The registry of apps, and their settings per environment.</summary>
    public AppOperations Apps { get; }

    /// <summary>Keys of an app in one environment.</summary>
    public KeyOperations Keys { get; }

    /// <summary>What an app declares of its backend: plan, apply, promote.</summary>
    public ContractOperations Contracts { get; }

    /// <summary>The environments, and what stops one.</summary>
    public EnvironmentOperations Environments { get; }

    /// <summary>Customer organisations, as operators stop them.</summary>
    public TenantOperations Tenants { get; }

    /// <summary>People, as operators help and stop them.</summary>
    public UserOperations Users { get; }

    /// <summary>Agents: whose they are, what was lent to them, and what stops one.</summary>
    public AgentOperations Agents { get; }

    /// <summary>Pieces of agents' work, as operators see and stop them.</summary>
    public RunOperations Runs { get; }

    /// <summary>Caps on what is used, as operators keep them.</summary>
    public BudgetOperations Budgets { get; }

    /// <summary>What tenants give away and forbid.</summary>
    public AccessOperations Access { get; }

    /// <summary>What was done, by whom, to what.</summary>
    public AuditOperations Audit { get; }

    /// <summary>Signing in as an operator.</summary>
    public OperatorOperations Operators { get; }

    /// <summary>The server itself.</summary>
    public InstallationOperations Installation { get; }
}
