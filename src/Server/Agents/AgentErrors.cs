using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Agents;

internal static class AgentErrors
{
    public static readonly ProblemType NameTaken = new("agent_name_taken", 409, "An agent has this name already",
        "People tell agents apart by name, so each of an environment has its own.", "Use another name.");

    public static readonly ProblemType Stopped = new("agent_stopped", 403, "The agent is stopped",
        "An operator has suspended or killed this agent, or its time has passed; so it may do nothing for anybody.",
        "Ask its owner. A suspended agent can be resumed; in place of a killed one another is registered.");

    public static readonly ProblemType StateRefused = new("agent_state_refused", 409, "The agent is in another state",
        "Only an active agent is suspended, only a suspended one resumed, and a killed one stays so. The detail says "
        + "in which state it is, and why.",
        "Resume what is suspended with agents.resume; register anew what was killed, with agents.register.");

    public static readonly ProblemType DelegationEnded = new("delegation_ended", 401, "What was lent has ended",
        "It has expired, or the user, an operator or the end of its run has taken it back, also from whom it was "
        + "handed on to.",
        "Ask the user to lend it again.");

    public static readonly ProblemType RunEnded = new("run_ended", 409, "The run has ended",
        "It was ended or stopped, or its time is over, and nothing more can be done in it.",
        "Start another run; what a user had lent in this one, ask for anew.");

    public static readonly ProblemType AppRequired = new("app_required", 400, "An app is required",
        "An agent comes to a tenant through one of its apps, for itself or for a user, and the call names none.",
        "Send the app's publishable key in `Castellan-Key`, or take what a user has lent and come with that token.");

    public static readonly ProblemType RunRequired = new("run_required", 400, "A run is required",
        "What an agent does in a tenant is done in a run, so that it can be told and stopped; the call names none.",
        "Start one with runs.start, and send `Castellan-Run: run_...`.");

    public static readonly ProblemType NoSuchRun = new("no_such_run", 404, "The agent has no such run",
        "`Castellan-Run` names nothing, or another agent's run.",
        "Send the id that runs.start gave to this agent.");

    public static readonly ProblemType RunsOpen = new("runs_open", 409, "The agent has too many open runs",
        "A run counts until it is ended or its time is over; one agent has at most Agents:OpenRunsMax at once.",
        "End runs with runs.end when their work is done; an operator ends one with runs.stop.");

    public static readonly ProblemType LentTooMuch = new("lent_too_much", 403, "More than can be lent",
        "Nobody lends what the agent may not have at all, and an agent hands on no more than it was lent, for no "
        + "longer, and at most twice.",
        "Ask for fewer operations; an operator can widen what may be lent to the agent with agents.update.");

    public static readonly ProblemType SubjectRefused = new("subject_refused", 422, "The subject token is not valid",
        "It is no access token of a user who is signed in, and nothing that was lent to this agent.",
        "Send a fresh access token, or the id of a delegation to the agent whose token is the actor token.");

    public static readonly ProblemType KeysFull = new("agent_keys_full", 409, "The agent has keys enough",
        "An agent has at most five keys to sign with; one that was replaced counts until it ends.",
        "Remove one that is not used any more with agents.remove_key.");

    public static readonly ProblemType SignatureRequired = new("signature_required", 403, "This agent signs its calls",
        "Signatures of the agent are required, and none with the tag \"castellan\" came. Its token alone is good for "
        + "nothing.",
        "Sign the request as the guide to agents says (RFC 9421).");

    public static readonly ProblemType SignatureMalformed = new("signature_malformed", 400,
        "The signature cannot be read",
        "Signature-Input, Signature or Content-Digest is not as RFC 9421, RFC 9530 and RFC 9651 write it, or lacks a "
        + "parameter.",
        "Send created, expires, nonce, keyid, alg=\"ed25519\" and tag=\"castellan\", each once.");

    public static readonly ProblemType SignatureIncomplete = new("signature_incomplete", 401,
        "The signature does not cover the request",
        "Something that decides what the call does is not signed, or what is covered is not there.",
        "Cover @method, @target-uri, content-digest where there is a body, and the fields that the detail names.");

    public static readonly ProblemType SignatureExpired = new("signature_expired", 401, "The signature is not good now",
        "It was made in the future, is over, or would be good for more than five minutes.",
        "Set the agent's clock, sign again, and let expires be at most 300 seconds after created.");

    public static readonly ProblemType SignatureInvalid = new("signature_invalid", 401, "The signature is not valid",
        "It is not by a key of this agent, not by Ed25519, or not over the request that came: something was changed on "
        + "the way, or another address was signed.",
        "Sign the request as it is sent, with a key of the agent's 'signing_keys'; keyid is its thumbprint.");

    public static readonly ProblemType SignatureReplayed = new("signature_replayed", 401, "The nonce was used",
        "A request with this nonce came before: this one is a repetition, by whoever it may be.",
        "Sign each request anew, with a nonce of its own. A retry that must not be done twice has an Idempotency-Key.");

    public static IReadOnlyList<ProblemType> All { get; } =
    [
        NameTaken, Stopped, StateRefused, DelegationEnded, RunEnded, AppRequired, RunRequired, NoSuchRun,
        RunsOpen, LentTooMuch, SubjectRefused, KeysFull,
        SignatureRequired, SignatureMalformed, SignatureIncomplete, SignatureExpired, SignatureInvalid,
        SignatureReplayed,
    ];

    /// <summary>The agent is not in the state for this; said to operators, who may read the reason.</summary>
    public static Refusal NotNow(Agent agent) => agent.State switch
    {
        AgentState.Killed => new Refusal(StateRefused,
            $"{agent.Name} was killed at {Rfc3339.Format(agent.UpdatedAt)}, and stays so: {agent.StateReason}",
            "Register a new agent with agents.register; users lend to it anew. agents.get shows the killed one."),
        AgentState.Suspended => new Refusal(StateRefused,
            $"{agent.Name} is suspended already: {agent.StateReason}",
            "Let it go on with agents.resume, or end it for good with agents.kill."),
        _ => new Refusal(StateRefused,
            $"{agent.Name} is active, so there is nothing to resume.",
            "Where it is refused all the same, its time has passed: set another 'expires_at' with agents.update."),
    };
}
