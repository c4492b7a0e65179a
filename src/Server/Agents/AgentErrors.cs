using Castellan.Kernel;

namespace Castellan.Agents;

internal static class AgentErrors
{
    public static readonly ProblemType NameTaken = new("agent_name_taken", 409, "An agent has this name already",
        "People tell agents apart by name, so each of an environment has its own.", "Use another name.");

    public static readonly ProblemType Stopped = new("agent_stopped", 403, "The agent is stopped",
        "An operator has suspended or killed this agent, or its time has passed; so it may do nothing for anybody.",
        "Ask its owner. A suspended agent can be resumed, a killed one is registered anew.");

    public static readonly ProblemType StateRefused = new("agent_state_refused", 409, "The agent is in another state",
        "Only an active agent is suspended, only a suspended one resumed, and a killed one stays so.",
        "Read the agent's state.");

    public static readonly ProblemType DelegationEnded = new("delegation_ended", 401, "What was lent has ended",
        "It has expired, or the user, an operator or the end of its run has taken it back, also from whom it was "
        + "handed on to.",
        "Ask the user to lend it again.");

    public static readonly ProblemType RunEnded = new("run_ended", 409, "The run has ended",
        "It was ended or stopped, and nothing more can be done in it.",
        "Start another run, and ask the user to lend again what it needs.");

    public static readonly ProblemType LentTooMuch = new("lent_too_much", 403, "More than can be lent",
        "Nobody lends what the agent may not have at all, and an agent hands on no more than it was lent, for no "
        + "longer, and at most twice.",
        "Ask for fewer operations; an operator can widen what may be lent to the agent with agents.update.");

    public static readonly ProblemType SubjectRefused = new("subject_refused", 422, "The subject token is not valid",
        "It is no access token of a user who is signed in, and nothing that was lent to this agent.",
        "Send a fresh access token, or the id of a delegation to the agent whose token is the actor token.");

    public static IReadOnlyList<ProblemType> All { get; } =
        [NameTaken, Stopped, StateRefused, DelegationEnded, RunEnded, LentTooMuch, SubjectRefused];
}
